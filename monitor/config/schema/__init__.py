"""The tables and keys of a configuration file, the types of their values, and the parsers for them."""
