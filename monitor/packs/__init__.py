"""Starter watchlists that are shipped with the monitor.

A configuration includes the file ``NAME.toml`` of this folder with ``include = ["pack:NAME"]``.
"""
