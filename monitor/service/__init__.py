"""The monitor as a systemd service: its units and the files beside them, written for one installation."""
