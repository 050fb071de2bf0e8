"""Read the web articles behind the entries of a feed: check permission, fetch, extract the text, keep excerpts."""
