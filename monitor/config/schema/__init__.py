"""Define the tables and keys that a configuration file may contain, and parse their values."""
