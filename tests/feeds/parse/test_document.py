from __future__ import annotations

import gzip
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
        (b"<!DOCTYPE html><html><title>Bad gateway</title></html>", FeedState.NOT_A_FEED),
        (b"\xef\xbb\xbf<!-- hi --><html>", FeedState.NOT_A_FEED),
        (b"{}", FeedState.NOT_A_FEED),
        (b"just words", FeedState.NOT_A_FEED),
        (b"\x89PNG\r\n\x1a\n\x00\x00", FeedState.NOT_A_FEED),
    ],
    ids=["nothing", "spaces", "html", "html after comment", "json", "words", "picture"],
)
def test_a_document_that_is_no_feed_is_a_failure(body: bytes, state: FeedState) -> None:
    assert refusal(body).state is state


def test_a_web_page_that_names_its_feed_says_which_to_use() -> None:
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head><body>hi</body></html>'
    assert refusal(page).remedy == "use the feed that the page names: https://cdn.example/rss"


def test_a_large_web_page_is_not_read_to_its_end() -> None:
    def page(size: int) -> bytes:
        return b"<html><body>" + b"<p>hello <b>there</b>" * size

    assert refusal(page(1)).state is FeedState.NOT_A_FEED
    assert calls(lambda: refusal(page(40_000))) <= calls(lambda: refusal(page(20_000))) + FIXED


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
        ONE_ITEM.replace(b"funds", b"funds & <b> &nbsp;"),
        ONE_ITEM.replace(b"utf-8", b"no-such-charset"),
    ],
    ids=["late declaration", "loose markup", "unknown charset"],
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


def test_of_too_many_entries_without_dates_both_ends_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_ENTRIES", 3)
    entries = read(rss(*(f"<title>{n}</title>" for n in range(5)))).entries
    assert [entry.text.title for entry in entries] == ["0", "1", "4"]


@pytest.mark.parametrize(
    "body",
    [rss(), atom(), b'{"version": "https://jsonfeed.org/version/1", "items": []}', b"<rss version='2.0'/>"],
    ids=["rss", "atom", "json", "rss without a channel"],
)
def test_a_feed_without_entries_is_read(body: bytes) -> None:
    assert read(body).entries == ()


def dated(*days: int) -> bytes:
    return rss(*(f"<title>{day}</title><pubDate>{day:02} Nov 2026 08:00:00 GMT</pubDate>" for day in days))


@pytest.mark.parametrize("days", [(1, 2, 3, 4, 5), (5, 4, 3, 2, 1), (3, 5, 1, 4, 2)], ids=["up", "down", "mixed"])
@pytest.mark.parametrize("ending", ["", "<x>&undefined</x>"], ids=["well-formed", "repaired"])
def test_of_too_many_entries_the_newest_are_read_and_the_others_counted(
    monkeypatch: pytest.MonkeyPatch, days: tuple[int, ...], ending: str
) -> None:
    monkeypatch.setattr(document, "MAX_ENTRIES", 3)
    feed = read(dated(*days).replace(b"</channel>", f"{ending}</channel>".encode()))
    assert {entry.text.title for entry in feed.entries} == {"3", "4", "5"}
    assert feed.left_out == 2


JSON = b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": 1, "title": "0"}, {"id": 2, "title": "1"}]}'
CUT_RDF = RDF.replace(b"<item>", b"<item><title>0</title></item><item>")


@pytest.mark.parametrize(
    "body",
    [
        rss("<title>0</title>", "<title>1</title>").partition(b"1</title>")[0],
        rss("<title>0</title>", "<title>1</title>").rpartition(b"</item>")[0],
        atom("<title>0</title>", "<title>1</title>").partition(b"1</title>")[0],
        CUT_RDF.partition(b"</link>")[0],
        JSON[:-9],
    ],
    ids=["in a text", "in an end tag", "atom", "rdf", "json"],
)
def test_a_document_that_is_cut_off_is_read_without_its_last_entry(body: bytes) -> None:
    feed = read(body)
    assert [entry.text.title for entry in feed.entries] == ["0"]
    assert feed.cut_off


def test_a_document_that_is_cut_off_in_its_first_entry_is_unreadable() -> None:
    assert refusal(rss("<title>x</title>").rpartition(b"</title>")[0]).state is FeedState.UNREADABLE


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("&#xD83D;&#xDE80;", "\U0001f680"),
        ("&#55357;&#56960;", "\U0001f680"),
        ("&amp;#55357;&amp;#56960;", "\U0001f680"),
        ("&#xDE80;", "\ufffd"),
        ("&#x110000;", "\ufffd"),
        ("&#99999999;", "\ufffd"),
        ("&#99999999999999;", "\ufffd"),
        ("&#x0000D83D;&#x0000DE80;", "\U0001f680"),
        ("\uffff", "\ufffd"),
        ("&#0;", "\ufffd"),
        ("&#xFFFE;", "\ufffd"),
        ("&#128640;", "\U0001f680"),
        ("&eacute;", "é"),
        ("&nosuch;", "&nosuch;"),
        ("R&D", "R&D"),
        ("&#146;", "’"),
    ],
)
def test_a_bad_reference_costs_one_character(written: str, text: str) -> None:
    first, second = read(rss(f"<title>a {written} b</title>", "<title>Bridge</title>")).entries
    assert (first.text.title, second.text.title) == (f"a {text} b", "Bridge")


def test_addresses_in_a_document_that_is_not_well_formed_stay_as_they_are() -> None:
    item = "<title>Q&A</title><link>https://a.example/?a=1&copy=2&amp;b=3</link><guid>https://a.example/?x=1&amp;y=2</guid>"
    entry = only(rss(item))
    assert (entry.link, entry.id) == ("https://a.example/?a=1&copy=2&b=3", "https://a.example/?x=1&y=2")


@pytest.mark.parametrize("space", ["", "\n"], ids=["same line", "next line"])
def test_named_references_are_read_whatever_the_document_type(space: str) -> None:
    doctype = f'?>{space}<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://n.example/rss.dtd">{space}<rss'
    assert (
        only(rss("<title>Caf&eacute;&nbsp;&euro;</title>").replace(b"?><rss", doctype.encode())).text.title == "Café €"
    )


def typed(declarations: str, title: str) -> bytes:
    return rss(f"<title>{title}</title>").replace(b"?><rss", f"?><!DOCTYPE rss [{declarations}]><rss".encode())


def test_entities_that_a_document_declares_are_read() -> None:
    declarations = "<!-- ours --> <!ENTITY org 'Oakmere'><!ENTITY office \"the &#8220;office&#8221;\">"
    assert only(typed(declarations, "&org; of &office;&nbsp;&eacute;")).text.title == "Oakmere of the “office” é"


def test_parameter_entities_and_declarations_of_elements_do_not_cost_a_letter() -> None:
    latin = '<!ENTITY % HTMLlat1 PUBLIC "-//W3C//ENTITIES Latin 1 for XHTML//EN" "http://n.example/xhtml-lat1.ent">'
    declarations = f"{latin} %HTMLlat1; <!ELEMENT rss ANY> <!ENTITY org 'Oakmere'>"
    assert only(typed(declarations, "Caf&eacute; &org; &other;")).text.title == "Café Oakmere &other;"


def test_entities_that_would_make_a_document_much_longer_are_left_out() -> None:
    title = only(typed(f"<!ENTITY x '{'x' * 9_000}'>", "Oakmere" + "&x;" * 1_000)).text.title
    assert title.startswith("Oakmere")
    assert len(title) < 1_000_000


NAMESPACES = (
    "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:media='http://search.yahoo.com/mrss/' "
    "xmlns:dc='http://purl.org/dc/elements/1.1/'"
)


@pytest.mark.parametrize(
    "element",
    ["itunes:summary", "itunes:subtitle", "media:description", "dc:description", "content:encoded"],
)
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_every_text_of_an_item_is_kept_once(element: str, first: bool) -> None:
    own, other = "<description>Plain words</description>", f"<{element}>More words</{element}>"
    body = rss(f"<title>x</title>{other if first else ''}{own}{'' if first else other}{other}")
    text = only(body.replace(b"<rss ", f"<rss {NAMESPACES} ".encode())).text
    assert (text.summary, text.content) == ("Plain words", "More words")


def test_a_text_that_another_contains_is_not_kept_twice() -> None:
    body = rss("<title>x</title><description>A b</description><dc:description>A b and c</dc:description>")
    text = only(body.replace(b"<rss ", f"<rss {NAMESPACES} ".encode())).text
    assert (text.summary, text.content) == ("A b", "A b and c")


@pytest.mark.parametrize(
    ("kind", "title"),
    [(" type='text'", "A <script> of b </script> & c &lt;"), (" type='html'", "A & c <"), ("", "A & c <")],
    ids=["text", "html", "none"],
)
def test_plain_text_of_atom_is_not_markup(kind: str, title: str) -> None:
    written = "A &lt;script&gt; of b &lt;/script&gt; &amp; c &amp;lt;"
    assert only(atom(f"<title{kind}>{written}</title>")).text.title == title


@pytest.mark.parametrize(
    ("language", "link"), [("en", "/first"), ("de", "/de"), ("fr", "/first")], ids=["english", "german", "other"]
)
def test_the_first_alternate_in_the_language_of_the_feed_is_the_link(language: str, link: str) -> None:
    links = "<link rel='self' href='/self'/><link hreflang='en' href='/first'/><link hreflang='de' href='/de'/>"
    entry = only(atom(f"<title>x</title>{links}", attributes=f"xml:lang='{language}'"))
    assert entry.link == f"https://cdn.example{link}"


def test_the_full_name_of_the_relation_is_an_alternate_link_too() -> None:
    rel = "http://www.iana.org/assignments/relation/alternate"
    assert only(atom(f"<title>x</title><link rel='{rel}' href='https://a.example/1'/>")).link == "https://a.example/1"


def test_a_relative_link_of_atom_is_resolved_against_the_document() -> None:
    body = atom("<title>x</title><link href='7'/>").replace(
        b"<entry>", b"<link href='https://other.example/'/><entry>", 1
    )
    assert only(body).link == "https://cdn.example/feeds/7"


def test_a_relative_xml_base_is_resolved_against_the_document() -> None:
    body = atom("<title>x</title><link href='7'/>", attributes="xml:base='/news/'")
    assert only(body).link == "https://cdn.example/news/7"


def test_a_script_in_xhtml_with_a_prefix_is_no_text() -> None:
    script = "<h:div><h:p>One</h:p><h:p>Two</h:p><h:script>var x</h:script></h:div>"
    content = f"<content type='xhtml' xmlns:h='http://www.w3.org/1999/xhtml'>{script}</content>"
    assert only(atom(f"<title>x</title>{content}")).text.summary == "One Two"


def test_dc_date_is_a_publication_date() -> None:
    body = rss("<title>x</title><dc:date>2026-11-20T12:00:00Z</dc:date>")
    entry = only(body.replace(b"<rss ", f"<rss {NAMESPACES} ".encode()))
    assert entry.published_at == datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_dc_date_in_rdf_is_a_publication_date() -> None:
    dated = b"<dc:date xmlns:dc='http://purl.org/dc/elements/1.1/'>2026-11-20T12:00:00Z</dc:date></item>"
    entry = only(RDF.replace(b"</item>", dated))
    assert entry.published_at == datetime(2026, 11, 20, 12, tzinfo=UTC)


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
    assert outcome_of(body) in (0, 1, FeedState.EMPTY, FeedState.NOT_A_FEED, FeedState.UNREADABLE)


@pytest.mark.parametrize("end", [b"", b"garbage", b"\0" * 9])
def test_a_gzip_file_of_two_members_is_read_whatever_follows(end: bytes) -> None:
    body = rss("<title>Oakmere</title>")
    assert only(gzip.compress(body[:40]) + gzip.compress(body[40:]) + end).text.title == "Oakmere"
