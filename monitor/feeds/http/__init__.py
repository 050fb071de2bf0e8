"""The HTTP client for feeds, articles and heartbeats: one request at a time per host, to permitted addresses only."""
