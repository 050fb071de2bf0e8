"""Parse documents into entries: one module for each format, the worker processes, and the identity of entries."""
