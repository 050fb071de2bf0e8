from __future__ import annotations

from datetime import UTC, datetime

import pytest
from yarl import URL

from monitor.errors import FeedError, FeedState
from monitor.feeds.http.redirects import RedirectChain, RedirectCookies, may_send_credentials, redirect_target

HERE = URL("https://a.example/feeds/x?y=1")


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("https://b.example/f", "https://b.example/f"),
        ("/f#part", "https://a.example/f"),
        ("f", "https://a.example/feeds/f"),
        ("//b.example/f", "https://b.example/f"),
        ("https://user:secret@b.example/f", "https://b.example/f"),
        ("/caf\udce9", "https://a.example/caf%E9"),
    ],
)
def test_a_redirect_leads_to_an_absolute_address_without_login(location: str, target: str) -> None:
    assert str(redirect_target(HERE, 302, location)) == target


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://a.example/", "javascript:1", "http://", "http://[::1", "http://a:b:c/", "//[::1]@"],
)
def test_a_redirect_to_anything_but_the_web_is_refused(location: str) -> None:
    with pytest.raises(FeedError, match="not a web address") as caught:
        redirect_target(HERE, 302, location)
    assert caught.value.state is FeedState.NO_CONNECTION


def test_a_page_whose_address_has_a_login_and_no_host_is_refused_as_any_wrong_address() -> None:
    with pytest.raises(ValueError, match="Invalid URL: http://\\[::1\\]@"):
        RedirectChain.start("http://[::1]@", "http://[::1]@")


def test_a_redirect_without_a_location_is_a_server_error() -> None:
    with pytest.raises(FeedError, match="302 without a Location"):
        redirect_target(HERE, 302, "")


@pytest.mark.parametrize(
    ("source", "target", "carried"),
    [
        ("https://a.example/x", "https://a.example:443/y", True),
        ("http://a.example/x", "https://a.example/x", True),
        ("https://a.example/x", "http://a.example/x", False),
        ("https://a.example/x", "https://a.example.b.example/x", False),
        ("https://a.example/x", "https://a.example:8443/x", False),
        ("http://a.example:8080/x", "https://a.example/x", False),
    ],
)
def test_credentials_are_sent_to_the_same_host_and_never_over_a_weaker_scheme(
    source: str, target: str, carried: bool
) -> None:
    assert may_send_credentials(URL(source), URL(target)) is carried


@pytest.mark.parametrize(
    ("lines", "target", "sent"),
    [
        (["a=1"], "/feeds/y", "a=1"),
        (["a=1"], "/other", ""),
        (["a=1; Path=/"], "/other", "a=1"),
        (["a=1; Path=/fee"], "/feeds/y", ""),
        (["a=1; Path=/feeds"], "/feeds", "a=1"),
        (["a=1; Domain=.A.example; Path=/"], "/", "a=1"),
        (["a=1; Domain=b.example; Path=/"], "/", ""),
        (["a=1; Path=/; Max-Age=0"], "/", ""),
        (["a=1; Path=/; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], "/", "a=1"),
        (["a=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], "/", ""),
        (["a=1; Path=/; Expires=soon", "b=2; Path=/"], "/", "a=1; b=2"),
        (["a=1; Path=/", "a=; Path=/; Max-Age=-1"], "/", ""),
        (["a=1; Secure; HttpOnly; Path=/"], "/", "a=1"),
    ],
)
def test_a_cookie_is_sent_where_and_while_it_is_valid(lines: list[str], target: str, sent: str) -> None:
    cookies = RedirectCookies(datetime(2026, 11, 20, tzinfo=UTC))
    cookies.add(HERE, lines)
    assert cookies.header(HERE.join(URL(target))) == sent
    assert cookies.header(URL("https://www.a.example/")) == ""
