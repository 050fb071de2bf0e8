"""Readers for the file formats that ``monitor import`` accepts; each returns the actors or feeds that a file lists."""
