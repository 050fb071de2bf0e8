"""From a feed's address to its entries: fetch, parse, clean, tell apart, and when to come again.

The outside world is hostile here. Bytes come in through ``fetch``, are read in processes that can be killed
(``workers``), and leave as the values of ``monitor.model``.
"""
