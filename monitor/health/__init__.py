"""The health of the monitor itself: incidents, heartbeat, canary, progress."""
