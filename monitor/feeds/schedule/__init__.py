"""Decide when a feed is polled next, assess its health, and update what is stored about it after each poll."""
