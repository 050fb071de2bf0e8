"""Decide about, render and send notifications: policy, retry and rendering are pure; only ``apprise`` calls Apprise."""
