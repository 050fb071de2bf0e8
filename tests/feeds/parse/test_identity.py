from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.parse.identity import identify
from monitor.model import ParsedEntry, Text

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
    first, second = entry("g", "https://a.example/1", "first"), entry("g", "https://a.example/1", "second")
    assert identify([first, second]) == [("g", first)]


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
