"""Which story an entry belongs to, and why: pure."""
