"""Hits as exports meet them: stories of several outlets, hostile titles, indicators, hits without text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from support.store_samples import JUDGEMENT, KEYWORD, NOW, RULES, after, entry, feed

from monitor.model import Indicator, IndicatorKind, Judgement, ListedActor, MatchKind, Mention, Text
from monitor.store import Writer, write
from monitor.store.entries import add_entry
from monitor.store.feeds import configure
from monitor.store.hits import NewHit, add_hit
from monitor.store.stories import join_story, open_story
from monitor.store.triage_and_silences import TriageRecord, triage
from monitor.store.watchlists import watchlist_version

BTC = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
ETH = "0x47666Fab8bd0Ac7003bce3f5C3585383F09486E2"
TRANSACTION = "0x" + "ab" * 32
CVE = "CVE-2026-1234"
INDICATORS = (
    Indicator(IndicatorKind.ADDRESS, "BTC", BTC, BTC, "summary", 0, len(BTC)),
    Indicator(IndicatorKind.ADDRESS, "ETH", ETH, ETH, "summary", 0, len(ETH)),
    Indicator(IndicatorKind.TRANSACTION, "ETH", TRANSACTION, TRANSACTION, "summary", 0, len(TRANSACTION)),
    Indicator(IndicatorKind.CVE, "", CVE, CVE, "summary", 0, len(CVE)),
)
HOSTILE = (
    '<script>alert("x")</script>',
    '=HYPERLINK("https://evil.example")',
    "\u202egnp.exe\u2066 \x00\x07 NUL",
    "]]> --> <!-- &amp; \"'",
    '","type":"x"}\n{"',
    "{{7*7}} ${jndi:x} %s \\u0000 \\",
    "zażółć 北朝鮮 😀👨‍👩‍👧",
    "\ufffe \U0001f3ff \u2028 next",
    "x" * 5000,
    " ",
)


@dataclass(frozen=True)
class Report:
    """One entry that is a hit."""

    key: str
    title: str = "Lazarus Group drained an exchange"
    summary: str = "It was the third this year."
    content: str = "Long."
    link: str = ""
    outlet: str = "Desk"
    story: int | None = None  # None: a new one
    judgement: Judgement = JUDGEMENT
    seen_s: float = 0
    names: tuple[tuple[str, str], ...] = (("lazarus", "Lazarus Group"),)


def put_report(db: Writer, report: Report) -> tuple[int, int]:
    """Store a hit in a transaction of its own, and return its number and that of its story."""
    with write(db):
        return add_report(db, report)


def add_report(db: Writer, report: Report) -> tuple[int, int]:
    """Store a hit, and return its number and that of its story; the transaction is the caller's."""
    text = Text(report.title, report.summary, report.content)
    item = replace(entry(report.key, seen_s=report.seen_s), text=text, outlet=report.outlet)
    item = replace(item, link=report.link or item.link)
    configure(db, [feed()])
    version = watchlist_version(db, "f1", NOW)
    story = report.story if report.story is not None else open_story(db, item)
    join_story(db, story, item)
    number = add_entry(db, item, story=story, story_reason="the same victim")
    new = NewHit(number, 1, report.judgement, after(report.seen_s), version, names=report.names)
    return add_hit(db, new), story


def named(actor: str) -> Judgement:
    """Return a judgement that mentions *actor* alone."""
    return Judgement((Mention(actor, None, actor, "Lazarus", "title", 0, 7, 0, MatchKind.EXACT, 0, 1, 0),), (), RULES)


def put_many_kinds(db: Writer) -> list[int]:
    """Store a story of three outlets, hostile hits, a hit without actor and text, and one with indicators."""
    first, story = put_report(db, Report("a"))
    numbers = [first]
    numbers += [
        put_report(db, Report(k, outlet=o, story=story, seen_s=s))[0] for k, o, s in (("b", "Wire", 60), ("c", "", 90))
    ]
    for number, text in enumerate(HOSTILE):
        link = ("javascript:alert(1)", "https://evil.example/?q=%22&x=<y>", "data:text/html,x")[number % 3]
        report = Report(
            f"h{number}",
            text,
            text,
            text,
            link,
            text[:200],
            judgement=named(f"актор-{number % 3}"),
            seen_s=200 + number,
        )
        numbers.append(put_report(db, replace(report, names=((f"актор-{number % 3}", text[:60]),)))[0])
    numbers.append(
        put_report(
            db, Report("n", "Drained", "", "", judgement=Judgement((KEYWORD,), (), RULES), names=(), seen_s=400)
        )[0]
    )
    with_indicators = replace(JUDGEMENT, indicators=INDICATORS)
    numbers.append(put_report(db, Report("i", judgement=with_indicators, seen_s=500))[0])
    listed = replace(
        with_indicators, lists=(ListedActor("lazarus", "ofac", "OFAC SDN list", date(2026, 11, 20), True, True, True),)
    )
    numbers.append(put_report(db, Report("l", judgement=listed, seen_s=550))[0])
    lower = replace(INDICATORS[1], value=ETH.lower(), text=ETH.lower())
    numbers.append(put_report(db, Report("j", judgement=replace(JUDGEMENT, indicators=(lower,)), seen_s=600))[0])
    with write(db):
        for hit, word in ((first, "relevant"), (numbers[4], "noise")):
            triage(db, hit, TriageRecord(word, "ana", after(1000), "because"))
    return numbers


def put_many(db: Writer, number: int) -> None:
    """Store *number* hits in stories of two."""
    story = None
    with write(db):
        for n in range(number):
            story = add_report(db, Report(str(n), story=story if n % 2 else None, seen_s=n))[1]
