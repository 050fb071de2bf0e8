from __future__ import annotations

import io
import json
from datetime import UTC, datetime

from monitor.backtest.entries_file import BadLine, EntriesFile

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def entries_of(*items: object, **period: datetime) -> EntriesFile:
    lines = [item if isinstance(item, str) else json.dumps(item) for item in items]
    return EntriesFile(io.BytesIO("\n".join(lines).encode(errors="surrogatepass")), **period)


def test_entries_come_in_order_of_date_and_those_without_one_last():
    file = entries_of(
        {"title": "C", "date": "2026-11-20T12:00:00Z"},
        {"title": "undated"},
        {"title": "A", "published": "Thu, 19 Nov 2026 08:00:00 GMT"},
        {"title": "B", "published_at": "2026-11-19T09:00:00+00:00", "seen_at": "2026-11-19T10:00:00Z"},
        {"title": "odd", "date": "soon"},
    )
    assert [(t.entry.text.title, t.number) for t in file.texts()] == [
        ("A", 3),
        ("B", 4),
        ("C", 1),
        ("undated", 2),
        ("odd", 5),
    ]
    assert (len(file), file.undated) == (5, 2)
    assert [t.seen_at.hour for t in file.texts()] == [8, 10, 12, 12, 12]


def test_fields_are_cleaned_and_named_as_match_reads_them():
    (text,) = entries_of(
        {
            "title": "<b>Laz</b>arus&nbsp;Group",
            "summary": None,
            "source": "Wire",
            "link": "https://a.example",
            "feed": "w",
        }
    ).texts()
    entry = text.entry
    assert (entry.text.title, entry.text.summary) == ("Lazarus Group", "")
    assert (entry.outlet, entry.link, entry.feed) == ("Wire", "https://a.example", "w")


def test_lines_that_are_no_entry_are_kept_with_the_reason():
    file = entries_of("{", "[1]", '{"title": ""}', '{"title": "A", "summary": 5}', "", '{"title": "good"}', "\ud800")
    assert file.bad == [
        BadLine(1, "not JSON"),
        BadLine(2, 'not an object: an entry is {"id": ..., "title": ...}'),
        BadLine(3, "no title"),
        BadLine(4, '"summary" is not a string'),
        BadLine(7, "not JSON"),
    ]
    assert [t.number for t in file.texts()] == [6]


def test_a_period_leaves_entries_out():
    items = [{"title": str(hour), "date": f"2026-11-20T{hour}:00:00Z"} for hour in (11, 12, 13)]
    assert [t.entry.text.title for t in entries_of(*items, since=NOON).texts()] == ["12", "13"]
    assert [t.entry.text.title for t in entries_of(*items, until=NOON).texts()] == ["11"]
