"""What past entries teach about a watchlist: how precise its names are, what they miss, which names are new."""
