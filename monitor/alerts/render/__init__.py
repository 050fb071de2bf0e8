"""Render the content of a message in the format of each kind of destination. Pure."""
