"""Builds the settings of a configuration from its validated tables: feeds and destinations, watchlist, web page."""
