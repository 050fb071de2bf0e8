"""What runs: polls, the committer, deliveries, timers. First this, then that; nothing is decided here."""
