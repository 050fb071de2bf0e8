"""The published limits of the services, kept whatever a feed wrote."""

from __future__ import annotations

import json
from dataclasses import replace
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.alerts.apprise.payloads import template_text
from monitor.alerts.content.pieces import units
from monitor.alerts.render.medium import Medium, Room
from monitor.alerts.render.notification import render
from monitor.model import Amount, Coverage, DeliveryKind, Indicator, IndicatorKind, Message, Remark

UTC_ZONE = ZoneInfo("UTC")
LONGEST_LINK = "https://news.example/?" + "&" * 1400

# each stays itself when it is cleaned, or grows when it is escaped
letters = st.sampled_from(['"', "&", "<", "a ", "é", "北", "🪶", "🇰🇵", "e\u0301", "*", "@", "\\", "://", "{{", ".com "])
texts = st.lists(letters, min_size=1, max_size=6).flatmap(
    lambda parts: st.integers(1, 400).map(lambda n: ("".join(parts) * n)[:1500])
)
limits = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)


@st.composite
def wordy(draw):
    """Draw what a message is made of: a kind, a number of hits, and texts of any length."""
    kind = draw(st.sampled_from(list(DeliveryKind)))
    return kind, draw(st.sampled_from([0, 1, 2, 11, 60])), draw(texts), draw(texts)


def wordy_message(make_hit, delivery, drawn) -> Message:
    """Return a message with as much in it as there can be."""
    kind, hits, text, other = drawn
    value = Indicator(IndicatorKind.TRANSACTION, "BTC", "f" * 64, "f" * 64, "title", 0, 64)
    hit = make_hit(title=f"{text}x", summary=f"{other} Night Heron", link=LONGEST_LINK, why=text, notes=(other,) * 4)
    amounts = tuple(Amount(hit.id, c, text, "title", 0, 1) for c in ("USD", "EUR"))
    judgement = replace(hit.judgement, rules=hit.judgement.rules * 5, amounts=amounts, indicators=(value,) * 8)
    hit = replace(hit, judgement=judgement, names=(("night-heron", text),), changes=(other,) * 4)
    made = tuple(replace(hit, id=10**9 + n, story=n // 2) for n in range(hits))
    coverage = tuple(Coverage(n, (text, other) * 9, other) for n in range(hits))
    late = replace(delivery, kind=kind, late=True, possible_repeat=True)
    return Message(late, made, coverage, Remark(text, other, (text, other) * 40))


def rendered(make_hit, delivery, drawn, medium, **more):
    message = wordy_message(make_hit, delivery, drawn)
    page = "https://monitor.example"
    return render(message, zone=UTC_ZONE, now=delivery.created_at, medium=medium, base_url=page, **more)


@limits
@given(wordy())
def test_slack_takes_what_it_is_given(make_hit, delivery, drawn):
    text = template_text(rendered(make_hit, delivery, drawn, Medium.SLACK).document)
    blocks = json.loads(text)["blocks"]
    assert len(text) <= 35_000
    assert 1 <= len(blocks) <= 50
    assert len(json.loads(text)["fallback"]) < 300
    for block in blocks:
        (said,) = block["elements"] if block["type"] == "context" else [block["text"]]
        assert 1 <= units(said["text"]) <= 3000
    assert "(possible repeat)" in text


@limits
@given(wordy())
def test_discord_takes_what_it_is_given(make_hit, delivery, drawn):
    document = rendered(make_hit, delivery, drawn, Medium.DISCORD).document
    assert 1 <= units(document["content"]) <= 2000
    embeds = document["embeds"]
    assert 1 <= len(embeds) <= 10
    parts = [(e.get("title", ""), e["description"], e.get("footer", {}).get("text", "")) for e in embeds]
    for title, description, footer in parts:
        assert units(title) <= 256
        assert 1 <= units(description) <= 4096
        assert units(footer) <= 2048
    assert sum(units(text) for part in parts for text in part) <= 6000
    assert "(possible repeat)" in json.dumps(document)


@limits
@given(wordy())
def test_telegram_takes_what_it_is_given(make_hit, delivery, drawn):
    html = rendered(make_hit, delivery, drawn, Medium.TELEGRAM).html
    assert 1 <= units(html) + html.count("\n") <= 4096
    assert "(possible repeat)" in html


@limits
@given(wordy())
def test_teams_takes_what_it_is_given(make_hit, delivery, drawn):
    text = template_text(rendered(make_hit, delivery, drawn, Medium.TEAMS).document)
    assert len(text.encode()) <= 28 * 1024
    assert "(possible repeat)" in text


@limits
@given(wordy())
def test_a_mail_is_not_cut_by_gmail(make_hit, delivery, drawn):
    mail = rendered(make_hit, delivery, drawn, Medium.MAIL)
    assert len(mail.html.encode()) <= 102 * 1024
    assert len(mail.title) <= 150
    assert "(possible repeat)" in mail.html


@limits
@given(wordy(), st.sampled_from([Room(0, 140), Room(60, 400), Room(250, 1024), Room(0, 4000), Room(250, 30_000)]))
def test_plain_text_fits_where_it_goes(make_hit, delivery, drawn, room):
    plain = rendered(make_hit, delivery, drawn, Medium.PLAIN, room=room)
    assert units(plain.title) <= room.title
    assert 1 <= units(plain.body) <= room.body
    plain.body.encode()
    assert room.body < 400 or "(possible repeat)" in plain.body
