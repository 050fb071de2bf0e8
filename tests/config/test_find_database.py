from __future__ import annotations

import pytest

from monitor.config import find_database, load
from monitor.config.settings import ConfigurationFiles

DEFAULT = "/state/monitor.db"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[storage]\npath = "data/x.db"\n', "data/x.db"),
        ("[feeds]\nx = 1\n[ storage ]  # here\nkeep_hits = '1y'\n  path='x.db'\n[rules]\n", "x.db"),
        ('storage.path = "x.db"\n', "x.db"),
        ('storage = { keep_hits = "1y", path = "x.db" }\n', "x.db"),
        ('[feeds\nbroken\n[storage]\npath = "x.db"\n"', "x.db"),
        ('[storage]\npath = "/abs/x.db"\n', "/abs/x.db"),
        ('[storage]\nkeep_hits = "1y"\n[feeds.x]\npath = "no.db"\n', DEFAULT),
        ("[storage]\npath = 7\n", DEFAULT),
        (f"[storage]\npath = {'[' * 5000}\n", DEFAULT),
        ("", DEFAULT),
    ],
)
def test_the_database_is_found_without_reading_the_rest(tmp_path, text, expected):
    path = tmp_path / "config.toml"
    path.write_text(text)
    assert find_database(path, {"STATE_DIRECTORY": "/state"}) == tmp_path / expected


def test_a_file_that_is_missing_has_the_default(tmp_path):
    assert str(find_database(tmp_path / "none.toml", {"STATE_DIRECTORY": "/state"})) == DEFAULT


def test_a_configuration_is_loaded_again_as_it_was_when_its_files_have_changed(tmp_path):
    main, lists = tmp_path / "config.toml", tmp_path / "lists"
    lists.mkdir()
    main.write_text(
        'include = ["lists/*.toml"]\n[rules.r]\nactors = ["a"]\nsend_to = ["d"]\n[destinations.d]\nurl = "console://"\n'
    )
    (lists / "a.toml").write_text('[actors]\na = ["Night Heron"]\n')
    before = load(main, environ={}).config
    assert before is not None
    (lists / "a.toml").unlink()
    main.write_text("[broken")
    recorded = ConfigurationFiles(before.files.texts, before.files.matches)
    assert load(main, environ={}, instead=recorded).config == before
