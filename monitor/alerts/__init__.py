"""Notifications: decide whether and when to send them, render them, and send them through Apprise.

Everything except the package ``apprise`` is pure: it reads neither clock, network nor database.
"""
