from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.servers import Reply
from support.sqlite_file import open_sqlite
from support.store_samples import put_hit

from monitor.store import open_writer

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "verify_case.py"


@pytest.fixture
def filled(terminal, tmp_path):
    """A database with three hits."""
    terminal.configure()
    with open_writer(tmp_path / "monitor.db") as db:
        for number in range(3):
            put_hit(db, str(number + 1), seen_s=60 * number)
    return terminal


def test_a_case_of_an_actor_or_a_story_is_written_to_a_folder(filled, tmp_path):
    said = filled.type("export", "case", "lazarus", "-o", str(tmp_path / "a"))
    assert (said.code, said.out) == (0, "")
    assert "3 entries and 3 hits" in said.err
    assert "chain head: hit #3, link " in said.err
    for number, subject in enumerate(("2", "#2", "story:2")):
        said = filled.type("export", "case", subject, "-o", str(tmp_path / f"s{number}"))
        assert "1 entry and 1 hit" in said.err
    assert (tmp_path / "s0" / "case.html").exists()
    some = filled.type("export", "case", "actor:lazarus", "--since", "2026-11-22T10:01", "-o", str(tmp_path / "b"))
    assert "2 entries and 2 hits" in some.err


@pytest.mark.parametrize("words", [["nobody"], ["story:x"], ["actor:2"], ["99"], ["2", "--since", "1d"], ["9" * 40]])
def test_what_is_no_actor_and_no_story_is_a_usage_error(filled, tmp_path, words):
    said = filled.type("export", "case", *words, "-o", str(tmp_path / "case"))
    assert said.code == 2
    assert said.err.startswith("monitor: ")
    assert not (tmp_path / "case").exists()


def test_a_case_with_a_changed_hit_has_exit_code_1(filled, tmp_path):
    with open_sqlite(tmp_path / "monitor.db") as db:
        db.execute("UPDATE hits SET severity = 1 WHERE id = 2")
    said = filled.type("export", "case", "lazarus", "-o", str(tmp_path / "case"))
    assert said.code == 1
    assert "hit #2" in said.err


FEED = (
    b"<rss version='2.0'><channel><title>Wire</title><item><guid>1</guid><title>Lazarus Group stole $2M</title>"
    b"<link>https://wire.example/1?key=open-sesame-7</link><description>Told by open-sesame-7.</description></item>"
    b"<item><guid>2</guid><title>Lazarus Group is named</title></item></channel></rss>"
)


def test_a_polled_case_has_attempts_and_watchlist_and_no_secret(terminal, site, tmp_path, monkeypatch):
    monkeypatch.setenv("TOK", "open-sesame-7")
    monkeypatch.setenv("HOOK", "json://127.4.0.9:9/h00k-t0ken")
    config = terminal.config_text('[alerts]\nfirst_run = "alert"\nwait = "0s"\n').replace("console://", "${HOOK}")
    terminal.configure(config, url=site.route("/feed", Reply(body=FEED)) + "?token=${TOK}")
    terminal.type("once")
    folder = tmp_path / "case"
    said = terminal.type("export", "case", "lazarus", "-o", str(folder))
    assert said.code == 1
    assert "hit #2 holds a secret of the configuration" in said.err
    texts = {file.relative_to(folder).as_posix(): file.read_text() for file in folder.rglob("*") if file.is_file()}
    assert not any(secret in text for text in texts.values() for secret in ("sesame", "h00k", "127.4.0.9:9/h"))
    delivery = json.loads(texts["deliveries.ndjson"].splitlines()[0])
    assert delivery["attempts"][0]["outcome"] == "fail"
    assert any("${HOOK}" in text for name, text in texts.items() if name.startswith("watchlists/"))
    done = subprocess.run([sys.executable, "-I", SCRIPT, folder], capture_output=True, text=True, check=True)
    assert "1 of 2 hits" in done.stdout
