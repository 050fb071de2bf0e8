"""Build the parts of a Config (feeds and destinations, watchlist, web page) from the validated TOML tables."""
