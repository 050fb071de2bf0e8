"""Which tables and keys a configuration file has, and the types and small languages of their values."""
