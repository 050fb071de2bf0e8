from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.feed_samples import atom, rss

from monitor.feeds.parse import document
from monitor.feeds.parse.document import parse_feed
from monitor.model import ParsedFeed

URL = "https://wire.example/feed"
ITEMS = [f"<guid>{n}</guid><title>Item {n} &amp;amp; more</title><link>/{n}</link>" for n in range(5)]
ENTRIES = [f"<id>tag:{n}</id><title type='html'>&lt;b&gt;{n}&lt;/b&gt;</title><link href='{n}'/>" for n in range(4)]
RDF = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    b"<channel><title>T</title></channel><item><title>A</title></item><item><title>B</title></item></rdf:RDF>"
)
JSON = b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": 1, "title": "A"}, {"id": 2, "title": "B"}]}'
LOOSE = rss("<guid>1</guid><title>a & b</title>", "<guid>2</guid><title>c</title>")
TYPED = (
    rss(*ITEMS).replace(b"?><rss", b'?><!DOCTYPE rss [<!ENTITY y "z"><!ENTITY x "&y;">]><rss').replace(b"more", b"&x;")
)


def read(body: bytes, known: object = (), content_type: str = "") -> ParsedFeed:
    return parse_feed(body, content_type, URL, known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body",
    [rss(*ITEMS), atom(*ENTRIES, attributes='xml:base="https://b.example/"'), RDF, JSON],
    ids=["rss", "atom with a base", "rdf", "json"],
)
def test_what_is_new_is_read_as_if_nothing_had_been_left_out(body: bytes) -> None:
    whole = read(body)
    for new in range(len(whole.entries)):
        known = {entry.raw_hash for entry in whole.entries if entry is not whole.entries[new]}
        lean = read(body, known)
        assert lean.entries == (whole.entries[new],)
        assert {digest for _, digest in lean.unchanged} == known
        assert (lean.title, lean.language, lean.format, lean.update_hints) == (
            whole.title,
            whole.language,
            whole.format,
            whole.update_hints,
        )


def test_the_place_of_what_was_left_out_is_told() -> None:
    whole = read(rss(*ITEMS))
    known = [whole.entries[0].raw_hash, whole.entries[3].raw_hash]
    assert read(rss(*ITEMS), known).unchanged == ((0, known[0]), (2, known[1]))


def test_a_feed_in_which_all_is_known_is_no_empty_one() -> None:
    whole = read(rss(*ITEMS))
    lean = read(rss(*ITEMS), {entry.raw_hash for entry in whole.entries})
    assert (lean.entries, len(lean.unchanged), lean.title) == ((), 5, whole.title)


def test_a_document_with_entities_of_entities_is_read_whole() -> None:
    whole = read(TYPED)
    assert read(TYPED, {whole.entries[0].raw_hash}) == whole


def test_unchanged_items_of_a_repaired_document_are_left_out() -> None:
    whole = read(LOOSE)
    assert read(LOOSE, {whole.entries[0].raw_hash}).entries == whole.entries[1:]


@pytest.mark.parametrize(("charset", "left_out"), [("utf-8", 1), ("UTF8", 1), ("koi8-r", 1)])
def test_unchanged_items_are_left_out_whatever_the_encoding(charset: str, left_out: int) -> None:
    body, said = rss(*ITEMS), f"text/xml; charset={charset}"
    first = read(body, (), said).entries[0]
    assert len(read(body, {first.raw_hash}, said).unchanged) == left_out


def test_what_stands_behind_the_last_item_that_is_taken_is_not_new_at_the_next_poll(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(document, "MAX_ENTRIES", 3)
    known = {entry.raw_hash for entry in read(rss(*ITEMS)).entries}
    assert read(rss(*ITEMS), known).entries == ()


def test_a_tag_with_more_attributes_than_any_has_is_refused_at_once() -> None:
    many = " ".join(f'a{n}="1"' for n in range(60_000))
    with pytest.raises(document.FeedError, match="a tag in the document has more than 500 attributes"):
        read(rss(f"<title>x</title><x {many}/>"))


@given(st.sets(st.integers(0, 4)), st.permutations(range(5)))
def test_what_is_read_and_what_is_left_out_make_the_document(left_out: set[int], order: list[int]) -> None:
    body = rss(*(ITEMS[n] for n in order))
    hashes = [entry.raw_hash for entry in read(body).entries]
    lean = read(body, {hashes[n] for n in left_out})
    together = [entry.raw_hash for entry in lean.entries]
    for before, digest in reversed(lean.unchanged):
        together.insert(before, digest)
    assert together == hashes
