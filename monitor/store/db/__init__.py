"""The SQLite file itself: connection, lock, migrations, statements, time stamps."""
