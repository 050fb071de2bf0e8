from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import SHARED_FIXTURE, examples

from monitor.alerts.content.hit_wording import heading_amounts, seen_words
from monitor.alerts.render.notification import RenderOptions, render
from monitor.model import Amount, Indicator, IndicatorKind, Message, Severity

BERLIN = ZoneInfo("Europe/Berlin")


def amount(text, value, currency="USD"):
    return Amount(Decimal(value), currency, text, "title", 0, len(text))


def rendered(hits, delivery, late_s=0):
    now = hits[0].seen_at + timedelta(seconds=late_s)
    return render(Message(delivery, tuple(hits)), RenderOptions(zone=BERLIN, now=now))


def test_an_alert_says_what_where_when_and_why(make_hit, delivery):
    hit = make_hit(
        summary="Analysts blame Night Heron for it.",
        amounts=(amount("$40M", 40_000_000), amount("9,000 ETH", 9000, "ETH")),
        notes=("Ask @duty, see https://wiki.example/heron",),
    )
    shown = rendered([hit], delivery)
    assert shown.title == "[HIGH] Night Heron | $40M, 9,000 ETH"
    assert shown.body.splitlines() == [
        "Night Heron empties a bridge",
        "https://news.example/a",
        "The Daily, 22 Nov 08:41 CET, seen after 3 min",
        "  Analysts blame **Night Heron** for it.",
        'Why: rule thefts: "Night Heron" (exact)',
        "Note: Ask @duty, see https://wiki.example/heron",
        "Next: monitor show 7 | monitor triage 7 ack | monitor silence night-heron 4h -m why",
        "Hit #7",
    ]


def test_the_mention_is_highlighted_in_the_headline_when_there_is_no_excerpt(make_hit, delivery):
    assert rendered([make_hit()], delivery).body.startswith("**Night Heron** empties a bridge\n")


def test_a_possible_repeat_is_marked(make_hit, delivery):
    repeat = replace(delivery, possible_repeat=True)
    assert rendered([make_hit()], repeat).body.endswith("Hit #7 (possible repeat)")
    assert "(possible repeat)" in rendered([make_hit(), make_hit()], repeat).body


def test_an_unusable_link_leaves_no_empty_line(make_hit, delivery):
    body = rendered([make_hit(link="javascript:alert(1)")], delivery).body
    assert "javascript" not in body
    assert "\n\n" not in body


@pytest.mark.parametrize(
    ("published", "words"),
    [
        (None, "date unknown, seen 22 Nov 08:44 CET"),
        (timedelta(hours=5), "dated in the future, seen 22 Nov 08:44 CET"),
        (timedelta(minutes=1), "22 Nov 08:45 CET, seen after 0 s"),
        (timedelta(days=-400), "18 Oct 2025 09:44 CEST, seen after 400 d"),
    ],
    ids=["unknown", "future", "a clock slightly ahead", "old"],
)
def test_unknown_and_future_dates_are_stated(make_hit, published, words):
    hit = make_hit()
    at = None if published is None else hit.seen_at + published
    hit = replace(hit, entry=replace(hit.entry, published_at=at))
    assert seen_words(hit, zone=BERLIN, now=hit.seen_at) == words


def test_an_alert_that_goes_out_late_says_how_late(make_hit, delivery):
    assert "seen after 3 min, sent 3 h later" in rendered([make_hit()], delivery, late_s=10_900).body


def test_of_each_currency_the_largest_amount_is_shown(make_hit):
    dollars = (amount("$1M", 10**6), amount("$2M", 2 * 10**6))
    hit = make_hit(amounts=(*dollars, amount("€3M", 3 * 10**6, "EUR"), amount("5 BTC", 5, "BTC")))
    assert [a.text for a in heading_amounts([hit])] == ["€3M", "$2M"]


def test_several_hits_are_counted_and_get_details_each(make_hit, delivery):
    hits = [make_hit(number=1, severity=Severity.LOW), make_hit(number=2, severity=Severity.CRITICAL)]
    shown = rendered(hits, delivery)
    assert shown.title == "[CRITICAL] 2 hits: Night Heron"
    assert shown.body.startswith("[LOW] Night Heron\n")
    assert "Hit #1\n\n[CRITICAL] Night Heron\n" in shown.body
    assert shown.body.endswith("Hit #2")


def test_many_hits_are_ten_with_details_thirty_lines_and_a_count(make_hit, delivery):
    shown = rendered([make_hit(number=n, summary="Night Heron. " * 90) for n in range(100)], delivery)
    assert shown.body.count("Hit #") == 10
    assert shown.body.count("(Night Heron) #") == 30
    assert shown.body.endswith("and 60 more")
    assert len(shown.body) < 16_000


def test_many_names_are_counted(make_hit, delivery):
    one = make_hit().judgement.mentions[0]
    hit = make_hit(mentions=tuple(replace(one, actor=f"a{n}") for n in range(5)))
    assert rendered([hit], delivery).title == "[HIGH] a0, a1, a2, +2"


@settings(suppress_health_check=SHARED_FIXTURE, max_examples=examples(60))
@given(
    text=st.text(max_size=60) | st.sampled_from(["@everyone <!here> [a](https://e.example) {{x}}", "\ud800\r\n.\r\n"])
)
def test_feed_text_is_never_active_in_an_alert(make_hit, delivery, text):
    hit = make_hit(title=f"{text} x", summary=text, mentions=(), why=text, link=f"https://n.example/{text}")
    hit = replace(hit, entry=replace(hit.entry, outlet=text, published_at=None))
    shown = rendered([hit, hit], delivery)
    assert "\n" not in shown.title
    for line in [shown.title, *shown.body.splitlines()]:
        address = line.startswith("https://n.example/")
        assert not any(live in line for live in ("@e", "<!", "](", "{{"))
        assert address or "://" not in line
    (shown.title + shown.body).encode()


def indicator(kind, value, chain=""):
    return Indicator(IndicatorKind(kind), chain, value, value, "title", 0, len(value))


def test_blockchain_addresses_are_shown_with_both_ends_in_one_line(make_hit, delivery):
    hit = make_hit()
    found = (
        indicator("address", "0xde709f2102306220921060314715629080e2fb77", "ETH"),
        indicator("transaction", "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b", "BTC"),
        indicator("cve", "CVE-2024-12345"),
    )
    shown = rendered([replace(hit, judgement=replace(hit.judgement, indicators=found))], delivery)
    assert "\nFound: ETH 0xde70…fb77, BTC tx 4a5e1e…a33b, CVE-2024-12345\n" in shown.body


def test_many_indicators_are_counted_and_without_any_there_is_no_line(make_hit, delivery):
    hit = make_hit()
    found = tuple(indicator("cve", f"CVE-2024-1000{n}") for n in range(8))
    many = replace(hit, judgement=replace(hit.judgement, indicators=found))
    assert "CVE-2024-10004, +3\n" in rendered([many], delivery).body
    assert "Found" not in rendered([hit], delivery).body
