"""The only HTTP client: one request at a time to each host, and only to permitted addresses."""
