"""The content of a message to a destination, before it is written in the format of a service. Pure."""
