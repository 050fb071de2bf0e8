"""The only door to Apprise: plugins, payloads, sending, and what the outcome means."""
