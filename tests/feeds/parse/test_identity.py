from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.parse.identity import RenumberedEntries, find_renumbered, identify, is_id_reused, titled_key
from monitor.model import KnownEntry, ParsedEntry, Text

PLAIN = ParsedEntry("", "", Text("Bridge drained"), "", None, None, b"")

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


def entry(identifier: str = "", link: str = "", title: str = "Bridge drained") -> ParsedEntry:
    return replace(PLAIN, id=identifier, link=link, text=Text(title))


def keys(*entries: ParsedEntry) -> list[str]:
    return [key for key, _ in identify(entries)]


def test_the_guid_is_the_key_whatever_else_changes() -> None:
    assert keys(entry("g1", "https://a.example/1")) == keys(entry("g1", "https://b.example/2", "New")) == ["g1"]


def test_without_a_guid_the_link_is_the_key() -> None:
    assert keys(entry(link="https://a.example/1")) == ["https://a.example/1"]


def test_without_guid_and_link_title_and_date_tell_entries_apart() -> None:
    dated = replace(PLAIN, published_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert len(set(keys(entry(), entry(title="Other"), dated))) == 3


def test_without_guid_link_and_title_the_summary_tells_entries_apart() -> None:
    assert len(set(keys(*(replace(PLAIN, id="", link="", text=Text("", words)) for words in ("one", "two"))))) == 2


@pytest.mark.parametrize("parameter", ["utm_source=a", "PHPSESSID=77ab", "sessionid=1", "wt.mc_id=rss", "gbraid=x"])
def test_parameters_about_the_reader_are_no_part_of_the_key(parameter: str) -> None:
    link = "https://a.example/?p=1"
    assert keys(entry(link=f"{link}&{parameter}")) == [link]


def test_of_entries_that_are_given_twice_the_first_is_kept() -> None:
    first, second = entry("g", "https://a.example/1"), entry("g", "https://a.example/1")
    assert identify([first, second]) == [("g", first)]


LINK = "https://a.example/"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (entry("N/A", LINK, "first"), entry("N/A", LINK, "second")),
        (entry(link=LINK, title="first"), entry(link=LINK, title="second")),
        (entry(link=f"{LINK}?utm_source=a", title="first"), entry(link=f"{LINK}?utm_source=b", title="second")),
        (
            replace(entry(link=LINK), published_at=datetime(2026, 1, 1, tzinfo=UTC)),
            replace(entry(link=LINK), published_at=datetime(2026, 1, 8, tzinfo=UTC)),
        ),
    ],
    ids=["one guid", "one link", "tracking", "one title"],
)
def test_entries_that_share_an_id_or_link_are_distinguished_by_title_and_date(
    one: ParsedEntry, other: ParsedEntry
) -> None:
    assert len(set(keys(one, other))) == 2
    assert keys(one, other)[1] == keys(other, one)[0]


def known_as(known: ParsedEntry, key: str = "k") -> KnownEntry:
    return KnownEntry(1, key, 1, b"", b"", known.link, known.text.title, "", known.published_at)


def test_an_entry_that_shares_its_key_with_an_unchanged_one_gets_another() -> None:
    old, new = entry(link=LINK, title="old"), entry(link=LINK, title="new")
    assert identify([new], [known_as(old, LINK)]) == [(titled_key(LINK, new), new)]
    assert identify([new], [known_as(old, titled_key(LINK, old))]) == [(titled_key(LINK, new), new)]


@pytest.mark.parametrize(
    ("change", "reused"),
    [
        ({"title": "Exchange licensed in Malta"}, True),
        ({"title": "Bridge drained, update"}, False),
        ({"title": "Exchange licensed in Malta", "same_date": True}, False),
        ({"title": "Bridge drained", "link": f"{LINK}2"}, False),
        ({"title": "Exchange licensed in Malta", "link": f"{LINK}2", "same_date": True}, True),
    ],
    ids=["title and date", "reworded", "title only", "link only", "title and link"],
)
def test_an_id_is_reused_if_title_and_date_or_link_are_other_ones(change: dict[str, object], reused: bool) -> None:
    before = replace(entry("N/A", LINK), published_at=datetime(2026, 1, 1, tzinfo=UTC))
    later = before.published_at if change.get("same_date") else datetime(2026, 1, 2, tzinfo=UTC)
    item = replace(entry("N/A", str(change.get("link", LINK)), str(change["title"])), published_at=later)
    assert is_id_reused(known_as(before), item) is reused


def test_a_guid_with_several_links_swallows_no_entry() -> None:
    assert len(keys(entry("g", "https://a.example/1"), entry("g", "https://a.example/2"))) == 2


def test_under_a_careless_guid_a_new_item_does_not_take_the_key_of_an_old_one() -> None:
    old = [entry("g", "https://a.example/1"), entry("g", "https://a.example/2")]
    new = entry("g", "https://a.example/3")
    assert keys(new, *old)[1:] == keys(*old)


@given(st.lists(st.builds(entry, st.sampled_from(["", "g", "h"]), st.sampled_from(["", "/1", "/2"]), st.text())))
def test_keys_are_never_doubled_and_never_empty(entries: list[ParsedEntry]) -> None:
    found = keys(*entries)
    assert len(set(found)) == len(found)
    assert all(found)


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
