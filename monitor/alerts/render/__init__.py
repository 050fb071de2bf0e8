"""Render the content of a message in the format of each kind of destination.

This package does no I/O.
"""
