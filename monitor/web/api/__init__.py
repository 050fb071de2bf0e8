"""Version 1 of the JSON API, for programs."""
