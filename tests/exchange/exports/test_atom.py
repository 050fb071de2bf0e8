"""The Atom feed of hits, read as a feed reader reads it."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import feedparser
import pytest
from support.export_samples import HOSTILE

from monitor.exchange.exports.atom import atom_feed
from monitor.store.hit_list import HitQuery, list_hits

NS = {"a": "http://www.w3.org/2005/Atom"}


def exported(rows, base_url: str = "") -> ET.Element:
    return ET.fromstring("".join(atom_feed(rows, base_url, "2026-11-27T00:00:00Z")))


@pytest.fixture
def hits(samples):
    return list_hits(samples, HitQuery(limit=None), with_texts=True)


@pytest.mark.parametrize("base_url", ["", "https://monitor.example/a?b=<c>&d"])
def test_every_entry_has_what_the_standard_requires(hits, base_url):
    root = exported(hits, base_url)
    entries = root.findall("a:entry", NS)
    assert len(entries) == len(hits)
    assert len({entry.findtext("a:id", "", NS) for entry in entries}) == len(hits)
    for entry in entries:  # RFC 4287 section 4.1.2
        assert entry.findtext("a:title", "", NS)
        assert entry.findtext("a:updated", "", NS)
        assert entry.findtext("a:author/a:name", None, NS) is not None
        assert entry.find("a:link[@rel='alternate']", NS) is not None or entry.find("a:content", NS) is not None


def test_hostile_texts_are_text_and_no_link(hits):
    text = "".join(atom_feed(hits, "", ""))
    assert not feedparser.parse(text.encode()).bozo
    links = [link.get("href") for link in ET.fromstring(text).iter(f"{{{NS['a']}}}link")]
    assert all(link.startswith("https://") for link in links)
    titles = [entry.findtext("a:title", "", NS) for entry in exported(hits).findall("a:entry", NS)]
    assert f"[CRITICAL] {HOSTILE[0]}" in titles
    assert not any(set("".join(titles)) & set("\u202e\u2066\x00\x07\ufffe"))


def test_a_feed_without_hits_has_a_time():
    assert exported([]).findtext("a:updated", "", NS) == "2026-11-27T00:00:00Z"
