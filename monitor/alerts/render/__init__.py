"""Messages in the form of each kind of destination. Pure."""
