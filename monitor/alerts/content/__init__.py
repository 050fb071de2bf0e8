"""What a message says, before a renderer writes it in the markup of a service.

This package does no I/O.
"""
