"""Import published lists (CSV, STIX, OFAC and others) as watchlist packs, and export hits, feeds and cases.

A pack is a TOML file with actors or feeds that a configuration includes.
"""
