"""The only HTTP client: one request at a time to each host, and to permitted addresses only."""
