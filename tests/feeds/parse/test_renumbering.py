from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.feeds.parse.renumbering import RenumberedEntries, find_renumbered
from monitor.model import KnownEntry, ParsedEntry, Text

DAY = datetime(2026, 11, 20, tzinfo=UTC)
WORDS = [
    "the",
    "quiet",
    "harbour",
    "bank",
    "wire",
    "pier",
    "crane",
    "gull",
    "tide",
    "rope",
    "mast",
    "keel",
    "deck",
    "hull",
    "sail",
    "oar",
    "bell",
    "fog",
    "lamp",
    "buoy",
]


def known(n: int, **change: object) -> KnownEntry:
    title = f"{WORDS[n % 20]} and {WORDS[(n + 7) % 20]} report {n}"
    entry = KnownEntry(
        n, f"old-{n}", 1, b"%d" % n, b"", f"https://a.example/{n}", title, f"About {title}", DAY + timedelta(hours=n)
    )
    return replace(entry, **change)  # type: ignore[arg-type]


def shown(entry: KnownEntry, **change: object) -> tuple[str, ParsedEntry]:
    """Return *entry* as its feed shows it under another id, but for what has changed."""
    text = Text(str(change.pop("title", entry.title)), str(change.pop("summary", entry.summary)))
    parsed = ParsedEntry(f"new-{entry.id}", entry.link, text, "", entry.published_at, None, b"other")
    return parsed.id, replace(parsed, **change)  # type: ignore[arg-type]


def of_one(change: dict[str, object], **was: object) -> RenumberedEntries:
    entry = known(1, **was)
    return find_renumbered([shown(entry, **change)], [entry, known(2)])


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"link": "https://b.example/elsewhere"},
        {"link": "http://www.a.example/1/?utm_source=rss", "published_at": None},
        {"published_at": DAY + timedelta(days=9)},
        {"summary": "Another text."},
        {"published_at": None, "link": ""},
    ],
    ids=["id", "id and link", "link tracked, no date", "id and date", "id and text", "neither date nor link"],
)
def test_an_entry_is_known_again_under_another_id(change: dict[str, object]) -> None:
    assert set(of_one(change).same) == {"new-1"}


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other news"},
        {"title": "Other news", "summary": ""},
        {"summary": "Other words.", "published_at": DAY + timedelta(days=9)},
        {"link": "https://a.example/9", "published_at": DAY + timedelta(days=9)},
    ],
    ids=["link and date alone", "link alone", "a column at its usual place", "title and words alone"],
)
def test_an_entry_with_something_of_its_own_is_new(change: dict[str, object]) -> None:
    assert of_one(change) == RenumberedEntries()


LATER = {"published_at": DAY + timedelta(days=30)}


@pytest.mark.parametrize(
    "change",
    [{"link": "https://b.example/moved"}, {"title": "{} (updated)", "link": None}],
    ids=["titles are known", "links are known"],
)
def test_many_that_come_back_under_new_ids_are_held_and_those_that_are_new_are_not(change: dict) -> None:
    old = [known(n) for n in range(38)]

    def moved(entry: KnownEntry) -> tuple[str, ParsedEntry]:
        title = change.get("title", "{}").format(entry.title)
        return shown(
            entry, title=title, link=(change["link"] and f"{change['link']}/{entry.id}") or entry.link, **LATER
        )

    news = [shown(known(n), link=f"https://a.example/new/{n}", title=f"News {n}", **LATER) for n in (50, 51)]
    found = find_renumbered([*news, *map(moved, old)], old)
    assert (len(found.doubtful), found.is_renumbering) == (38, True)
    assert found.doubtful.isdisjoint(key for key, _ in news)


def test_a_few_that_resemble_known_ones_are_sent() -> None:
    old = [known(n) for n in range(4)]
    moved = [shown(entry, link=f"https://b.example/{entry.id}", **LATER) for entry in old]
    assert find_renumbered(moved, old) == RenumberedEntries()


@pytest.mark.parametrize("count", [40, 2000])
def test_entries_that_are_new_are_never_held_for_their_number(count: int) -> None:
    old = [known(n) for n in range(40)]
    news = [
        (f"g{n}", ParsedEntry(f"g{n}", f"https://a.example/{n}", Text(f"Theft {n} at the pier"), "", DAY, None, b""))
        for n in range(count)
    ]
    assert find_renumbered(news, old) == RenumberedEntries()


def test_a_column_that_has_the_same_title_every_day_is_new_every_day() -> None:
    old = [known(n, title=f"{WORDS[n]} today", summary=f"Down to {n} dollars") for n in range(10)]
    news = [
        shown(entry, link=f"https://a.example/next/{entry.id}", summary=f"Up to {entry.id + 100} dollars", **LATER)
        for entry in old
    ]
    assert find_renumbered(news, old) == RenumberedEntries()


def test_each_known_entry_stands_for_one_at_most() -> None:
    entry = known(1)
    twice = [shown(entry), ("again", shown(entry, link="https://b.example/1")[1])]
    assert len(find_renumbered(twice, [entry]).same) <= 1
