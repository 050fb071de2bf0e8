from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree
from support.pages import news_sitemap, plain_sitemap

from monitor.errors import FeedError
from monitor.feeds.parse.sitemap import MAX_PARTS, read_sitemap, sitemap_root, words_of_address

URL = "https://post.example/sitemap.xml"


def read(body: bytes, most: int = 2000, known=()):
    return read_sitemap(etree.fromstring(body), URL, most, known)


def test_a_news_sitemap_is_read_like_a_feed():
    parsed = read(news_sitemap(("https://post.example/1", "2026-11-20T10:00:00Z", "Oakmere &amp; Vantor robbed")))
    entry = parsed.entries[0]
    assert (entry.id, entry.text.title) == ("https://post.example/1", "Oakmere & Vantor robbed")
    assert entry.published_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert (parsed.title, parsed.language, parsed.format) == ("The Post", "en", "news sitemap")


def test_an_entry_of_a_plain_sitemap_is_titled_by_its_address_and_dated_by_its_change():
    body = plain_sitemap(("/2026/oakmere-robbed-of-40-million-123456.html", "2026-11-20"), ("/contact", ""))
    parsed = read(body)
    assert [(entry.text.title, entry.published_at) for entry in parsed.entries] == [
        ("oakmere robbed of 40 million", None)
    ]
    assert parsed.entries[0].updated_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert parsed.entries[0].link == "https://post.example/2026/oakmere-robbed-of-40-million-123456.html"


def test_the_newest_entries_count_and_the_others_are_reported():
    body = plain_sitemap(*((f"/a-{n}", f"2026-11-{n:02}") for n in range(1, 11)))
    parsed = read(body, most=3)
    assert [entry.text.title for entry in parsed.entries] == ["a 8", "a 9", "a 10"]
    assert parsed.left_out == 7


def test_known_entries_are_not_read_again():
    entries = [("/one", "2026-11-20"), ("/two", "2026-11-21")]
    hashes = [entry.raw_hash for entry in read(plain_sitemap(*entries)).entries]
    again = read(plain_sitemap(("/three", "2026-11-22"), *entries), known=hashes)
    assert ([entry.text.title for entry in again.entries], len(again.unchanged)) == (["three"], 2)


def test_an_index_names_its_newest_parts():
    parts = [(f"/part-{n}.xml", f"2026-11-{n:02}") for n in range(1, 9)]
    parsed = read(plain_sitemap(*parts, root="sitemapindex", item="sitemap"))
    assert parsed.parts == tuple(f"https://post.example/part-{n}.xml" for n in (8, 7, 6))[:MAX_PARTS]


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        pytest.param(plain_sitemap(("/a", ""), ("/b", "")), "neither news nor dates", id="undated"),
        pytest.param(
            plain_sitemap(("/a.xml", ""), root="sitemapindex", item="sitemap"), "does not say when", id="undated index"
        ),
    ],
)
def test_without_dates_there_is_a_cause_and_a_way_out(body, cause):
    with pytest.raises(FeedError, match=cause) as caught:
        read(body)
    assert caught.value.remedy


@pytest.mark.parametrize("body", [b"<rss/>", b"<a><urlset/></a>", b"", b"<urlset>"[:5]])
def test_other_documents_are_no_sitemaps(body):
    assert sitemap_root(body) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"', b""),
        (b"Oakmere &amp; Vantor", b"Oakmere & Vantor"),
        (b"Oakmere", b"&nbsp;Oakmere"),
        (b"https://post.example/1", b"https://post.example/1?a=1&copy=2"),
    ],
    ids=["undeclared prefix", "ampersand", "entity of HTML", "ampersand in an address"],
)
def test_a_sitemap_that_is_not_well_formed_is_read(old, new):
    body = news_sitemap(("https://post.example/1", "2026-11-20T10:00:00Z", "Oakmere &amp; Vantor robbed"))
    assert old in body
    repaired = sitemap_root(body.replace(old, new))
    assert repaired is not None
    (entry,) = read_sitemap(repaired[0], URL, 9).entries
    assert entry.text.title == "Oakmere & Vantor robbed"
    assert entry.published_at == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_a_sitemap_that_is_cut_off_is_read_without_its_last_entry():
    body = plain_sitemap(*((f"/a-{n}", "2026-11-20") for n in range(3)))
    repaired = sitemap_root(body[: body.rindex(b"</lastmod>")])
    assert repaired is not None
    root, cut_off = repaired
    assert ([entry.text.title for entry in read_sitemap(root, URL, 9).entries], cut_off) == (["a 0", "a 1"], True)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://a.example/x/vantor-halts-withdrawals", "vantor halts withdrawals"),
        ("https://a.example/x/vantor_halts.html", "vantor halts"),
        (
            "https://a.example/news/%D1%83%D0%BA%D1%80%D0%B0%D0%BB%D0%B8-%D0%BA%D1%80%D0%B8%D0%BF%D1%82%D1%83",
            "украли крипту",
        ),
        ("https://a.example/", ""),
        ("https://a.example/lazarus-steals-40m-a1b2c3d4e5", "lazarus steals 40m"),
    ],
)
def test_words_of_an_address(link, words):
    assert words_of_address(link) == words
