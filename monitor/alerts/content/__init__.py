"""What a message says, independent of where it goes. Pure."""
