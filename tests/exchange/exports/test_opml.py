from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from support.store_samples import NOW

from monitor.exchange.exports.opml import NAMESPACE, feeds_as_opml
from monitor.model import Feed, PageSelectors
from monitor.redaction import Redactor

PAGE = PageSelectors(".row", link="a.more@href", date=".date")
FEEDS = (
    Feed("wire", "https://wire.example/rss?a=1&b=<2>", 300.0, 'The "Wire" & co', tags=frozenset({"news", "asia"})),
    Feed("desk", "https://desk.example/atom", 300.0, language="de", tags=frozenset({"news"})),
    Feed("żółw-北", "https://xn--1.example/", 300.0, "\u202e]]><outline/>\x00"),
    Feed("ofac", "https://ofac.example/recent", 300.0, page=PAGE),
    Feed("map", "https://map.example/news-sitemap.xml", 300.0),
)


def exported(*feeds: Feed, secrets: tuple[str, ...] = ()):
    found = feeds_as_opml(feeds, Redactor(secrets).redact, NOW)
    return ET.fromstring(found.text), found.omissions


def outlines(root: ET.Element) -> dict[str, dict[str, str]]:
    return {o.get(f"{{{NAMESPACE}}}key"): o.attrib for o in root.iter("outline") if "xmlUrl" in o.attrib}


def test_feeds_are_in_the_folder_of_their_first_tag():
    root, omissions = exported(*FEEDS)
    folders = {o.get("text"): [inner.get("title") for inner in o] for o in root.findall("body/outline") if len(o)}
    assert folders == {"asia": ['The "Wire" & co'], "news": ["desk"]}
    assert omissions == ()


def test_address_key_title_tags_and_language_are_there():
    found = outlines(exported(*FEEDS)[0])
    assert list(found) == [feed.key for feed in FEEDS]
    assert [each["xmlUrl"] for each in found.values()] == [feed.url for feed in FEEDS]
    assert found["wire"]["category"] == "/asia,/news"
    assert found["desk"]["language"] == "de"
    assert found["żółw-北"]["title"] == "]]><outline/>"


def test_pages_and_sitemaps_are_marked_and_pages_keep_their_selectors():
    found = outlines(exported(*FEEDS)[0])
    assert [each["type"] for each in found.values()] == ["rss", "rss", "rss", "page", "sitemap"]
    selectors = {name.partition("}page-")[2]: value for name, value in found["ofac"].items() if "}page-" in name}
    assert PageSelectors(**selectors) == PAGE


@pytest.mark.parametrize("url", ["https://a.example/?key=t0psecret", "https://a.example/T0PSECRET/feed"])
def test_a_feed_with_a_secret_in_its_address_is_left_out_and_reported(url):
    root, omissions = exported(Feed("a", url, 300.0), FEEDS[1], secrets=("t0psecret",))
    assert list(outlines(root)) == ["desk"]
    assert omissions == ('feed "a" is left out: its address contains a secret',)


def test_login_and_headers_are_not_exported_and_reported():
    feed = Feed("a", "https://a.example/", 300.0, auth=("ana", "pw"), headers=(("X-Key", "t0psecret"),))
    root, omissions = exported(feed, secrets=("pw", "t0psecret"))
    assert omissions == ('feed "a": its login and headers are not exported',)
    assert not {"ana", "pw", "t0psecret"} & set(" ".join(outlines(root)["a"].values()).split())


def test_without_feeds_the_document_is_empty():
    assert outlines(exported()[0]) == {}
