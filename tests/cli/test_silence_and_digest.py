"""What people do about hits from the command line, without a daemon: triage, silence, digest."""

from __future__ import annotations

import getpass
import json

import pytest
from support.command_line import CONFIG
from support.servers import Reply

from monitor.daemon import control_client

ME = getpass.getuser()
FIRST = "Lazarus Group stole $2 million from Copperfield"
SECOND = "Inferno Drainer phishing kit found in Oslo"


def rss(*titles: str) -> bytes:
    items = "".join(f"<item><guid>{title}</guid><title>{title}</title></item>" for title in titles)
    return f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>".encode()


@pytest.fixture
def publish(terminal, site):
    """Configure a feed; give a function that publishes titles and polls them."""

    def poll(*titles: str):
        site.route("/feed", Reply(body=rss(*titles)))
        return terminal.type("once")

    terminal.configure(CONFIG, url=site.route("/feed", Reply(body=rss("A quiet week"))))
    terminal.type("once")
    return poll


def shown(terminal, hit=1):
    return json.loads(terminal.type("show", str(hit), "--json").out)


def test_a_user_without_an_account_acts_under_a_number(monkeypatch):
    def no_account():
        raise KeyError("getpwuid(): uid not found: 12346")

    monkeypatch.setattr(control_client.getpass, "getuser", no_account)
    monkeypatch.setattr(control_client.os, "getuid", lambda: 12346)
    assert control_client.author() == "uid 12346"


def test_a_triage_is_stored_with_its_author_and_shown(terminal, publish):
    publish(FIRST)
    assert terminal.type("triage", "1", "ack").out == f"hit #1: ack, by {ME}\n"
    terminal.type("triage", "1", "noise")
    assert [(each["triage"], each["author"]) for each in shown(terminal)["triages"]] == [("ack", ME), ("noise", ME)]
    assert json.loads(terminal.type("hits", "--json").out)[0]["triage"] == "noise"
    assert f"noise by {ME}" in terminal.type("show", "1").out


def test_a_triage_of_an_unknown_hit_is_rejected(terminal, publish):
    said = terminal.type("triage", "7", "ack")
    assert (said.code, "there is no hit #7; monitor hits lists all hits" in said.err) == (2, True)


@pytest.mark.parametrize(
    "arguments", [("show", "7"), ("explain", "--hit", "7"), ("notify", "desk", "--hit", "7", "--print")]
)
def test_each_command_about_an_unknown_hit_gives_the_same_message(terminal, publish, arguments):
    publish(FIRST)
    said = terminal.type(*arguments)
    assert (said.code, said.err) == (2, "monitor: there is no hit #7; monitor hits lists all hits\n")


def test_a_hit_of_a_silenced_actor_is_stored_not_sent_and_shown_with_the_author_of_the_silence(terminal, publish):
    said = terminal.type("silence", "lazarus", "4h", "-m", "known campaign")
    assert said.out.startswith("silence 1: actor lazarus until ")
    assert "CRITICAL" not in publish(FIRST).out
    (decision,) = shown(terminal)["destinations"]
    assert decision["verdict"] == "suppress"
    assert decision["reason"].startswith(f"actor lazarus is silenced by {ME} until ")
    assert decision["reason"].endswith(": known campaign")


def test_an_ended_silence_suppresses_nothing(terminal, publish):
    terminal.type("silence", "rule:any", "4h", "-m", "x")
    terminal.type("silence", "lazarus", "1d", "-m", "x")
    assert [row["name"] for row in json.loads(terminal.type("silences", "--json").out)] == ["any", "lazarus"]
    assert terminal.type("silences", "end", "2").out == "silence 2 has ended\n"
    assert terminal.type("silences", "end", "2").code == 2
    assert [row["name"] for row in json.loads(terminal.type("silences", "--json").out)] == ["any"]
    assert "CRITICAL" in publish(FIRST).out
    assert json.loads(terminal.type("silences", "--all", "--json").out)[0]["ended_by"] == ME


def test_a_hit_without_a_silenced_actor_is_sent(terminal, publish):
    terminal.type("silence", "lazarus", "4h", "-m", "known campaign")
    assert "Inferno Drainer" in publish(FIRST, SECOND).out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lazarsu", "4h", "-m", "x"), 'no actor and no rule called "lazarsu"'),
        (("lazarus", "4", "-m", "x"), 'TIME: "4" is not a span of time'),
        (("lazarus", "0s", "-m", "x"), 'TIME: "0s" is not a span of time'),
        (("lazarus", "4h", "-m", " "), "a silence needs a reason"),
        (("rule:lazarus", "4h", "-m", "x"), 'no rule called "lazarus"'),
    ],
)
def test_an_invalid_silence_is_rejected(terminal, publish, words, said):
    answer = terminal.type("silence", *words)
    assert answer.code == 2
    assert said in answer.err


def test_an_actor_and_a_rule_with_the_same_name_are_distinguished(terminal):
    terminal.configure(CONFIG.replace("[rules.any]", "[rules.lazarus]"))
    assert "write actor:lazarus or rule:lazarus" in terminal.type("silence", "lazarus", "4h", "-m", "x").err


@pytest.fixture
def collecting(terminal, site):
    """A destination with a digest that has collected one hit."""
    config = CONFIG.replace('"console://"', '"console://"\ndigest = ["Mon 08:00"]')
    terminal.configure(config + '[alerts]\nfirst_run = "alert"\n', url=site.route("/feed", Reply(body=rss(FIRST))))
    assert "waiting until" in terminal.type("once").err
    return terminal


def test_a_printed_digest_stays_pending(collecting):
    for _ in range(2):
        assert "stole $2 million from Copperfield" in collecting.type("digest", "desk", "--print").out


def test_a_pending_digest_is_sent_on_request(collecting):
    assert collecting.type("digest", "desk").out == "1 digest for desk will be sent now\n"
    assert "Lazarus Group" in collecting.type("once").out
    assert collecting.type("digest", "desk", "--print").err == "no digest is pending for desk\n"
    assert collecting.type("digest", "desk").code == 2


def test_once_exits_0_if_all_waiting_deliveries_are_held(collecting):
    assert collecting.type("once").code == 0
