import pytest

from monitor.config.literal_secrets import masked, secret_parts

DESTINATION = ("destinations", "d", "url")
FEED = ("feeds", "f", "url")
AUTH = ("feeds", "f", "auth")


@pytest.mark.parametrize(
    "url",
    [
        "console://",
        "syslog://",
        "${SLACK_URL}",
        "${file:slack}",
        "slack://${A}/${B}/${C}/#alerts",
        "json://127.0.0.1:8000/hook",
        "jsons://hooks.example.org/monitor",
        "mailto://127.0.0.1:2525?from=a@example.org&to=b@example.org",
        "mailto://monitor@mail.example.org",
        "mailto://monitor:${PASSWORD}@mail.example.org?to=soc@example.org",
        "ntfy://localhost/alerts",
        "json://[::1]:80/x",
        "tgram://${TOKEN}/-100123",
    ],
)
def test_a_url_without_a_token_is_not_masked(url):
    assert masked(DESTINATION, url) is None


@pytest.mark.parametrize(
    ("url", "rest"),
    [
        ("slack://T0AAAAAAA/B0AAAAAAA/abcdefabcdef", "slack://***"),
        ("https://hooks.slack.com/services/T0/B0/abc", "https://***"),
        ("mailto://monitor:sesame@mail.example.org", "mailto://***"),
        ("json://reader:sesame@127.0.0.1", "json://***"),
        ("json://127.0.0.1/?token=sesame", "json://***"),
        ("json://127.0.0.1/?+X-Api-Key=sesame", "json://***"),
        ("json://hooks.example.org/a1b2c3d4e5f6a7b8c9", "json://***"),
        ("pover://sesame@abcdef", "pover://***"),
        ("mailto://${USER}:sesame@mail.example.org", "mailto://***"),
        ("xoxb-1234-abcd", "***"),
        ("${slack://T0AAAAAAA/B0AAAAAAA/abc}", "***"),
        ("slack://[broken", "***"),
    ],
)
def test_a_url_that_is_a_secret_is_masked(url, rest):
    assert masked(DESTINATION, url) == rest


@pytest.mark.parametrize(
    ("path", "value", "rest"),
    [
        (FEED, "https://a:sesame@x.example/rss", "https://***@x.example/rss"),
        (FEED, "https://sesame@x.example/rss", "https://***@x.example/rss"),
        (FEED, "https://a:${PW}@x.example/rss", None),
        (FEED, "https://x.example/rss?category=1", None),
        (FEED, "http://127.0.0.1:${PORT}/rss", None),
        (FEED, "https://a:sesame.x.example/rss", "***"),
        (FEED, "https://x.example/@author/feed", None),
        (FEED, "https://x.example/rss?api_key=sesame", "https://***"),
        (FEED, "https://x.example/rss?api_key=${KEY}", None),
        (("feeds", "f"), "https://a:sesame@x.example/rss", "https://***@x.example/rss"),
        (AUTH, "a:sesame", "***"),
        (AUTH, "sesame", "***"),
        (AUTH, "a:${PW}", None),
        (AUTH, "${LOGIN}", None),
        (AUTH, "${USER}:sesame", "***"),
        (AUTH, 1234, "***"),
        (("feeds", "f", "headers", "X-Key"), "sesame", "***"),
        (("feeds", "f", "headers", "X-Key"), "Bearer ${TOKEN}", None),
        (("feeds", "f", "headers", "Accept"), "application/xml", None),
        (("feeds", "f", "headers"), "X-Key: sesame", "***"),
        (("feeds", "f", "every"), "5m", None),
        (("feeds", "f", "lgoin"), "a:sesame", "***"),
        (("destinations", "d", "url", 0), "slack://T0/B0/abc", "slack://***"),
        (("destinations", "d", "min_severity"), "high", None),
        (("destinations", "d"), "xoxb", "***"),
        (("destinations", "d", "tkoen"), "xoxb", "***"),
        (("destination", "d", "url"), "slack://T0/B0/abc", "slack://***"),
        (("http", "proxy"), "socks5://a:sesame@x.example", "socks5://***"),
        (("http", "contact"), "https://x.example", None),
        (("web", "users", "ana", "password"), "sesame", "***"),
        (("actors", "a", "note"), "https://wiki.example", None),
    ],
    ids=str,
)
def test_literal_secrets_depends_on_the_setting(path, value, rest):
    assert masked(path, value) == rest


def test_parts_of_a_secret_url_are_secrets():
    assert set(secret_parts("tgram://123456:abcdef/chat-room")) == {"123456:abcdef", "abcdef", "123456", "chat-room"}
    assert "open sesame" in secret_parts("mailto://a:open%20sesame@mail.example.org")
