"""The configurations that ``monitor init`` writes, one for each kind of reader."""
