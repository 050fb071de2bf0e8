"""One TOML file as it was read: text, tables, positions, syntax errors."""
