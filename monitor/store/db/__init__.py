"""The SQLite file itself: connections, lock, migrations, statements, and how values are stored as text."""
