"""Moments that a document states, as far as they can be believed."""

from __future__ import annotations

from datetime import datetime

_FIRST_YEAR = 1990  # before the web; 1970, 1980 and 1900 are what software writes when it knows no date


def plausible(moment: datetime) -> datetime | None:
    """Return *moment*; None when it is before the web, or so late that sums with it overflow.

    Unknown is better than 1970: an entry that old would be taken for old news.
    """
    return moment if _FIRST_YEAR <= moment.year < 9999 else None
