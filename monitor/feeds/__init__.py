"""From the address of a feed to its entries: fetching, parsing, cleaning, identity, and the schedule of polls.

All input is hostile. Bytes are received by ``http.fetch``, parsed in processes that can be killed (``parse.workers``),
and returned as values of ``monitor.model``.
"""
