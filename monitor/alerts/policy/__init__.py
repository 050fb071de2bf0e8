"""The rules that decide whether, when and how each destination is notified about a hit.

This package does no I/O.
"""
