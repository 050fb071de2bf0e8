"""Fetch feeds over HTTP, parse them into entries, recognise entries that are known, and schedule the next polls.

All input is treated as hostile: ``http.fetch`` limits size, time and addresses, and documents are parsed in worker
processes that can be killed (``parse.workers``). Results are types of ``monitor.model``.
"""
