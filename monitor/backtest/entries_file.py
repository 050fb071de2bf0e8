"""Read past entries from an NDJSON file, with the fields that ``monitor match`` reads, in order of date."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, Any

from monitor.feeds.text.plain_text import clean_text
from monitor.model import Entry, SeenText, Text
from monitor.times import written_date

_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
_DATES = ("date", "published", "published_at")


class EntryError(Exception):
    """Raised for a line of the file that is not an entry; its text says why."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of the file that is not an entry: its number, and why."""

    number: int  # from 1
    error: str


class EntriesFile:
    """A file of entries that is read twice: first to find the order of dates, then line by line in that order.

    Args:
        file: The file, open in binary mode and seekable.
        since: Entries seen before this time are left out; None leaves none out.
        until: Entries seen at this time or later are left out; None leaves none out.
    """

    def __init__(self, file: IO[bytes], *, since: datetime | None = None, until: datetime | None = None) -> None:
        self._file = file
        self.bad: list[BadLine] = []
        found: list[tuple[datetime | None, int, int]] = []  # when it was seen, its number, where it begins
        at = 0
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    found.append((_seen_at(_read(line)), number, at))
                except EntryError as error:
                    self.bad.append(BadLine(number, str(error)))
            at += len(line)
        # those without a date come last, as in ``match --stories``
        last = max((seen for seen, *_ in found if seen), default=_UNDATED)
        self.undated = sum(seen is None for seen, *_ in found)
        ordered = sorted((seen or last, seen is None, number, at) for seen, number, at in found)
        self._order = [
            (seen, number, at)
            for seen, _, number, at in ordered
            if (since is None or seen >= since) and (until is None or seen < until)
        ]

    def __len__(self) -> int:
        """Return the number of entries that ``texts`` will yield."""
        return len(self._order)

    def texts(self) -> Iterator[SeenText]:
        """Yield the entries of the file in order of date."""
        for seen_at, number, at in self._order:
            self._file.seek(at)
            yield _seen_text(_read(self._file.readline()), number, seen_at)


def _read(line: bytes) -> dict[str, Any]:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        raise EntryError("not JSON") from None
    if not isinstance(item, dict):
        raise EntryError('not an object: an entry is {"id": ..., "title": ...}')
    for name in ("title", "summary", "content", "feed", "source", "outlet", "url", "link"):
        if item.get(name) is not None and not isinstance(item[name], str):
            raise EntryError(f'"{name}" is not a string')
    if not clean_text(item.get("title") or ""):
        raise EntryError("no title")
    return item


def _seen_text(item: dict[str, Any], number: int, seen_at: datetime) -> SeenText:
    published_at = next((date for name in _DATES if (date := written_date(item.get(name)))), None)
    feed = item.get("feed") or ""
    entry = Entry(
        feed=feed,
        key=str(number),
        outlet=item.get("outlet") or item.get("source") or feed or "unknown",
        link=item.get("url") or item.get("link") or "",
        text=Text(*(clean_text(item.get(name) or "") for name in ("title", "summary", "content"))),
        author="",
        published_at=published_at,
        updated_at=None,
        first_seen_at=seen_at,
        raw_hash=b"",
    )
    # a file does not say when the feed was polled before, so no gap in polling is assumed
    return SeenText(number, entry, seen_at, unread_since=seen_at - timedelta(minutes=5))


def _seen_at(item: dict[str, Any]) -> datetime | None:
    """Return when an entry was seen: its field ``seen_at`` (from ``hits --ndjson``), else its date; may be None."""
    return next((date for name in ("seen_at", *_DATES) if (date := written_date(item.get(name)))), None)
