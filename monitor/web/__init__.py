"""The web page (hits, stories, feeds and deliveries in a browser), the JSON API for programs, and the metrics."""
