from __future__ import annotations

import pytest

from monitor.feeds.articles.robots import Robots, matches_path, read_robots, reserved_paths

NAME = "crypto-news-monitor"


@pytest.mark.parametrize(
    ("pattern", "path", "met"),
    [
        ("/", "/news/1", True),
        ("/news", "/newsletter", True),
        ("/news/", "/news", False),
        ("/*.php", "/a/b.php?x=1", True),
        ("/*.php$", "/a/b.php?x=1", False),
        ("/*.php$", "/a.php/b.php", True),
        ("/a*b*c", "/a-c-b-c", True),
        ("/a*b*c", "/a-c-b", False),
        ("/x$", "/x", True),
        ("/x$", "/xy", False),
        ("*", "/anything", True),
        ("/a*a$", "/a", False),
    ],
)
def test_patterns_match_as_rfc_9309_says(pattern: str, path: str, met: bool) -> None:
    assert matches_path(pattern, path) is met


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/x", True),
        ("User-agent: *\nDisallow: /x", "/x/1", False),
        ("User-agent: *\nDisallow:\n", "/x", True),
        ("User-agent: *\nDisallow: /\nAllow: /news/", "/news/1", True),
        ("User-agent: *\nAllow: /p\nDisallow: /p", "/p", True),
        (f"User-agent: *\nDisallow: /\n\nUser-agent: {NAME.title()}\nDisallow: /private", "/news", True),
        (f"User-agent: a\nUser-Agent: {NAME}\nDisallow: /news # ours\nUser-agent: b\nDisallow: /", "/news/1", False),
        ("User-agent: somebody\nDisallow: /", "/news", True),
        ("User-agent: *\nDisallow: /a\n\nUser-agent: b\nDisallow: /c\n\nUser-agent: *\nDisallow: /d", "/d", False),
        ("\ufeffuser-agent:*\ndisallow:/x\nSitemap: /s", "/x", False),
        ("Disallow: /", "/x", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
    ],
)
def test_robots_txt_is_obeyed(text: str, path: str, allowed: bool) -> None:
    assert read_robots(text, NAME).allows(path) is allowed


@pytest.mark.parametrize(("written", "delay_s"), [("5", 5), ("0.5", 0.5), ("900", 30), ("soon", 0), ("-1", 0)])
def test_a_crawl_delay_counts_up_to_a_limit(written: str, delay_s: float) -> None:
    assert read_robots(f"User-agent: *\nCrawl-delay: {written}", NAME).delay_s == delay_s


def test_a_hostile_robots_txt_is_read_in_linear_time() -> None:
    robots = read_robots("User-agent: *\n" + f"Disallow: /{'*a' * 40}b\n" * 5000 + "User-agent: x\n" * 20_000, NAME)
    assert robots.allows("/" + "a" * 2000)
    assert len(robots.rules) == 5000


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('[{"location": "/news/*", "tdm-reservation": 1}, {"location": "/", "tdm-reservation": 0}]', ("/news/*",)),
        ('[{"location": 7, "tdm-reservation": 1}, 3]', ()),
        ('{"location": "/"}', ()),
        ("[" * 100_000, ()),
        ("<html>", ()),
    ],
)
def test_reserved_paths_are_read(text: str, paths: tuple[str, ...]) -> None:
    assert reserved_paths(text) == paths


def test_without_rules_everything_is_allowed() -> None:
    assert Robots().allows("/")
