from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.parse.identity import identify, is_reused, titled_key
from monitor.model import KnownEntry, ParsedEntry, Text

PLAIN = ParsedEntry("", "", Text("Bridge drained"), "", None, None, b"")


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
    assert is_reused(known_as(before), item) is reused


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
