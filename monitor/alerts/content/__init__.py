"""What a message says, before a renderer writes it in the markup of a service. Pure."""
