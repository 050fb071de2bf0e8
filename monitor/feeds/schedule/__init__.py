"""When a feed is polled next, and what is stored about it between polls. Pure."""
