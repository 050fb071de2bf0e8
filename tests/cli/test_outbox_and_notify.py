"""Commands that act on deliveries, without a daemon; tests/daemon/test_scheduler.py has those that ask one."""

from __future__ import annotations

import json

import pytest
from support.command_line import CONFIG
from support.raw_server import RawServer, smtp_dialogue
from support.servers import Reply

FEED = (
    b"<rss version='2.0'><channel><title>Wire</title>"
    b"<item><guid>2</guid><title>Lazarus Group stole $2M</title></item></channel></rss>"
)


@pytest.fixture
def waiting(terminal, site):
    """A delivery that its destination, a webhook of *site*, has refused once."""
    site.route("/hook", Reply(status=500), Reply(status=200))
    config = CONFIG.replace("console://", f"json://127.4.0.1:{site.port}/hook")
    terminal.configure(config + '[alerts]\nfirst_run = "alert"\n', url=site.route("/feed", Reply(body=FEED)))
    terminal.type("once")
    return terminal


def row(terminal):
    return json.loads(terminal.type("outbox", "--json").out)[0]


def test_outbox_lists_waiting_deliveries_with_the_reason(waiting):
    assert (row(waiting)["state"], row(waiting)["attempts"]) == ("pending", 1)
    assert "the service answered 500" in waiting.type("outbox").out


def test_a_retried_delivery_is_due_and_once_sends_it(waiting):
    assert waiting.type("outbox", "retry", "1").out == "delivery 1 is due now\n"
    waiting.type("once")
    assert "every delivery has been sent" in waiting.type("outbox").err


def test_a_dropped_delivery_stays_listed_with_author_and_reason(waiting):
    assert waiting.type("outbox", "drop", "1", "-m", "wrong hook").code == 0
    assert row(waiting)["state"] == "dropped"
    assert row(waiting)["reason"].endswith(": wrong hook")


def test_an_unknown_or_sent_delivery_is_rejected_with_a_message(waiting):
    assert "delivery 9 does not exist" in waiting.type("outbox", "drop", "9").err
    waiting.type("outbox", "retry", "1")
    waiting.type("once")
    said = waiting.type("outbox", "drop", "1")
    assert said.code == 2
    assert "delivery 1 is sent" in said.err


def test_notify_sends_one_message_and_reports_that_it_was_accepted(terminal):
    terminal.configure()
    said = terminal.type("notify", "desk")
    assert "TEST  test message for desk" in said.out
    assert said.err == "desk: accepted\n"


def test_notify_exits_1_with_the_cause_if_the_message_was_not_accepted(waiting, site):
    site.route("/hook", Reply(status=500))
    said = waiting.type("notify", "desk")
    assert said.code == 1
    assert said.err.startswith("monitor: desk: the service answered 500")


def test_notify_exits_1_and_names_the_recipients_that_were_refused(terminal):
    with RawServer(smtp_dialogue({b"RCPT TO:<BAD@": b"550 no such user\r\n"})) as server:
        url = f"mailto://{server.address}?from=monitor@news.example&to=good@news.example,bad@news.example"
        terminal.configure(CONFIG.replace("console://", url))
        said = terminal.type("notify", "desk")
    assert said.code == 1
    assert "not accepted by all recipients: bad@news.example was refused: 550 no such user" in said.err


def test_notify_prints_the_payload_of_a_hit_and_sends_nothing(waiting, site):
    before = len(site.requests)
    payload = json.loads(waiting.type("notify", "desk", "--hit", "1", "--print").out)
    assert payload["title"] == "[CRITICAL] Lazarus Group | $2M"
    assert "Hit #1" in payload["body"]
    assert len(site.requests) == before


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", ("slack", "document")),
        ("mailto://joe:hunter22@mail.example", ("mail", "html", "headers")),
        ("ntfy://127.4.0.1/topic", ("plain",)),
    ],
    ids=["slack", "mail", "ntfy"],
)
def test_notify_prints_the_payload_for_the_kind_of_destination(terminal, url, there):
    terminal.configure(CONFIG.replace("console://", url)).chmod(0o600)
    said = terminal.type("notify", "desk", "--print")
    payload = json.loads(said.out)
    assert (payload["rendered_for"], *payload) == (there[0], "rendered_for", "title", "body", *there[1:])
    assert payload["title"] == "[TEST] test message for desk"
    assert "hunter22" not in said.out


def test_notify_of_an_unknown_destination_lists_the_known_ones(terminal):
    terminal.configure()
    assert "there are: desk" in terminal.type("notify", "dsek").err


def test_an_address_of_an_unknown_service_is_an_error_of_the_configuration(terminal):
    terminal.configure(CONFIG.replace("console://", "slac://127.0.0.1"))
    said = terminal.type("check")
    assert said.code == 1
    assert 'did you mean "slack"' in said.out
    assert terminal.type("once").code == 2
