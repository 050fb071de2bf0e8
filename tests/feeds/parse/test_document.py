from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import get_ident

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.feed_samples import ONE_ITEM, atom, rss
from support.work import FIXED, calls

from monitor.errors import FeedError, FeedState
from monitor.feeds.parse import document
from monitor.feeds.parse.document import parse_feed
from monitor.model import ParsedEntry, ParsedFeed

URL = "https://cdn.example/feeds/wire.xml"
SHARED = Path(__file__).parents[4] / "shared"


def read(body: bytes, content_type: str = "application/xml") -> ParsedFeed:
    return parse_feed(body, content_type, URL)


def only(body: bytes) -> ParsedEntry:
    (entry,) = read(body).entries
    return entry


def refusal(body: bytes) -> FeedError:
    with pytest.raises(FeedError) as caught:
        read(body)
    return caught.value


def outcome_of(body: bytes) -> int | FeedState:
    """Return how many entries there are, each fit to be stored, or the state of the failure."""
    try:
        entries = read(body).entries
    except FeedError as error:
        return error.state
    repr(entries).encode()
    for entry in entries:
        "".join((entry.id, entry.link, entry.author, *dict(entry.text.fields()).values())).encode()
    return len(entries)


RDF = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    b"<channel><title>T</title></channel><item><title>Bridge</title><link>https://a.example/1</link></item></rdf:RDF>"
)
CDF = b'<CHANNEL HREF="https://a.example/"><TITLE>T</TITLE><ITEM HREF="/1"><TITLE>Bridge</TITLE></ITEM></CHANNEL>'
RSS091 = b'<rss version="0.91"><channel><title>T</title><item><title>Bridge</title></item></channel></rss>'


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (rss("<title>Bridge</title>"), "rss20"),
        (RSS091, "rss091u"),
        (atom("<title>Bridge</title>"), "atom10"),
        (RDF, "rss10"),
        (CDF, ""),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"title": "Bridge"}]}', "json11"),
    ],
    ids=["rss20", "rss091", "atom", "rdf", "cdf", "json"],
)
def test_every_format_is_read(body: bytes, name: str) -> None:
    feed = read(body)
    assert feed.format == name
    assert [entry.text.title for entry in feed.entries] == ["Bridge"]


def test_an_entry_comes_with_all_its_parts() -> None:
    entry = only(
        rss(
            "<guid isPermaLink='false'> g1 </guid><link>/1</link><title>AT&amp;amp;T &lt;b&gt;hit&lt;/b&gt;</title>"
            "<description>&lt;p&gt;Short&lt;/p&gt;</description><author>Ann</author>"
            "<content:encoded><![CDATA[<p>Long</p><script>x</script>]]></content:encoded>"
            "<pubDate>Fri, 20 Nov 2026 13:00:00 +0100</pubDate>"
        )
    )
    assert (entry.id, entry.link, entry.author) == ("g1", "https://harbour.example/1", "Ann")
    assert tuple(entry.text.fields()) == (("title", "AT&T hit"), ("summary", "Short"), ("content", "Long"))
    assert entry.published_at == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert entry.updated_at is None


def test_a_feed_tells_title_language_and_how_long_it_lasts() -> None:
    head = "<title>Harbour &amp;amp; Wire</title><language>pt_BR</language><ttl> 30 </ttl>"
    feed = read(rss("<title>x</title>", head=head))
    assert (feed.title, feed.language, feed.update_hints.ttl_s) == ("Harbour & Wire", "pt-br", 1800)


@pytest.mark.parametrize(
    "fields",
    [
        "<content:encoded>Text</content:encoded>",
        "<description>Text</description><content:encoded>&lt;p&gt;Text&lt;/p&gt;</content:encoded>",
    ],
    ids=["content only", "both alike"],
)
def test_the_same_text_is_not_kept_twice(fields: str) -> None:
    text = only(rss(f"<title>x</title>{fields}")).text
    assert (text.summary, text.content) == ("Text", "")


@pytest.mark.parametrize(
    ("head", "link", "absolute"),
    [
        ("<link>https://harbour.example/</link>", "/1", "https://harbour.example/1"),
        ("", "/1", "https://cdn.example/1"),
        ("<link>/site/</link>", "1", "https://cdn.example/site/1"),
        ("", "javascript:alert(1)", ""),
        ("", "http://[broken", ""),
    ],
    ids=["feed's link", "address", "relative feed link", "script", "broken"],
)
def test_links_are_absolute_or_empty(head: str, link: str, absolute: str) -> None:
    assert only(rss(f"<title>x</title><link>{link}</link>", head=head)).link == absolute


def test_xml_base_counts_for_links() -> None:
    entry = only(atom('<title>x</title><link href="q"/>', attributes='xml:base="https://b.example/c/"'))
    assert entry.link == "https://b.example/c/q"


def test_a_guid_that_is_no_address_is_no_link() -> None:
    assert only(rss("<guid>tag-7</guid><title>x</title>")).link == ""
    assert only(rss("<guid>https://a.example/7</guid><title>x</title>")).link == "https://a.example/7"


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 01 Jan 9999 00:00:00 GMT",
        "0001-01-01T00:00:00Z",
        "0000-00-00",
        "99999-01-01",
        "1970-01-01",
        "yesterday",
        "",
    ],
)
def test_a_date_that_cannot_be_reckoned_with_is_unknown(date: str) -> None:
    assert only(rss(f"<title>x</title><pubDate>{date}</pubDate>")).published_at is None


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"", FeedState.EMPTY),
        (b" \r\n ", FeedState.EMPTY),
        (rss(), FeedState.EMPTY),
        (b'{"version": "https://jsonfeed.org/version/1"}', FeedState.EMPTY),
        (b"<!DOCTYPE html><html><title>Bad gateway</title></html>", FeedState.NOT_A_FEED),
        (b"\xef\xbb\xbf<!-- hi --><html>", FeedState.NOT_A_FEED),
        (b"{}", FeedState.NOT_A_FEED),
        (b"just words", FeedState.NOT_A_FEED),
        (b"\x89PNG\r\n\x1a\n\x00\x00", FeedState.NOT_A_FEED),
    ],
    ids=["nothing", "spaces", "rss", "json feed", "html", "html after comment", "json", "words", "picture"],
)
def test_a_document_without_entries_is_a_failure_and_never_no_news(body: bytes, state: FeedState) -> None:
    assert refusal(body).state is state


def test_a_web_page_that_names_its_feed_says_which_to_use() -> None:
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head><body>hi</body></html>'
    assert refusal(page).remedy == "use the feed that the page names: https://cdn.example/rss"


def test_a_large_web_page_is_not_read_to_its_end() -> None:
    def page(size: int) -> bytes:
        return b"<html><body>" + b"<p>hello <b>there</b>" * size

    assert refusal(page(1)).state is FeedState.NOT_A_FEED
    assert calls(lambda: refusal(page(200_000))) <= calls(lambda: refusal(page(20_000))) + FIXED


@pytest.mark.parametrize("what", ["path", "fifo", "url"])
def test_a_body_that_names_a_file_or_address_is_not_opened(tmp_path: Path, what: str) -> None:
    names = {"path": tmp_path / "f.xml", "fifo": tmp_path / "fifo", "url": "http://127.0.31.9:9/"}
    (tmp_path / "f.xml").write_bytes(ONE_ITEM)
    os.mkfifo(tmp_path / "fifo")
    refusal(b"x")  # imports what is imported at the first use
    opened = []
    watching, me = True, get_ident()  # other threads are the test runner's
    sys.addaudithook(
        lambda event, args: (
            opened.append((event, args))
            if watching and get_ident() == me and event in ("open", "socket.connect")
            else None
        )
    )
    error = refusal(str(names[what]).encode())
    watching = False
    assert error.state is FeedState.NOT_A_FEED
    assert opened == []


@pytest.mark.parametrize(
    "document",
    [
        b"\n\n" + ONE_ITEM,
        ONE_ITEM.replace(b"</item>", b"").replace(b"</channel></rss>", b""),
        ONE_ITEM.replace(b"funds", b"funds & <b> &nbsp;"),
        ONE_ITEM.replace(b"utf-8", b"no-such-charset"),
    ],
    ids=["late declaration", "cut off", "loose markup", "unknown charset"],
)
def test_a_feed_that_is_not_well_formed_is_read(document: bytes) -> None:
    assert only(document).text.title.startswith("Bridge drained of funds")


@pytest.mark.parametrize("text", ["&#xd800;", "&#x11ffff;"])
def test_what_breaks_the_parser_is_a_failure_of_the_feed(text: str) -> None:
    outcome = outcome_of(rss(f"<title>a{text}b</title>"))
    assert outcome in (FeedState.UNREADABLE, 1)


def test_the_charset_of_the_header_counts() -> None:
    body = b"<rss version='2.0'><channel><item><title>\xf0\xf5\xf4\xe9\xee</title></item></channel></rss>"
    assert read(body, "application/xml; charset=koi8-r").entries[0].text.title == "ПУТИН"


def test_outside_entities_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("sesame")
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'.encode()
    body = ONE_ITEM.replace(b"?><rss", b"?>" + doctype + b"<rss").replace(b"funds", b"funds &x;")
    entry = only(body)
    assert "sesame" not in repr(entry)


def test_only_so_many_entries_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_ENTRIES", 3)
    entries = read(rss(*(f"<title>{n}</title>" for n in range(5)))).entries
    assert [entry.text.title for entry in entries] == ["0", "1", "2"]


def test_an_item_that_did_not_change_keeps_its_hash() -> None:
    item = "<guid>1</guid><title>Bridge</title>"
    alone = only(rss(item)).raw_hash
    moved = read(
        rss("<title>new</title>", item, head="<title>Renamed</title>").replace(b"<rss ", b"<rss xmlns:x='urn:x' ")
    )
    assert moved.entries[1].raw_hash == alone
    assert moved.entries[0].raw_hash != alone
    assert only(rss(item.replace("Bridge", "Bridges"))).raw_hash != alone


def test_a_document_that_is_not_well_formed_has_hashes_too() -> None:
    first, second = read(rss("<guid>1</guid><title>a & b</title>", "<guid>2</guid><title>c</title>")).entries
    again = read(rss("<guid>1</guid><title>a & b</title>", head="<title>Renamed</title>")).entries[0]
    assert first.raw_hash == again.raw_hash != second.raw_hash


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda t: rss(f"<title>{t}</title>")))
def test_any_bytes_give_a_feed_or_a_named_failure(body: bytes) -> None:
    assert outcome_of(body) in (1, FeedState.EMPTY, FeedState.NOT_A_FEED, FeedState.UNREADABLE)
