"""Reading a feed from its elements gives what feedparser gives, and leaves to it what only feedparser reads."""

from __future__ import annotations

from dataclasses import asdict
from time import struct_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.feed_samples import atom, rss

from monitor.feeds.parse import document
from monitor.feeds.parse.feed_elements import read_elements
from monitor.feeds.parse.raw_feed import RawFeed, raw_feed
from monitor.feeds.parse.xml_items import parse_xml

NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:a="http://www.w3.org/2005/Atom" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:x="urn:unknown" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
)
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
ROOTS = (
    "<rss version='2.0' {ns}><channel><title>The wire</title>{head}{item}</channel></rss>",
    "<rss version='0.92' {ns} xml:lang='pt_BR'><channel>{item}{head}<title>The wire</title></channel></rss>",
    f"<rdf:RDF {RDF} {{ns}}><channel rdf:about='https://a.example'>{{head}}</channel>{{item}}</rdf:RDF>",
    "<feed xmlns='http://www.w3.org/2005/Atom' {ns} xml:lang='ko'><title>The wire</title>{head}{entry}</feed>",
    "<feed version='0.3' xmlns='http://purl.org/atom/ns#' {ns}>{head}{entry}</feed>",
    "<feed {ns}>{entry}{head}</feed>",
)
ELEMENTS = (
    *("<title>Oakmere robbed</title>", "<title/>", "<title type='html'>A &lt;b&gt;B</title>", "<title>dÃ©jÃ </title>"),
    *("<dc:title>Other</dc:title>", "<media:title>Picture</media:title>", "<x:title>No</x:title>"),
    "<media:group><media:title>In a group</media:title><media:description>d</media:description></media:group>",
    *("<link>https://a.example/1?a=1&amp;b=2</link>", "<link/>", "<link>/relative</link>"),
    *("<a:link href='https://a.example/2'/>", "<a:link rel='self' href='https://a.example/3'/>"),
    *("<link rel='alternate' type='text/plain' href='/4'/>", "<link href='https:////a.example/5'/>"),
    *("<guid>https://a.example/6</guid>", "<guid isPermaLink='false'>7</guid>", "<guid>seven</guid>", "<id>urn:8</id>"),
    *("<author>ana@example.org (Ana)</author>", "<dc:creator>Bo</dc:creator>", "<author/>"),
    *("<author><name>Cy</name><email>cy@example.org</email></author>", "<author><name>Di</name></author>"),
    *("<author><uri>https://a.example/di</uri></author>", "<itunes:author>Eve</itunes:author>"),
    *("<pubDate>Fri, 27 Nov 2026 09:05:00 GMT</pubDate>", "<published>2026-11-27T09:05:00Z</published>"),
    *(
        "<updated>2026-11-28T09:05:00Z</updated>",
        "<dc:date>2026-11-26</dc:date>",
        "<dcterms:issued>2026</dcterms:issued>",
    ),
    *("<pubDate>soon</pubDate>", "<date>2026-11-27</date>", "<modified>2026-11-27T09:05:00Z</modified>"),
    *("<source url='https://b.example'>B</source>", "<source><title>S</title><id>s</id></source>"),
    *("<image>https://a.example/i.png</image>", "<image><url>u</url><title>I</title></image>", "<links/>"),
    *("<description>one &lt;p&gt;two</description>", "<content:encoded>c</content:encoded>", "<language>de</language>"),
    *("<summary>s</summary>", "<content type='xhtml'><div><title>t</title></div></content>", "<category>c</category>"),
    *("<x:thing><title>nested</title><pubDate>2026-11-20T00:00:00Z</pubDate></x:thing>", "<ttl>30</ttl>"),
)
WELL_KNOWN = (
    rss("<guid>1</guid><title>T</title><link>https://a.example/1</link><pubDate>Fri, 27 Nov 2026 09:05 GMT</pubDate>"),
    atom("<id>urn:1</id><title type='html'>T</title><link href='/1'/><updated>2026-11-27T09:05:00Z</updated>"),
)


def read(body: bytes) -> RawFeed | None:
    root = parse_xml(body)
    assert root is not None
    return read_elements(root, list(root.iter("{*}item", "{*}entry")))


def without_parsed_dates(feed: RawFeed) -> dict:
    found = asdict(feed)
    for entry in found["entries"]:
        entry.update(published_parsed=None, updated_parsed=None, texts=())
    return found


@given(
    root=st.sampled_from(ROOTS), inside=st.lists(st.sampled_from(ELEMENTS), max_size=5), head=st.sampled_from(ELEMENTS)
)
@example(ROOTS[0], ["<title>A</title>", "<source url='b'>B</source>", "<media:title>C</media:title>"], "")
@example(ROOTS[0], ["<link>https://a.example/1</link>", "<guid>https://a.example/2</guid>"], "<title>Second</title>")
def test_a_feed_is_read_as_feedparser_reads_it(root: str, inside: list[str], head: str) -> None:
    texts = "".join(inside)
    written = root.format(ns=NAMESPACES, head=head, item=f"<item>{texts}</item>", entry=f"<entry>{texts}</entry>")
    body = written.encode()
    found = read(body)
    if found is None:
        return
    theirs = document._feedparser(body)
    assert without_parsed_dates(found) == without_parsed_dates(raw_feed(theirs, theirs["entries"]))


@pytest.mark.parametrize("body", WELL_KNOWN, ids=["rss", "atom"])
def test_a_common_feed_does_not_need_feedparser(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def unexpected(_: bytes) -> None:
        raise AssertionError("feedparser was called")

    monkeypatch.setattr(document, "_feedparser", unexpected)
    (entry,) = document.parse_feed(body, "", "https://a.example/feed").entries
    assert (entry.text.title, entry.link) == ("T", "https://a.example/1")


@pytest.mark.parametrize(
    "element",
    [
        pytest.param("<title type='xhtml'><b>T</b></title>", id="title with elements"),
        pytest.param("<pubDate>the day of the fair</pubDate>", id="unreadable date"),
        pytest.param("<image><title>I</title></image>", id="image in an item"),
        pytest.param("<item><title>T</title></item>", id="item in an item"),
        pytest.param("<dc:title xmlns:dc='urn:not-dublin-core'>T</dc:title>", id="namespace known by its prefix only"),
        pytest.param("<guid xml:base='https://b.example/'>1</guid>", id="relative to a base"),
    ],
)
def test_what_only_feedparser_reads_is_left_to_it(element: str) -> None:
    assert read(rss(element)) is None


def test_dates_of_feedparser_are_kept_with_what_was_written() -> None:
    theirs = document._feedparser(rss("<pubDate>Fri, 27 Nov 2026 09:05:00 GMT</pubDate>"))
    (entry,) = raw_feed(theirs, theirs["entries"]).entries
    assert isinstance(entry.published_parsed, struct_time)
    assert (entry.published, entry.updated, entry.updated_parsed) == ("Fri, 27 Nov 2026 09:05:00 GMT", "", None)


def test_many_relative_links_cost_one_search_for_a_base(monkeypatch: pytest.MonkeyPatch) -> None:
    searches: list[object] = []
    monkeypatch.setattr("monitor.feeds.parse.feed_elements._HAS_BASE", lambda root: searches.append(root) or [])
    found = read(rss(*(f"<link>/{n}</link>" for n in range(50))))
    assert found is not None
    assert (found.entries[49].link, len(searches)) == ("/49", 1)
