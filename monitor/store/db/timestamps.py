"""The text form of a moment in the database: ``2026-11-22T10:28:15.123Z``, which sorts by time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import overload


@overload
def stored(at: datetime) -> str: ...
@overload
def stored(at: datetime | None) -> str | None: ...
def stored(at: datetime | None) -> str | None:
    """Return the text of an aware moment in UTC, truncated to milliseconds; None stays None.

    Raises:
        ValueError: *at* has no time zone.
    """
    if at is None:
        return None
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone; moments are aware and in UTC")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


@overload
def moment(text: str) -> datetime: ...
@overload
def moment(text: str | None) -> datetime | None: ...
def moment(text: str | None) -> datetime | None:
    """Return the aware moment in UTC that :func:`stored` wrote; None stays None."""
    return None if text is None else datetime.fromisoformat(text)
