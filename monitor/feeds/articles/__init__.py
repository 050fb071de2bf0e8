"""The articles behind the entries of a feed: permission, fetching, extraction, excerpts."""
