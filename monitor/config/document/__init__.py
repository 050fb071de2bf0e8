"""Reading one TOML file: its text, tables, positions and syntax errors."""
