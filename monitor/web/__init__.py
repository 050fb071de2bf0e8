"""The page: hits, stories, feeds and deliveries in a browser, and the same for programs."""
