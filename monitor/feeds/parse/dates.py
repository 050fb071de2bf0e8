"""Dates in documents, as far as they are plausible."""

from __future__ import annotations

from datetime import datetime

_FIRST_YEAR = 1990  # before the web; software writes 1900, 1970 or 1980 if it knows no date


def plausible(moment: datetime) -> datetime | None:
    """Return *moment*; None if it is before the web, or so late that sums with it overflow.

    An unknown date is better than 1970: an entry that old causes no alert.
    """
    return moment if _FIRST_YEAR <= moment.year < 9999 else None
