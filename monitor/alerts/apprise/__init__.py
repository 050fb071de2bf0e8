"""Send notifications through the Apprise library. No code outside this package imports Apprise."""
