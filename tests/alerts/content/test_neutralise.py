import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.alerts.content.neutralise import ZERO_WIDTH_SPACE, cut, neutralise, printable, safe_link

FRAGMENTS = [
    "@everyone",
    "<!channel>",
    "<@U1>",
    "[x](https://e.example)",
    "{{",
    "://",
    "](",
    "\u202e",
    "\ud800",
    "a",
]
hostile = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=12).map("".join)


@given(hostile, st.integers(1, 80))
@example("]\u200b(https:/\u200b/e.example)", 60)
def test_nothing_that_a_service_acts_on_survives(text, limit):
    shown = neutralise(text, limit)
    assert len(shown) <= limit
    for live in ("@e", "@h", "<", ">", "](", "://", "{{"):
        assert live not in shown


@given(hostile)
def test_only_the_zero_width_space_we_insert_is_invisible(text):
    shown = neutralise(text, 10_000)
    kinds = {unicodedata.category(c) for c in shown if c != ZERO_WIDTH_SPACE}
    assert kinds.isdisjoint({"Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp"})
    shown.encode()


@given(hostile)
def test_neutralising_twice_changes_nothing_more(text):
    once = neutralise(text, 10_000)
    assert neutralise(once, 10_000) == once


def test_line_breaks_become_spaces():
    assert printable("Subject\r\nBcc: a\u2028b\x0bc\x85d") == "Subject Bcc: a b c d"


def test_a_lone_surrogate_is_shown_as_a_replacement():
    assert printable("a\udfffb") == "a\ufffdb"


def test_other_scripts_stay_as_they_are():
    assert neutralise("北朝鮮 라자루스 Лазарус 👍🏽 ₿1", 80) == "北朝鮮 라자루스 Лазарус 👍🏽 ₿1"


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("short", 5, "short"),
        ("one two three", 9, "one two…"),
        ("abe\u0301f", 4, "ab…"),
        ("ab👍🏽c", 4, "ab…"),
        ("a🇰🇵🇺🇸b", 5, "a🇰🇵…"),
        ("anything", 1, "…"),
        ("anything", 0, ""),
    ],
    ids=["fits", "at a space", "accent", "skin tone", "flag", "one", "none"],
)
def test_a_cut_falls_between_graphemes(text, limit, short):
    assert cut(text, limit) == short


def test_a_long_text_is_cut_before_it_is_processed():
    assert len(neutralise("a@" * 5_000_000, 100)) == 100


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://news.example/a?b=1&c=2#d", "https://news.example/a?b=1&c=2#d"),
        ("  http://news.example:8080/ ", "http://news.example:8080/"),
        ("https://news.example/a b|c\"d'e<f>", "https://news.example/a%20b%7Cc%22d%27e%3Cf%3E"),
        ("https://news.example/@everyone", "https://news.example/%40everyone"),
        ("https://news.example/[a](https://e.example)", "https://news.example/%5Ba%5D(https://e.example)"),
        ("https://bank.example@evil.example/x", "https://evil.example/x"),
        ("https://news.example/北朝鮮", "https://news.example/北朝鮮"),
        ("https://news.example/\u202ecod", "https://news.example/%E2%80%AEcod"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("https://", ""),
        ("https://[broken", ""),
        ("https://a b.example/", ""),
        ("https://news.example/\ud800", ""),
        ("https://news.example/" + "a" * 2000, ""),
        ("", ""),
    ],
)
def test_a_link_is_a_web_address_without_characters_that_end_it_early(url, link):
    assert safe_link(url) == link


@given(hostile)
def test_a_link_holds_nothing_that_a_service_acts_on(tail):
    link = safe_link(f"https://news.example/{tail}")
    assert not set(link) & set(" <>|@{}[]\"'`\\^")
    assert safe_link(link) == link
