"""The first configurations that ``monitor init`` writes, one file for each kind of team that reads the alerts."""
