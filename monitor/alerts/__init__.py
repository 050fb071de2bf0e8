"""Notifications: decide whether and when to send them, render them, and send them through Apprise.

Everything except the package ``apprise`` does no I/O: it uses neither clock, network nor database.
"""
