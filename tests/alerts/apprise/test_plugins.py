"""Apprise's own plugins, pointed at servers on loopback: the service gets exactly what was rendered."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import re
import stat
import time
import tracemalloc
from dataclasses import replace
from email.utils import parseaddr
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from support import hostile_texts
from support.effort import THOROUGH, examples
from support.hostile_messages import hostile_message
from support.mail_server import Mailbox

from monitor.alerts.apprise.sending import open_channel
from monitor.alerts.render.message_format import MessageFormat
from monitor.alerts.render.notification import RenderOptions, render
from monitor.errors import DeliveryError, OutcomeUnknown
from monitor.model import Annotation, DeliveryKind, Destination, Message, Notification

# apprise looks for imghdr on Python 3.11 and 3.12, which say that it will go
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

UTC_ZONE = ZoneInfo("UTC")

ADDRESSES = {
    "slack": ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", hostile_texts.live_in_slack),
    "slack bot": ("slack://xoxb-1234-1234-abc124/#alerts", hostile_texts.live_in_slack),
    "discord": ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", hostile_texts.live_in_discord),
    "telegram": ("tgram://123456789:abcdefg_hijklmnop/12315544/", hostile_texts.live_in_telegram),
    "teams": ("workflows://{host}/643e69f83c8944438d68119179a10a64/KODuebWbDGYFr0z0eu", hostile_texts.live_in_teams),
    "json": ("json://{host}/hook", hostile_texts.live_in_texts),
    "ntfy": ("ntfy://{host}/topic", hostile_texts.live_in_texts),
    "mattermost": ("mmost://{host}/" + "a" * 24, hostile_texts.live_in_texts),
    "gotify": ("gotify://{host}/abcdefghij", hostile_texts.live_in_texts),
}


@pytest.fixture
def services(webhook, monkeypatch):
    """Point the plugins that have a fixed address at the webhook."""
    from apprise.plugins import discord, slack, telegram, workflows

    host = f"http://{webhook.url}"
    monkeypatch.setattr(slack.NotifySlack, "webhook_url", host)
    monkeypatch.setattr(slack.NotifySlack, "api_url", f"{host}/api/{{}}")
    monkeypatch.setattr(discord.NotifyDiscord, "notify_url", host)
    monkeypatch.setattr(telegram.NotifyTelegram, "notify_url", f"{host}/bot")
    post = workflows.requests.post
    monkeypatch.setattr(workflows.requests, "post", lambda url, **kw: post(re.sub("^https", "http", url), **kw))
    webhook.answers = b"ok"
    webhook.answers_at = {"/api/chat.postMessage": b'{"ok": true, "channel": "C1"}'}
    return webhook


TEXTS = hostile_texts.hostile_texts(400)[:: 400 // examples(50)]


def opened(url, **more):
    """Return a channel that does not pause between messages."""
    channel = open_channel(Destination("soc", url, **more), console=io.StringIO())
    channel._plugin.request_rate_per_sec = 0
    return channel


def rendered(channel, message) -> Notification:
    now = message.delivery.created_at
    return render(
        message,
        RenderOptions(zone=UTC_ZONE, now=now, message_format=channel.message_format, size_limits=channel.size_limits),
    )


@pytest.mark.parametrize("name", ADDRESSES)
def test_hostile_texts_arrive_and_are_not_active(make_hit, delivery, services, name):
    url, live = ADDRESSES[name]
    channel = opened(url.format(host=services.url))
    for text in TEXTS:
        channel.send(rendered(channel, hostile_message(make_hit, delivery, text, text[::-1])))
    assert len(services.requests) == len(TEXTS)
    assert [found for _, body in services.requests for found in live(body)] == []


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("kind", DeliveryKind, ids=str)
def test_every_kind_of_message_is_accepted_in_one_piece(make_hit, delivery, services, name, kind):
    channel = opened(ADDRESSES[name][0].format(host=services.url))
    many = 30 if THOROUGH or kind in (DeliveryKind.ALERT, DeliveryKind.DIGEST) else 3
    for hits in (0, many):
        message = hostile_message(make_hit, delivery, "北" * 400, "words " * 80, kind, hits)
        channel.send(rendered(channel, message))
    assert len(services.requests) == 2


@pytest.mark.parametrize("remaining", ["0", "0.0"])
def test_a_pause_that_discord_names_is_passed_on_instead_of_sleeping(services, remaining):
    channel = opened(ADDRESSES["discord"][0])
    services.status = 429
    services.headers = {"X-RateLimit-Remaining": remaining, "X-RateLimit-Reset": str(int(time.time()) + 600)}
    with pytest.raises(DeliveryError, match="the service answered 429") as raised:
        channel.send(Notification("title", "body"))
    assert 590 < raised.value.retry_after_s < 620
    assert not isinstance(raised.value, OutcomeUnknown)
    services.status, services.headers = 204, {}
    channel.send(Notification("title", "body"))
    assert len(services.requests) == 2


def test_a_moment_in_the_next_century_stops_discord_for_an_hour_at_most(services):
    channel = opened(ADDRESSES["discord"][0])
    services.headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4102444800"}
    channel.send(Notification("title", "body"))
    with pytest.raises(DeliveryError, match="asked for a pause after an earlier message") as raised:
        channel.send(Notification("title", "body"))
    assert raised.value.retry_after_s == 3600
    channel.send(Notification("title", "body"))
    assert len(services.requests) == 2


@pytest.fixture(scope="module")
def bomb():
    return gzip.compress(bytes(50_000_000), 1)


@pytest.mark.parametrize("name", ADDRESSES)
def test_no_plugin_reads_more_of_a_reply_than_the_limit(services, bomb, name):
    services.answers, services.answers_at = bomb, {}
    services.headers = {"Content-Encoding": "gzip"}
    channel = opened(ADDRESSES[name][0].format(host=services.url))
    tracemalloc.start()
    try:
        with contextlib.suppress(OutcomeUnknown):  # Slack's API and others want JSON
            channel.send(Notification("title", "body"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert services.requests
    assert peak < 15_000_000


def test_a_template_in_a_headline_stays_text(make_hit, delivery, services):
    for name in ("slack", "discord", "teams"):
        channel = opened(ADDRESSES[name][0].format(host=services.url))
        message = Message(delivery, (make_hit(title="The {{app_body}} and {{ app_title }}", notes=("{{app_id}}",)),))
        channel.send(rendered(channel, message))
    for _, body in services.requests:
        said = (
            " ".join(hostile_texts.strings(json.loads(body)))
            .replace("\u200b", "")
            .replace("\\_", "_")
            .replace("ˍ", "_")
        )
        assert "The {{app_body}} and {{ app_title }}" in said
        assert "{{app_id}}" in said


def test_a_template_is_private_lies_in_the_runtime_directory_and_is_gone_after(
    make_hit, delivery, services, tmp_path, monkeypatch
):
    from apprise.plugins.slack import NotifySlack

    seen = []
    generate = NotifySlack.gen_payload

    def watched(self, *args, **more):
        path = Path(self.template[0].path)
        seen.append((path, *(stat.S_IMODE(place.stat().st_mode) for place in (path, path.parent))))
        return generate(self, *args, **more)

    monkeypatch.setattr(NotifySlack, "gen_payload", watched)
    monkeypatch.setenv("RUNTIME_DIRECTORY", f"{tmp_path}:/nowhere")
    channel = opened(ADDRESSES["slack"][0])
    for _ in range(2):
        channel.send(rendered(channel, Message(delivery, (make_hit(),))))
    (path, file_mode, folder_mode), (other, *_) = seen
    assert path.is_relative_to(tmp_path)
    assert (file_mode, folder_mode) == (0o600, 0o700)
    assert path != other
    assert list(tmp_path.iterdir()) == []


def test_a_template_that_cannot_be_written_is_a_failure_and_nothing_is_sent(
    make_hit, delivery, services, tmp_path, monkeypatch
):
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path / "gone"))
    channel = opened(ADDRESSES["slack"][0])
    with pytest.raises(DeliveryError, match="No such file or directory") as raised:
        channel.send(rendered(channel, Message(delivery, (make_hit(),))))
    assert not isinstance(raised.value, OutcomeUnknown)
    assert services.requests == []


def test_pings_in_the_address_are_sent(make_hit, delivery, services):
    channel = opened(ADDRESSES["discord"][0] + "?ping=<@%264711>,@everyone")
    channel.send(rendered(channel, Message(delivery, (make_hit(title="@everyone <@12>"),))))
    payload = json.loads(services.requests[0][1])
    assert payload["allowed_mentions"] == {"parse": ["everyone"], "users": [], "roles": ["4711"]}
    assert payload["content"].count("@everyone") == 1


def test_telegram_gets_the_title_once_and_lines_of_their_own(make_hit, delivery, services):
    channel = opened(ADDRESSES["telegram"][0])
    channel.send(rendered(channel, Message(delivery, (make_hit(summary="Analysts blame Night Heron."),))))
    lines = json.loads(services.requests[0][1])["text"].splitlines()
    assert lines[:4] == [
        "<b>[HIGH] Night Heron</b>",
        f'<a href="{hostile_texts.LINK}">Night Heron empties a bridge</a>',
        "The Daily, 22 Nov 07:41 UTC, seen after 3 min",
        "<blockquote>Analysts blame <b>Night Heron</b>.</blockquote>",
    ]


def test_the_alert_field_is_added_to_the_fields_of_the_address(make_hit, delivery, services):
    channel = opened(f"json://{services.url}/?:team=soc")
    channel.send(rendered(channel, Message(delivery, (make_hit(number=12),))))
    channel.send(Notification("t", "b"))
    first, second = (json.loads(body) for _, body in services.requests)
    assert first["team"] == second["team"] == "soc"
    assert (first["alert"]["schema"], first["alert"]["hits"][0]["id"]) == (1, 12)
    assert "alert" not in second


@pytest.mark.parametrize(
    ("url", "message_format"),
    [
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", MessageFormat.SLACK),
        ("https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", MessageFormat.DISCORD),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ?template=/etc/own.json", MessageFormat.PLAIN),
        ("https://hooks.slack.com/triggers/T05XXXX/1234/abcdef", MessageFormat.PLAIN),
        ("mailtos://joe:pass@mail.example", MessageFormat.MAIL),
        ("sendgrid://abc123:joe@news.example/soc@news.example", MessageFormat.MAIL),
        ("pover://" + "u" * 30 + "@" + "a" * 30, MessageFormat.PLAIN),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/?format=markdown", MessageFormat.PLAIN),
        ("console://", MessageFormat.CONSOLE),
    ],
)
def test_the_rendering_follows_the_service(url, message_format):
    channel = open_channel(Destination("soc", url), console=io.StringIO())
    assert channel.message_format is message_format


@pytest.fixture
def mailbox():
    with Mailbox("127.7.1.4") as box:
        yield box


def test_hostile_texts_by_mail_change_neither_headers_nor_recipients(make_hit, delivery, mailbox):
    channel = opened(mailbox.url)
    for text in TEXTS:
        channel.send(rendered(channel, hostile_message(make_hit, delivery, text, text[::-1])))
    assert len(mailbox.mails) == len(TEXTS)
    for mail in mailbox.mails:
        assert parseaddr(mail["to"])[1] == "soc@news.example"
        assert mail["bcc"] is None
        assert [name for name in mail if name.lower() == "subject"] == ["Subject"]
        assert not mail.defects
        assert hostile_texts.live_in_mail(mail) == []


def test_the_text_part_of_a_mail_is_complete_and_has_every_address(make_hit, delivery, mailbox):
    hit = make_hit(
        title="Zwölf Boote 🪶 von Night Heron", summary="北朝鮮 Night Heron", notes=("see https://wiki.example/heron",)
    )
    channel = opened(mailbox.url)
    message = Message(delivery, (hit,))
    channel.send(
        render(
            message,
            RenderOptions(
                zone=UTC_ZONE, now=hit.seen_at, message_format=channel.message_format, base_url="https://page.example/"
            ),
        )
    )
    (mail,) = mailbox.mails
    assert mail["subject"] == "[HIGH] Night Heron: Zwölf Boote 🪶 von Night Heron"
    text = mail.get_body(("plain",)).get_content()
    for said in (
        *("HIGH", "Night Heron", "Zwölf Boote 🪶", "北朝鮮", "The Daily", 'Why: rule thefts: "Night Heron"', "Hit #7"),
        *("https://news.example/a", "https://wiki.example/heron", "https://page.example/hits/7", "hits/7/acknowledge"),
    ):
        assert said in text


def test_a_long_digest_is_one_mail_with_whole_html(make_hit, delivery, mailbox):
    hits = tuple(replace(make_hit(number=n), story=n) for n in range(90))
    channel = opened(mailbox.url + "&overflow=split")
    channel.send(rendered(channel, Message(replace(delivery, kind=DeliveryKind.DIGEST), hits)))
    (mail,) = mailbox.mails
    html = mail.get_body(("html",)).get_content()
    assert len(html) > 60_000
    assert html.rstrip().endswith("</html>")
    assert "hit #89" in mail.get_body(("plain",)).get_content()


def test_the_mails_of_a_story_are_one_thread(make_hit, delivery, mailbox):
    channel = opened(mailbox.url + "&%2BX-Team=soc")
    for kind, story in ((DeliveryKind.ALERT, 3), (DeliveryKind.FOLLOW_UP, 3), (DeliveryKind.ALERT, 4)):
        message = Message(replace(delivery, kind=kind), (replace(make_hit(), story=story),))
        channel.send(rendered(channel, message))
    channel.send(rendered(channel, Message(replace(delivery, kind=DeliveryKind.HEALTH), annotation=Annotation("x"))))
    threads = [(mail["References"], mail["In-Reply-To"]) for mail in mailbox.mails]
    story = "<story-3.soc@crypto-news-monitor>"
    assert threads == [(story, story), (story, story), ("<story-4.soc@crypto-news-monitor>",) * 2, (None, None)]
    assert {mail["Auto-Submitted"] for mail in mailbox.mails} == {"auto-generated"}
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 4


def test_a_mail_can_be_text_only(make_hit, delivery, mailbox):
    channel = opened(mailbox.url + "&format=text")
    channel.send(rendered(channel, Message(delivery, (make_hit(),))))
    (mail,) = mailbox.mails
    assert mail.get_content_type() == "text/plain"
    assert "https://news.example/a" in mail.get_content()
    assert "<" not in mail.get_content()
