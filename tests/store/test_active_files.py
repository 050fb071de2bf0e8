from __future__ import annotations

import pytest

from monitor.store.active_files import ActiveFiles, load_active_files, save_active_files


@pytest.fixture
def database(tmp_path):
    return tmp_path / "monitor.db"


def test_what_was_kept_last_is_returned_and_nobody_else_can_read_it(database, tmp_path):
    for text in ("first", "second"):
        files = ActiveFiles(tmp_path / "c.toml", {"c.toml": text}, {"*.toml": ("a.toml",)})
        save_active_files(database, files)
    assert load_active_files(database) == files
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"main": 1, "texts": 2, "matches": 3}'])
def test_what_cannot_be_read_counts_as_nothing(database, text):
    assert load_active_files(database) is None
    database.with_name("monitor.db.config.json").write_text(text)
    assert load_active_files(database) is None
