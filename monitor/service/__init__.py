"""Install the monitor as a systemd service: write unit files and the files that belong to them."""
