"""The running daemon: it schedules polls, deliveries, timers and maintenance, and connects all other packages."""
