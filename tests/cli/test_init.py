from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.cli.app import run
from monitor.cli.init import AUDIENCES

COMMENTED_OUT = re.compile(r"^# (?=\[|[a-z_]+ *= )", re.MULTILINE)


@pytest.fixture(params=AUDIENCES)
def start(request, tmp_path, capsys) -> str:
    """Return the path of a configuration that ``init`` wrote."""
    assert run(["init", str(tmp_path), "--for", request.param]) == 0
    return str(tmp_path / "config.toml")


def test_a_start_has_nothing_to_complain_of_and_passes_its_tests(start, capsys):
    capsys.readouterr()
    assert (run(["check", "--strict", start]), capsys.readouterr().out) == (0, "")
    assert run(["test", start]) == 0, capsys.readouterr().out


def test_the_next_steps_of_a_start_are_valid_when_their_marks_are_removed(start, capsys, monkeypatch):
    monkeypatch.setenv("CHAT_URL", "json://localhost")
    monkeypatch.setenv("MAIL_URL", "json://localhost")
    text = Path(start).read_text(encoding="utf-8")
    grown = COMMENTED_OUT.sub("", text)
    assert grown.count("\n[") >= text.count("\n[") + 4
    Path(start).write_text(grown, encoding="utf-8")
    assert run(["check", start]) == 0, capsys.readouterr().out
    assert run(["test", start]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("audience", ["exchange", "compliance", "newsroom"])
def test_a_tracked_actor_in_any_context_is_a_hit(tmp_path, capsys, audience):
    run(["init", str(tmp_path), "--for", audience])
    capsys.readouterr()
    run(["-c", str(tmp_path / "config.toml"), "explain", "Garantex opens an office", "--no-proposals"])
    assert "Notifications, severity" in capsys.readouterr().out


def test_in_a_container_the_database_is_not_beside_the_configuration(tmp_path, monkeypatch):
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/monitor")
    run(["init", str(tmp_path)])
    assert 'path = "/var/lib/monitor/monitor.db"' in (tmp_path / "config.toml").read_text()


def test_init_says_what_to_fill_in(tmp_path, capsys):
    run(["init", str(tmp_path)])
    said = capsys.readouterr().err
    assert "1. edit" in said
    assert "contact in [http] is" in said
    assert "write an address that somebody reads" in said
