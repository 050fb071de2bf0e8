from __future__ import annotations

from monitor.feeds.discovery import sitemaps_named


def test_the_sitemaps_of_a_robots_txt_are_named_news_first_and_what_is_no_address_is_ignored() -> None:
    robots = b"User-agent: *\nSitemap: /map.xml\nsitemap: https://b.example/news.xml\nSitemap: //[x\nSitemap:\nSitemap: ftp://c/"
    assert sitemaps_named(robots, "https://a.example/x") == ["https://b.example/news.xml", "https://a.example/map.xml"]
