from __future__ import annotations

import pytest
from yarl import URL

from monitor.feeds.http.shared_hosts import host_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://chain.substack.com/feed", "https://other.substack.com/feed"),
        ("https://medium.com/feed/@a", "https://blog.medium.com/feed"),
        ("https://feeds.feedburner.com/a", "https://feedproxy.google.com/b"),
        ("https://github.com/a/b/releases.atom", "https://a.github.io/feed.xml"),
        ("https://www.reddit.com/r/a/.rss", "https://old.reddit.com/r/b/.rss"),
        ("https://www.coindesk.com/rss", "http://coindesk.com/other"),
        ("https://COINDESK.com./rss", "https://coindesk.com/rss"),
        ("https://bücher.example/rss", "https://xn--bcher-kva.example/rss"),
        ("http://127.0.0.1/a", "http://127.0.0.1:80/b"),
    ],
)
def test_two_addresses_of_one_host(one: str, other: str) -> None:
    assert host_of(URL(one)) == host_of(URL(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://notmedium.com/feed", "https://medium.com/feed"),
        ("https://medium.com.example/feed", "https://medium.com/feed"),
        ("https://www.google.com/alerts", "https://news.google.com/rss"),
        ("https://a.coindesk.com/", "https://b.coindesk.com/"),
        ("http://127.0.0.1:81/", "http://127.0.0.1:82/"),
        ("http://127.0.0.1/", "http://127.0.0.2/"),
        ("http://[::1]/", "http://[::2]/"),
    ],
)
def test_two_addresses_of_two_hosts(one: str, other: str) -> None:
    assert host_of(URL(one)) != host_of(URL(other))
