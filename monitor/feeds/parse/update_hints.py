"""Read how often a document asks to be polled: RSS ttl, skipHours, skipDays, and the RSS Syndication module (sy:*)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from monitor.model import UpdateHints

# web.resource.org/rss/1.0/modules/syndication
_PERIODS_S = {"hourly": 3600, "daily": 86_400, "weekly": 7 * 86_400, "monthly": 30 * 86_400, "yearly": 365 * 86_400}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LIST = 4096  # bytes; the longest list of hours is shorter
_HOUR = re.compile(rb"<hour>\s*(\d{1,2})\s*</hour>")
_DAY = re.compile(rb"<day>\s*(\w{6,9})\s*</day>")
_FIRST_ITEM = re.compile(rb"<item\b")


def read_update_hints(body: bytes, about: Mapping[str, Any]) -> UpdateHints:
    """Return how often a document asks to be polled.

    skipHours and skipDays are searched in the bytes before the first item, because feedparser does not read them.

    Args:
        body: The document in UTF-8.
        about: The values that feedparser found in the head of the document.
    """
    first = _FIRST_ITEM.search(body)
    head = body[: first.start()] if first else body
    hours = {int(hour) % 24 for hour in _HOUR.findall(_list(head, b"skipHours"))}  # RSS 0.91 counts from 1 to 24
    days = {day.decode("ascii", "replace").lower() for day in _DAY.findall(_list(head, b"skipDays"))}
    return UpdateHints(
        ttl_s=_ttl_s(about),
        update_period_s=_period_s(about),
        skip_hours=frozenset(hours) if len(hours) < 24 else frozenset(),
        skip_days=frozenset(n for n, day in enumerate(_DAYS) if day in days) if len(days) < 7 else frozenset(),
    )


def _list(head: bytes, name: bytes) -> bytes:
    start = head.find(b"<" + name)
    return head[start : start + _LIST].partition(b"</" + name)[0] if start >= 0 else b""


def _ttl_s(about: Mapping[str, Any]) -> float | None:
    minutes = _number(about.get("ttl"))
    return minutes * 60.0 if minutes else None


def _period_s(about: Mapping[str, Any]) -> float | None:
    """Return the seconds between two updates as given by ``sy:updatePeriod`` and ``sy:updateFrequency``.

    None if they are missing. The defaults are "daily" and 1 (RSS 1.0 Syndication module). "Hourly" is ignored, because
    WordPress writes it into every feed.
    """
    period = str(about.get("sy_updateperiod", "")).strip().lower()
    times = _number(about.get("sy_updatefrequency"))
    if not period and not times:
        return None
    if period == "hourly" and times <= 1:
        return None
    whole_s = _PERIODS_S.get(period or "daily")
    return whole_s / (times or 1) if whole_s else None


def _number(written: object) -> int:
    """Return *written* as a whole number; 0 if it is not one."""
    text = str(written or "").strip()
    return int(text[:9]) if text.isascii() and text.isdecimal() else 0
