from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("User-agent: *\nDisallow: /bar/ツ", "/bar/%E3%83%84", False),
        ("User-agent: *\nDisallow: /bar/%e3%83%84", "/bar/%E3%83%84", False),
        ("User-agent: *\nDisallow: /bar/%62%61%7A", "/bar/baz", False),
        ("User-agent: *\nDisallow: /a%2Fb", "/a/b", True),
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


def test_rules_below_many_user_agent_lines_are_kept_once() -> None:
    robots = read_robots("User-agent: *\n" * 20_000 + "Disallow: /a\nDisallow: /b\n", NAME)
    assert robots.rules == (("/a", False), ("/b", False))


def test_a_group_for_the_monitor_and_all_programs_is_for_the_monitor() -> None:
    text = f"User-agent: *\nUser-agent: {NAME}\nDisallow: /a\n\nUser-agent: *\nDisallow: /b\n"
    assert read_robots(text, NAME).rules == (("/a", False),)
    assert read_robots(text, "other").rules == (("/a", False), ("/b", False))


patterns = st.lists(st.sampled_from(["/", "a", "ab", "*", "$", "%", "é"]), max_size=8).map("".join)


@given(patterns, st.text("ab/é%", max_size=8))
def test_a_pattern_matches_as_its_regular_expression_does(pattern: str, path: str) -> None:
    whole = pattern.endswith("$")
    expression = ".*".join(map(re.escape, pattern.removesuffix("$").split("*"))) + (r"\Z" if whole else "")
    assert matches_path(pattern, path) == bool(re.match(expression, path))


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
