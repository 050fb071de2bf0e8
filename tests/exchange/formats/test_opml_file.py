from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.store_samples import NOW

from monitor.errors import UsageError
from monitor.exchange.exports.opml import feeds_as_opml
from monitor.exchange.feed_pack import keyed
from monitor.exchange.formats.opml_file import FeedList, read_opml
from monitor.model import Feed, PageSelectors

MINIFLUX = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Miniflux</title><dateCreated>Mon, 01 Jan 2024 00:00:00 UTC</dateCreated></head><body>
<outline text="Crypto"><outline title="Wire" text="Wire" xmlUrl="https://wire.example/rss" htmlUrl="https://wire.example"
 type="rss" crawler="true" userAgent="x" disabled="true" scraperRules="article"></outline></outline></body></opml>"""
FRESHRSS = """<opml xmlns:frss="https://freshrss.org/opml" version="2.0"><head><title>FreshRSS</title></head><body>
<outline text="News"><outline text="Asia">
<outline text="Desk" type="rss" xmlUrl="https://desk.example/atom" frss:priority="main" frss:cssFullContent="article"/>
<outline text="Scraped" type="HTML+XPath" xmlUrl="https://scraped.example/" frss:xPathItem="//article"/>
<outline text="Api" type="JSON+DotNotation" xmlUrl="https://api.example/"/>
</outline></outline></body></opml>"""


def read(tmp_path, text: str | bytes) -> FeedList:
    file = tmp_path / "feeds.opml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_opml(file)


def outlines(inner: str) -> str:
    return f'<opml version="1.0"><head/><body>{inner}</body></opml>'


def faults(tmp_path, inner: str) -> list[str]:
    return [notice.text for notice in read(tmp_path, outlines(inner)).notices]


def test_an_export_of_miniflux_is_read(tmp_path):
    found = read(tmp_path, MINIFLUX)
    feed = found.feeds[0]
    assert (found.title, feed.url, feed.title, feed.tags) == (
        "Miniflux",
        "https://wire.example/rss",
        "Wire",
        ("Crypto",),
    )
    assert feed.disabled
    assert found.notices == ()


def test_an_export_of_freshrss_is_read_without_scraped_pages(tmp_path):
    found = read(tmp_path, FRESHRSS)
    assert [(feed.url, feed.tags) for feed in found.feeds] == [("https://desk.example/atom", ("News", "Asia"))]
    assert [(notice.record, notice.text.partition(";")[0]) for notice in found.notices] == [
        (4, '"Scraped" is of type "html+xpath", which is not a feed'),
        (5, '"Api" is of type "json+dotnotation", which is not a feed'),
    ]


FEEDS = (
    Feed("wire", "https://wire.example/rss?a=1&b=<2>", 300.0, 'The "Wire" & co', tags=frozenset({"news", "asia"})),
    Feed("desk", "https://desk.example/atom", 300.0, language="de", tags=frozenset({"news"})),
    Feed("ofac", "https://ofac.example/recent", 300.0, page=PageSelectors(".row", link="a.more@href", date=".date")),
    Feed("map", "https://map.example/news-sitemap.xml", 300.0),
)


def test_the_monitors_own_export_comes_back_whole(tmp_path):
    found = read(tmp_path, feeds_as_opml(FEEDS, lambda value: value, NOW).text)
    assert found.notices == ()
    for original, (key, feed) in zip(
        sorted(FEEDS, key=lambda f: f.url), sorted(keyed(found.feeds, (), {}), key=lambda p: p[1].url), strict=True
    ):
        assert (key, feed.url, frozenset(feed.tags)) == (original.key, original.url, original.tags)
        assert (feed.language, feed.title) == (original.language, original.outlet or original.key)
        page = original.page and {k: getattr(original.page, k) for k in ("entry", "title", "link", "date")}
        assert feed.page == (page or {})


def test_tags_with_slashes_and_commas_come_back_as_they_are(tmp_path):
    feed = Feed("desk", "https://desk.example/f", 300.0, tags=frozenset({"x/y", "a, b", "plain"}))
    (found,) = read(tmp_path, feeds_as_opml([feed], lambda value: value, NOW).text).feeds
    assert frozenset(found.tags) == feed.tags


@pytest.mark.parametrize("written", ["{", "7", "[7, null]", "[" * 9_000])
def test_tags_that_are_no_list_are_ignored(tmp_path, written):
    own = "xmlns:m='urn:crypto-news-monitor:opml'"
    (found,) = read(
        tmp_path, outlines(f"<outline {own} m:tags='{written}' category='/a' xmlUrl='https://a.example/'/>")
    ).feeds
    assert found.tags == ("a",)


@pytest.mark.parametrize(
    ("attributes", "fault"),
    [
        ('xmlUrl="ftp://a.example/x"', "has no http address, but ftp://a.example/x; left out"),
        ('xmlUrl="javascript:alert(1)"', "has no http address"),
        ('xmlUrl="/relative"', "has no http address"),
        ('xmlUrl="http://[::1"', "has an invalid address"),
        ('xmlUrl="http://a.example:99999/"', "has an invalid address"),
        ('xmlUrl="https://a.example/?x=${HOME}"', "has an invalid address"),
        ('xmlUrl="https://ana:t0psecret@a.example/x"', 'url = "https://a.example/x" and auth = "${NAME}"'),
        ('xmlUrl="https://a.example/x?token=t0psecret"', "has a secret in its address, at a.example; left out"),
        ('type="include" url="https://a.example/other.opml"', "refers to another list"),
        ('type="source" xmlUrl="https://a.example/other.opml"', "refers to another list"),
    ],
)
def test_what_is_no_feed_is_reported_and_no_secret_is_shown(tmp_path, attributes, fault):
    found = faults(tmp_path, f'<outline text="A" {attributes}/>')
    assert len(found) == 1
    assert fault in found[0]
    assert "t0psecret" not in found[0]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("feed:https://a.example/x", "https://a.example/x"),
        ("feed://a.example/x", "http://a.example/x"),
        (" https://a.example/x ", "https://a.example/x"),
        ("HTTPS://a.example/x", "HTTPS://a.example/x"),
    ],
)
def test_addresses_are_read_as_readers_write_them(tmp_path, written, url):
    assert [feed.url for feed in read(tmp_path, outlines(f'<outline xmlurl="{written}"/>')).feeds] == [url]


def test_the_same_address_is_one_feed_with_the_tags_of_all_its_folders(tmp_path):
    one = '<outline text="A" xmlUrl="https://a.example/x"/>'
    found = read(tmp_path, outlines(f'<outline text="f">{one}</outline><outline text="g">{one}</outline>\n{one}'))
    assert [feed.tags for feed in found.feeds] == [("f", "g")]
    assert [(n.record, n.text) for n in found.notices] == [(2, "is the same address as in line 1; imported once")]


def test_elements_in_capitals_are_read(tmp_path):
    body = '<BODY><OUTLINE TEXT="News"><OUTLINE TEXT="Desk" XMLURL="https://desk.example/f"/></OUTLINE></BODY>'
    (feed,) = read(tmp_path, f'<OPML VERSION="1.0"><HEAD><TITLE>Mine</TITLE></HEAD>{body}</OPML>').feeds
    assert (feed.url, feed.title, feed.tags) == ("https://desk.example/f", "Desk", ("News",))


def test_comments_are_left_out_with_everything_in_them(tmp_path):
    inner = '<outline isComment="true" text="f"><outline xmlUrl="https://a.example/x"/></outline>'
    assert read(tmp_path, outlines(inner)).feeds == ()


def test_bare_ampersands_and_html_entities_are_read(tmp_path):
    found = read(
        tmp_path, outlines('<outline text="A&nbsp;&eacute; & B" xmlUrl="https://a.example/?a=1&b=2&amp;c=3"/>')
    )
    assert [(feed.title, feed.url) for feed in found.feeds] == [("A é & B", "https://a.example/?a=1&b=2&c=3")]
    assert 'has an "&" that is not written as "&amp;"' in found.notices[0].text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_declared_encodings_are_read(tmp_path, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + outlines('<outline text="é" xmlUrl="https://a.example/"/>')
    assert read(tmp_path, text.encode(encoding)).feeds[0].title == "é"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", "is empty"),
        (MINIFLUX[:300], r"feeds.opml:\d+:\d+: is not OPML: .*; is it the complete file\?"),
        ("<rss><channel/></rss>", "it has no <opml> with a <body>, but <rss>"),
        ("<opml/>", "it has no <opml> with a <body>"),
        ("{}", "is it an export of a feed reader"),
        (b"PK\x03\x04", "is a ZIP archive"),
        (b"\x00\x01\xff", "is not OPML"),
        ('<!DOCTYPE o [<!ENTITY a "b">]>' + outlines('<outline text="&a;"/>'), "declares entities"),
        (outlines("<outline>" * 400 + "</outline>" * 400), "is not OPML"),
    ],
    ids=["empty", "cut", "rss", "no body", "json", "zip", "binary", "entities", "deep"],
)
def test_other_files_are_refused(tmp_path, raw, message):
    with pytest.raises(UsageError, match=message):
        read(tmp_path, raw)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory, raw):
    with contextlib.suppress(UsageError):
        read(tmp_path_factory.mktemp("fuzz"), b'<opml><body><outline text="' + raw + b'"/></body></opml>')


def test_keys_are_valid_unique_and_stay(tmp_path):
    urls = "".join(
        f'<outline text="{title}" xmlUrl="https://{n}.example/"/>'
        for n, title in enumerate(["Ünïon!", "ünion", "北", ""])
    )
    feeds = read(tmp_path, outlines(urls)).feeds
    known = {"https://1.example/": "mine"}
    assert [key for key, _ in keyed(feeds, {"union"}, known)] == ["union-2", "mine", "2-example", "3-example"]
