"""Sending through Apprise: its plugins, their payloads, and what a failed attempt means. Nothing else imports it."""
