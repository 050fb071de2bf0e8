"""The news item that this product was conceived from: a report of February 2022, told here in words of our own."""

from __future__ import annotations

import io
from collections.abc import Iterable
from decimal import Decimal
from email.utils import format_datetime
from functools import partial
from html import escape
from pathlib import Path

import pytest
from support.servers import FeedServer, Reply

from monitor import clock
from monitor.config import Config, load
from monitor.daemon.app import Daemon
from monitor.model import Hit, Severity
from monitor.store.hits import HitQuery, list_hits, load_hit

CONFIG = """
include = ["pack:dprk", "pack:dprk-general"]
[feeds]
wire = "{url}"
[keywords]
theft = ["hack*", "cyberattack*", "stole*", "theft*", "loot*"]
[rules.dprk-theft]
actors = ["tag:dprk"]
keywords = ["theft"]
within = "25 words"
min_amount = ["$50M"]
severity = "critical"
send_to = ["desk"]
[rules.any-actor]
actors = ["*"]
send_to = ["desk"]
[destinations.desk]
url = "console://"
[http]
allow_private = ["127.0.0.0/8"]
[storage]
path = "monitor.db"
"""

TITLE = "Looted coins keep Pyongyang's rockets flying, UN panel says"
STORY = """
<p>North Korea pays for its rocket tests with cryptocurrency taken in cyberattacks, sanctions monitors have told the
UN Security Council. Between 2020 and the middle of 2021 its hackers carried off more than $50 million from at least
three exchanges in Asia, Europe and North America, according to diplomats who have read the document.</p>
<p>The panel also leans on figures by Chainalysis. The analysts counted seven attacks on trading platforms and funds
in 2021 alone, worth nearly $400m together.</p>
<p>It is not the first bill of that kind. In 2019 the same panel put the total at $2 billion, and last year
prosecutors in the United States charged three programmers over $1.3bn in money and digital coins.</p>
"""

QUIET = {
    "listings": [
        "Kraken opens trading in two more tokens on Thursday",
        "South Korean exchange Upbit lists a gaming coin against the won",
        "Binance will delist four pairs after its monthly review",
        "Coinbase adds a dollar-backed stablecoin for customers in Canada",
    ],
    "mark price": [
        "Bitfinex changes how the mark price of its perpetual swaps is worked out",
        "Mark price of bitcoin futures to follow a broader index from Monday",
        "Exchange widens its mark price band after a flash crash of $2,000",
    ],
    "chief executive": [
        "Bank veteran named chief executive of a crypto exchange",
        "Founder steps down, operations chief becomes new CEO of OKX's European arm",
        "New chief executive wants exchange to move on from last year's $90 million hack",
    ],
}


def rss(items: Iterable[tuple[str, str]]) -> bytes:
    """Return a feed with one entry for each title and text."""
    now = format_datetime(clock.now(), usegmt=True)
    rows = "".join(
        f"<item><title>{escape(title)}</title><link>https://wire.example/{n}</link><pubDate>{now}</pubDate>"
        f"<description>{escape(text)}</description></item>"
        for n, (title, text) in enumerate(items)
    )
    return f"<rss version='2.0'><channel><title>The Wire</title>{rows}</channel></rss>".encode()


def configured(folder: Path, url: str) -> Config:
    path = folder / "config.toml"
    path.write_text(CONFIG.replace("{url}", url))
    loaded = load(path, environ={})
    assert loaded.config is not None, loaded.problems
    return loaded.config


async def alerted(folder: Path, items: Iterable[tuple[str, str]]) -> tuple[list[Hit], str]:
    """Return the hits that *items* become, and what the terminal shows, once they appear in a feed that is known."""
    shown = io.StringIO()
    with FeedServer(host="127.9.8.1") as server:
        before = [("A quiet week", "")]
        url = server.route("/feed", Reply(body=rss(before)), Reply(body=rss([*items, *before])))
        async with Daemon(configured(folder, url), console=shown) as daemon:
            for _ in range(2):
                await daemon.poll_now()
                await daemon.deliver_all()
            listed = await daemon.ask(lambda db: list_hits(db, HitQuery()))
            hits = [await daemon.ask(partial(load_hit, hit_id=row["id"])) for row in listed]
    return [hit for hit in hits if hit], shown.getvalue()


async def test_the_report_is_a_critical_hit_with_every_sum_it_names(tmp_path):
    (hit,), shown = await alerted(tmp_path, [(TITLE, STORY)])
    assert hit.severity is Severity.CRITICAL
    assert [rule.rule for rule in hit.judgement.rules] == ["dprk-theft", "any-actor"]
    assert {m.actor for m in hit.judgement.mentions if m.actor} == {"dprk-unspecified"}
    millions = [(a.currency, a.value / Decimal(10**6)) for a in hit.judgement.amounts]
    assert millions == [("USD", 50), ("USD", 400), ("USD", 2000), ("USD", 1300)]
    assert shown.count("CRITICAL") == 1


@pytest.mark.parametrize("titles", QUIET.values(), ids=QUIET)
async def test_everyday_news_of_exchanges_is_silent(tmp_path, titles):
    everyday = [(title, "Customers were told on Tuesday, the company says.") for title in titles]
    hits, shown = await alerted(tmp_path, [*everyday, (TITLE, STORY)])
    assert [hit.entry.text.title for hit in hits] == [TITLE]
    assert not any(title in shown for title in titles)
