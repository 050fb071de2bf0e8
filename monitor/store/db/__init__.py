"""Access to the SQLite file: connections, the lock, migrations, statements, and how values are stored as text."""
