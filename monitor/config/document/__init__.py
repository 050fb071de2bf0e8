"""Read and edit one TOML file: its text, tables, positions of values, and syntax errors."""
