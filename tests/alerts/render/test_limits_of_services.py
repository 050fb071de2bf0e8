"""Messages keep the published limits of the services, whatever a feed wrote."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import SHARED_FIXTURE, examples
from support.wordy_messages import wordy, wordy_message

from monitor.alerts.apprise.payloads import template_json
from monitor.alerts.content.text_runs import utf16_units
from monitor.alerts.render.message_format import MessageFormat, SizeLimits
from monitor.alerts.render.notification import RenderOptions, render

UTC_ZONE = ZoneInfo("UTC")

limits = settings(suppress_health_check=SHARED_FIXTURE, max_examples=examples(25), deadline=None)


def rendered(make_hit, delivery, drawn, message_format, **more):
    message = wordy_message(make_hit, delivery, drawn)
    page = "https://monitor.example"
    return render(
        message,
        RenderOptions(zone=UTC_ZONE, now=delivery.created_at, message_format=message_format, base_url=page, **more),
    )


@limits
@given(wordy())
def test_messages_keep_the_limits_of_slack(make_hit, delivery, drawn):
    text = template_json(rendered(make_hit, delivery, drawn, MessageFormat.SLACK).document)
    blocks = json.loads(text)["blocks"]
    assert len(text) <= 35_000
    assert 1 <= len(blocks) <= 50
    assert len(json.loads(text)["fallback"]) < 300
    for block in blocks:
        (said,) = block["elements"] if block["type"] == "context" else [block["text"]]
        assert 1 <= utf16_units(said["text"]) <= 3000
    assert "(possible repeat)" in text


@limits
@given(wordy())
def test_messages_keep_the_limits_of_discord(make_hit, delivery, drawn):
    document = rendered(make_hit, delivery, drawn, MessageFormat.DISCORD).document
    assert 1 <= utf16_units(document["content"]) <= 2000
    embeds = document["embeds"]
    assert 1 <= len(embeds) <= 10
    parts = [(e.get("title", ""), e["description"], e.get("footer", {}).get("text", "")) for e in embeds]
    for title, description, footer in parts:
        assert utf16_units(title) <= 256
        assert 1 <= utf16_units(description) <= 4096
        assert utf16_units(footer) <= 2048
    assert sum(utf16_units(text) for part in parts for text in part) <= 6000
    assert "(possible repeat)" in json.dumps(document)


@limits
@given(wordy())
def test_messages_keep_the_limits_of_telegram(make_hit, delivery, drawn):
    html = rendered(make_hit, delivery, drawn, MessageFormat.TELEGRAM).html
    assert 1 <= utf16_units(html) + html.count("\n") <= 4096
    assert "(possible repeat)" in html


@limits
@given(wordy())
def test_messages_keep_the_limits_of_teams(make_hit, delivery, drawn):
    text = template_json(rendered(make_hit, delivery, drawn, MessageFormat.TEAMS).document)
    assert len(text.encode()) <= 28 * 1024
    assert "(possible repeat)" in text


@limits
@given(wordy())
def test_mails_are_shorter_than_where_gmail_cuts(make_hit, delivery, drawn):
    mail = rendered(make_hit, delivery, drawn, MessageFormat.MAIL)
    assert len(mail.html.encode()) <= 102 * 1024
    assert len(mail.title) <= 150
    assert "(possible repeat)" in mail.html


@limits
@given(
    wordy(),
    st.sampled_from(
        [SizeLimits(0, 140), SizeLimits(60, 400), SizeLimits(250, 1024), SizeLimits(0, 4000), SizeLimits(250, 30_000)]
    ),
)
def test_plain_text_keeps_the_limits_of_the_service(make_hit, delivery, drawn, max_units):
    plain = rendered(make_hit, delivery, drawn, MessageFormat.PLAIN, size_limits=max_units)
    assert utf16_units(plain.title) <= max_units.title
    assert 1 <= utf16_units(plain.body) <= max_units.body
    plain.body.encode()
    assert max_units.body < 400 or "(possible repeat)" in plain.body
