"""The health of the monitor itself: incidents, the heartbeat, the canary, and stalled parts of the daemon."""
