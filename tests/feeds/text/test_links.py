from __future__ import annotations

import pytest

from monitor.feeds.text.links import safe_url, web_address

BASE = "https://a.example/news/"


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://b.example/1", "https://b.example/1"),
        (" /1?a=b ", "https://a.example/1?a=b"),
        ("1", "https://a.example/news/1"),
        ("//b.example/1", "https://b.example/1"),
        ("https://a.example/\ud800", "https://a.example/?"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("mailto:a@b.example", ""),
        ("http://[broken", ""),
        ("http:///nowhere", ""),
        ("", ""),
    ],
    ids=repr,
)
def test_only_web_addresses_are_kept_and_made_absolute(written: str, address: str) -> None:
    assert web_address(written, BASE) == address


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x.example", "http://", "http://[", " "])
def test_only_web_addresses_become_links(url):
    assert safe_url(url) == ""


def test_a_web_address_is_a_link():
    assert safe_url(" https://a.example/b?c=d#e ") == "https://a.example/b?c=d#e"
