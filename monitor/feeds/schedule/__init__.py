"""When a feed is polled next, and what is remembered of it between polls. Pure."""
