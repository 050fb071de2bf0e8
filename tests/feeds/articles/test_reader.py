"""Articles, from real servers through real workers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from support.feed_samples import LOOPBACK, LOOPBACK_OF_SERVER, NOW
from support.patience import PATIENCE_S
from support.servers import FeedServer, Reply

from monitor.errors import FeedError, FeedState
from monitor.feeds.articles.extraction import article_text
from monitor.feeds.articles.reader import MAX_ARTICLES, ArticleReader
from monitor.feeds.http.fetch import Fetcher, FetchSettings
from monitor.feeds.http.host_limits import HostLimits

TEXT = "Analysts say that the Lazarus Group moved the funds of the bridge through three chains within an hour. "
HTML = [("Content-Type", "text/html; charset=utf-8")]


def page(text: str = TEXT, head: str = "") -> bytes:
    paragraphs = "".join(f"<p>{text} {n}</p>" for n in range(4))
    around = "<nav><a href='/'>Home</a> <a href='/b'>Markets</a></nav>"
    body = f"<body>{around}<article><h1>Bridge</h1>{paragraphs}</article><footer>All rights</footer></body>"
    return f"<!doctype html><html><head><title>Bridge</title>{head}</head>{body}</html>".encode()


@pytest.fixture
async def reader() -> AsyncIterator[ArticleReader]:
    running = ArticleReader(lambda: NOW)
    yield running
    await running.close()


def served(server: FeedServer, body: bytes = page(), path: str = "/a", **reply: object) -> str:
    return server.route(path, Reply(body=body, headers=HTML, **reply))  # type: ignore[arg-type]


async def test_an_article_is_read_without_its_surroundings(
    server: FeedServer, fetcher: Fetcher, reader: ArticleReader
) -> None:
    url = served(server)
    articles = await reader.read([url], fetcher)
    assert articles.failed == {}
    assert articles.texts[url].startswith("Bridge Analysts say that the Lazarus Group")
    assert "Home" not in articles.texts[url]
    assert [request.path for request in server.requests] == ["/robots.txt", "/.well-known/tdmrep.json", "/a"]
    assert (server.requests[-1].header("Accept") or b"").startswith(b"text/html")


Refusal = Callable[[FeedServer], None]


def robots(server: FeedServer) -> None:
    server.route("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /a"))


def robots_down(server: FeedServer) -> None:
    server.route("/robots.txt", Reply(status=503))


def tdmrep(server: FeedServer) -> None:
    server.route("/.well-known/tdmrep.json", Reply(body=b'[{"location": "/", "tdm-reservation": 1}]'))


def header(name: str, value: str) -> Refusal:
    return lambda server: server.routes.update({"/a": [Reply(body=page(), headers=[*HTML, (name, value)])]})


def meta(name: str, value: str) -> Refusal:
    head = f'<meta name="{name}" content="{value}">'
    return lambda server: server.routes.update({"/a": [Reply(body=page(head=head), headers=HTML)]})


@pytest.mark.parametrize(
    ("refuse", "why"),
    [
        (robots, "robots.txt asks programs not to read it"),
        (robots_down, "the robots.txt of the site could not be read: the server answered 503"),
        (tdmrep, "tdmrep.json"),
        (header("TDM-Reservation", "1"), "tdm-reservation"),
        (header("X-Robots-Tag", "max-snippet:0, noindex"), "noindex"),
        (meta("tdm-reservation", "1"), "tdm-reservation"),
        (meta("ROBOTS", "follow, NOAI"), "noai"),
    ],
    ids=["robots", "robots out of order", "tdmrep", "tdm header", "robots header", "tdm meta", "robots meta"],
)
async def test_pages_that_forbid_reading_by_programs_are_not_read(
    server: FeedServer, fetcher: Fetcher, reader: ArticleReader, refuse: Refusal, why: str
) -> None:
    url = served(server)
    refuse(server)
    articles = await reader.read([url], fetcher)
    assert articles.texts == {}
    assert why in articles.failed[url]


@pytest.mark.parametrize("value", ["otherbot: noindex", "index, follow", "noarchive", "0"])
async def test_rules_for_other_programs_do_not_apply(
    server: FeedServer, fetcher: Fetcher, reader: ArticleReader, value: str
) -> None:
    url = server.route("/a", Reply(body=page(), headers=[*HTML, ("X-Robots-Tag", value), ("TDM-Reservation", "0")]))
    assert url in (await reader.read([url], fetcher)).texts


async def test_the_rules_of_a_redirect_target_apply_too(
    server: FeedServer, other_host: FeedServer, fetcher: Fetcher, reader: ArticleReader
) -> None:
    robots(other_host)
    url = server.redirect("/short", served(other_host))
    assert "robots.txt" in (await reader.read([url], fetcher)).failed[url]
    assert [request.path for request in other_host.requests] == ["/robots.txt", "/.well-known/tdmrep.json"]


async def test_the_rules_of_a_site_are_read_once_a_day(server: FeedServer, fetcher: Fetcher) -> None:
    moment = [NOW]
    reader = ArticleReader(lambda: moment[0])
    urls = [served(server, path=f"/{n}") for n in range(3)]
    for hours in (0, 23, 25):
        moment[0] = NOW + timedelta(hours=hours)
        await reader.read(urls, fetcher)
    await reader.close()
    assert [request.path for request in server.requests].count("/robots.txt") == 2


async def test_an_article_that_hangs_does_not_delay_the_others(
    server: FeedServer, other_host: FeedServer, reader: ArticleReader
) -> None:
    good, hanging = served(server), served(other_host, hang=True)
    settings = FetchSettings(timeout_s=1, user_agent="t", allow_private=LOOPBACK)
    async with Fetcher(settings, clock=lambda: NOW) as hasty:
        articles = await reader.read([hanging, good], hasty)
    assert list(articles.texts) == [good]
    assert articles.failed == {hanging: "no complete response within 1 s"}


async def test_articles_that_are_not_read_in_time_are_reported(server: FeedServer, fetcher: Fetcher) -> None:
    hasty = ArticleReader(lambda: NOW, total_s=0.5)
    url = served(server, hang=True)
    assert (await hasty.read([url], fetcher)).failed == {url: "the article was not read within 0.5 s"}
    await hasty.close()


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(status=404), "answered 404"),
        (Reply(body=b"%PDF-1.7", headers=[("Content-Type", "application/pdf")]), "not a web page but application/pdf"),
        (Reply(body=b"", headers=HTML), "empty"),
        (Reply(body=b"x" * 6_000_000, headers=HTML), "larger than"),
    ],
    ids=["missing", "pdf", "empty", "large"],
)
async def test_a_page_that_is_not_an_article_is_reported(
    server: FeedServer, fetcher: Fetcher, reader: ArticleReader, reply: Reply, why: str
) -> None:
    url = server.route("/a", reply)
    assert why in (await reader.read([url], fetcher)).failed[url]


async def test_articles_at_private_addresses_are_refused(server: FeedServer, reader: ArticleReader) -> None:
    url = server.redirect("/a", "http://127.0.32.1:9/secret")
    async with Fetcher(
        FetchSettings(timeout_s=PATIENCE_S, user_agent="t", allow_private=LOOPBACK_OF_SERVER), clock=lambda: NOW
    ) as fetcher:
        articles = await reader.read([url, "http://127.0.32.1:9/"], fetcher)
    assert articles.texts == {}
    assert all("127.0.32.1 is a loopback address" in cause for cause in articles.failed.values())


async def test_a_poll_reads_a_limited_number_of_articles(
    server: FeedServer, fetcher: Fetcher, reader: ArticleReader
) -> None:
    robots(server)
    articles = await reader.read([server.url(f"/a{n}") for n in range(MAX_ARTICLES + 9)], fetcher)
    assert len(articles.failed) == MAX_ARTICLES


async def test_a_site_is_asked_for_one_page_at_a_time_with_its_crawl_delay(
    server: FeedServer, reader: ArticleReader
) -> None:
    server.route("/robots.txt", Reply(body=b"User-agent: *\nCrawl-delay: 7"))
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    urls = [served(server, path=f"/{n}") for n in range(3)]
    hosts = HostLimits(lambda: NOW, sleep=sleep)
    async with Fetcher(
        FetchSettings(timeout_s=PATIENCE_S, user_agent="t", allow_private=LOOPBACK), clock=lambda: NOW, hosts=hosts
    ) as fetcher:
        await reader.read(urls, fetcher)
    assert server.most_at_once == 1
    assert sum(round(seconds) == 7 for seconds in slept) == 2


def test_an_article_is_decoded_as_its_header_says() -> None:
    body = page("Путин и Лазарус обсуждают биткоин в длинном предложении о рынке.").decode().encode("koi8-r")
    assert "биткоин" in article_text(body, "text/html; charset=koi8-r")


def test_a_page_without_an_article_is_empty() -> None:
    with pytest.raises(FeedError) as caught:
        article_text(b"<html><body></body></html>", "text/html")
    assert caught.value.state is FeedState.EMPTY
