"""Tools for a release; each is called by a target of the Makefile."""
