"""Readers of the formats that import accepts. Each returns what a file lists, and knows nothing of packs."""
