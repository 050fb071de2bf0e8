from __future__ import annotations

import json
import re
import socket

import pytest

from monitor.alerts.apprise.plugins import server_of
from monitor.doctor import machine


@pytest.fixture
def examined(terminal, monkeypatch):
    """Return a function that runs the doctor on the usual configuration with more tables."""
    monkeypatch.setattr(machine, "output_of", lambda *_: "")

    def run_doctor(more: str, *words: str):
        terminal.configure(terminal.config_text(more), url="http://127.0.0.1:9/feed")
        return terminal.type("doctor", *words)

    return run_doctor


def test_every_line_has_a_level_and_what_is_not_in_order_a_way_out(examined):
    said = examined("", "--json")
    found = json.loads(said.out)
    assert {"monitor", "python", "expat", "sqlite", "clock", "time zone", "certificates", "shared memory"} <= {
        f["check"] for f in found
    }
    assert {"proxies", "database", "disk", "systemd", "dns", "to desk"} <= {f["check"] for f in found}
    assert {f["level"] for f in found} <= {"ok", "warning", "error"}
    assert all(bool(f["remedy"]) == (f["level"] != "ok") for f in found)


def test_an_error_of_the_configuration_is_a_finding_and_the_rest_is_examined_all_the_same(examined):
    said = examined('[rulez]\n[destinations.hook]\nurl = "json://${file:no-such-secret}/x"\n', "--offline")
    assert said.code == 1
    assert re.search(r"config\.toml:\d+:\d+: unknown section \[rulez\]", said.out)
    assert "Place(" not in said.out
    assert "no-such-secret" in said.out
    assert "  database " in said.out
    assert len(re.findall(r"(?m)^error +configuration ", said.out)) == 2


def test_a_time_zone_that_does_not_exist_is_a_finding(examined):
    said = examined('[alerts]\ntimezone = "Europe/Atlantis"\n', "--offline")
    assert said.code == 1
    assert "Europe/Atlantis" in said.out


def test_a_destination_that_cannot_be_reached_is_an_error_that_shows_no_secret(examined):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    said = examined(f'[destinations.hook]\nurl = "json://ana:hunter2@127.0.0.1:{port}/secret"\n')
    assert said.code == 1
    assert f"127.0.0.1:{port} cannot be reached: Connection refused" in said.out
    assert "hunter2" not in said.out + said.err
    assert "/secret" not in said.out + said.err


def test_offline_nothing_is_looked_up(examined, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", None)
    said = examined("", "--offline")
    assert " dns " not in said.out


def test_a_missing_configuration_is_a_finding(terminal):
    said = terminal.type("doctor", "--offline")
    assert said.code == 1
    assert "error    configuration" in said.out


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", ("hooks.slack.com", 443)),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", ("discord.com", 443)),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/", ("api.telegram.org", 443)),
        ("jsons://hook.example/x", ("hook.example", 443)),
        ("json://hook.example:8080/x", ("hook.example", 8080)),
        ("mailtos://ana:pw@mail.example?to=soc@desk.example", ("mail.example", 587)),
        ("ntfy://topic", ("ntfy.sh", 443)),
        ("console://", None),
    ],
)
def test_the_server_of_a_destination_is_known_without_a_connection(url, server):
    assert server_of(url) == server
