from __future__ import annotations

import sqlite3

import pytest
from support.store_samples import put_hit

from monitor.store import open_writer


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
    with sqlite3.connect(tmp_path / "monitor.db") as db:
        db.execute("UPDATE hits SET severity = 1 WHERE id = 2")
    said = filled.type("export", "case", "lazarus", "-o", str(tmp_path / "case"))
    assert said.code == 1
    assert "hit #2" in said.err
