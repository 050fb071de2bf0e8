"""``monitor backtest`` and ``monitor watchlist``, as typed."""

from __future__ import annotations

import json

import pytest
from support.command_line import CONFIG
from support.servers import Reply

FEED = (
    b"<rss version='2.0'><channel><title>Wire</title>"
    b"<item><guid>1</guid><title>A quiet week</title><link>https://wire.example/1</link></item>%s</channel></rss>"
)
THEFT = b"<item><guid>2</guid><title>Lazarus Group stole $2M</title><link>https://wire.example/2</link></item>"
LINES = (
    {"id": 1, "title": "Lazarus Group stole $2M", "source": "Wire", "date": "2026-11-20T08:00:00Z"},
    {"id": 2, "title": "Lazurus Group drained $3M", "source": "Desk", "date": "2026-11-21T08:00:00Z"},
    {"id": 3, "title": "Garantex reopens", "source": "Desk", "date": "Sat, 21 Nov 2026 09:00:00 GMT"},
)
EDITED = CONFIG.replace('lazarus = ["Lazarus Group"]', 'garantex = ["Garantex"]')


@pytest.fixture
def entries(tmp_path):
    path = tmp_path / "entries.ndjson"
    path.write_text("\n".join(map(json.dumps, LINES)))
    return path


@pytest.fixture
def other(tmp_path):
    path = tmp_path / "other.toml"
    path.write_text(CONFIG.replace("{url}", "http://127.4.0.9:9/feed"))
    return path


def test_an_edit_is_compared_with_another_file_over_a_file_of_entries(terminal, entries, other):
    terminal.configure(EDITED)
    said = terminal.type("backtest", "--against", str(other), "--entries", str(entries))
    assert said.code == 0, said.err
    assert "actor garantex added" in said.out
    assert "2 -> 1 hit (1 gained, 2 lost)" in said.out
    assert "desk: 2 -> 1 message (alert 2 -> 1)" in said.out
    assert "actor lazarus is not in the list" in said.out
    assert 'rule any: "Garantex" (exact)' in said.out


def test_json_has_the_documented_keys(terminal, entries, other):
    terminal.configure(EDITED)
    said = terminal.type("backtest", "--against", str(other), "--entries", str(entries), "--json")
    report = json.loads(said.out)
    assert report["hits"] == {
        "before": 2,
        "after": 1,
        "gained": 1,
        "lost": 2,
        "severity_changed": 0,
        "severity_lowered": 0,
        "rules_changed": 0,
    }
    assert [row["title"] for row in report["gained"]] == ["Garantex reopens"]
    assert report["by_day"] == [
        {"day": "2026-11-20", "before": 1, "after": 0, "gained": 0, "lost": 1},
        {"day": "2026-11-21", "before": 1, "after": 1, "gained": 1, "lost": 1},
    ]
    (desk,) = report["destinations"]
    assert desk == {"destination": "desk", "before": 2, "after": 1, "kinds": {"alert": {"before": 2, "after": 1}}}


def test_a_loss_fails_when_asked_to(terminal, entries, other):
    terminal.configure(EDITED)
    asked = ("backtest", "--against", str(other), "--entries", str(entries))
    assert terminal.type(*asked, "--fail-on-loss").code == 1
    terminal.configure()
    assert terminal.type(*asked, "--fail-on-loss").code == 0


def test_bad_lines_are_named_and_the_rest_is_compared(terminal, entries, other):
    entries.write_text(entries.read_text() + '\n{"title": 7}\nnot json\n')
    terminal.configure(EDITED)
    said = terminal.type("backtest", "--against", str(other), "--entries", str(entries))
    assert said.code == 1
    assert "2 -> 1 hit" in said.out
    assert 'line 4: "title" is not a string' in said.err
    assert "line 5: not JSON" in said.err


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--against", "nothing.toml"), '"nothing.toml" is neither a file nor a version'),
        (("--against", "7"), "there is no database yet"),
        ((), "no configuration has been active yet; compare with another file: --against FILE"),
    ],
)
def test_what_cannot_be_compared_is_said(terminal, words, error):
    terminal.configure()
    said = terminal.type("backtest", *words)
    assert said.code == 2
    assert error in said.err.replace("\n  ", " ")


def test_a_file_without_entries_is_an_error(terminal, entries, other):
    entries.write_text("[]\n")
    terminal.configure()
    said = terminal.type("backtest", "--against", str(other), "--entries", str(entries))
    assert said.code == 2
    assert "line 1: not an object" in said.err


@pytest.fixture
def recorded(terminal, site):
    """A database with one hit, found by the first version."""
    url = site.route("/feed", Reply(body=FEED % b""), Reply(body=FEED % THEFT))
    terminal.configure(url=url)
    for _ in range(2):
        assert terminal.type("once").code == 0
    return url


def test_stored_entries_are_compared_with_the_active_configuration(terminal, recorded):
    terminal.configure(EDITED, url=recorded)
    said = terminal.type("backtest", "--json")
    assert said.code == 0, said.err
    report = json.loads(said.out)
    assert report["base"] == "the active configuration (version 1)"
    assert (report["base_version"], report["texts"]) == (1, 2)
    assert report["changes"][0] == "actor garantex added"
    assert report["hits"]["lost"] == 1
    assert report["lost"][0]["why"][0] == "actor lazarus is not in the list"
    (desk,) = report["destinations"]
    assert (desk["before"], desk["after"]) == (1, 0)


def test_each_hit_names_its_version_and_versions_can_be_compared(terminal, recorded):
    terminal.configure(EDITED, url=recorded)
    assert terminal.type("once").code == 0
    rows = json.loads(terminal.type("watchlist", "versions", "--json").out)
    assert [(row["version"], row["hits"]) for row in rows] == [(2, 0), (1, 1)]
    assert "watchlist version 1" in terminal.type("show", "1").out
    said = terminal.type("watchlist", "diff", "1", "2")
    assert said.code == 1
    assert said.out.splitlines() == [
        "From version 1 to version 2:",
        "  actor garantex added",
        "  actor lazarus removed",
    ]
    assert terminal.type("watchlist", "diff").code == 0
    assert terminal.type("watchlist", "diff", "2", "9").code == 2
    assert terminal.type("backtest", "--against", "1", "--fail-on-loss").code == 1


def test_a_secret_is_in_no_stored_version(terminal, recorded, tmp_path):
    terminal.config.chmod(0o600)
    terminal.config.write_text(terminal.config.read_text().replace("console://", "slack://TokenA/TokenB/TokenC12345"))
    terminal.config.chmod(0o600)
    terminal.type("once")
    versions = json.loads(terminal.type("watchlist", "versions", "--json").out)
    assert len(versions) == 2
    assert b"TokenC12345" not in (tmp_path / "monitor.db").read_bytes()
    said = terminal.type("watchlist", "diff")
    assert said.code == 0, said.out  # the file has the secret, the version has ***


def test_what_search_prints_can_be_compared_without_the_database(terminal, recorded, entries, other):
    entries.write_text(terminal.type("search", "--ndjson", "since:7d").out)
    terminal.configure(EDITED, url=recorded)
    said = terminal.type("backtest", "--entries", str(entries), "--against", str(other), "--json")
    assert said.code == 0, said.err
    report = json.loads(said.out)
    assert (report["texts"], report["hits"]["lost"]) == (2, 1)
