from __future__ import annotations

from pathlib import Path

import pytest

from monitor.daemon.reload import WatchedFiles


@pytest.fixture
def config(tmp_path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text("a = 1\n")
    return path


def test_nothing_is_reported_while_nothing_changes(config):
    watched = WatchedFiles([config])
    assert [watched.edited() for _ in range(3)] == [False] * 3


def test_an_edit_is_reported_once_after_it_has_been_left_alone(config):
    watched = WatchedFiles([config])
    config.write_text("a = 2 # half")
    assert not watched.edited()
    config.write_text("a = 2 # half, and the rest")
    assert not watched.edited()
    assert [watched.edited() for _ in range(3)] == [True, False, False]


def test_a_file_that_is_replaced_by_its_equal_is_an_edit(config):
    watched = WatchedFiles([config])
    new = config.with_name("new")
    new.write_text(config.read_text())
    new.replace(config)
    assert [watched.edited(), watched.edited()] == [False, True]


def test_a_toml_file_that_appears_beside_it_is_an_edit_and_a_database_is_not(config):
    watched = WatchedFiles([config])
    config.with_name("monitor.db-wal").write_text("x")
    assert [watched.edited(), watched.edited()] == [False, False]
    config.with_name("more.toml").write_text("")
    assert [watched.edited(), watched.edited()] == [False, True]


def test_a_file_that_vanishes_is_an_edit(config):
    watched = WatchedFiles([config])
    config.unlink()
    assert [watched.edited(), watched.edited()] == [False, True]
