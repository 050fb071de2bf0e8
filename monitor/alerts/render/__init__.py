"""Rendering of messages for each kind of destination. Pure."""
