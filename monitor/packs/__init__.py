"""Starter watchlists in the format of the configuration: ``NAME.toml`` is what ``include`` calls ``pack:NAME``."""
