from __future__ import annotations

import os
from pathlib import Path

import pytest

from monitor.errors import StoreError, UsageError
from monitor.exchange.exports.output_file import write_output


def failing(error: BaseException):
    yield "half"
    raise error


def test_a_symbolic_link_stays_and_its_file_is_replaced(tmp_path):
    (tmp_path / "data").mkdir()
    target, link = tmp_path / "data" / "hits.csv", tmp_path / "hits.csv"
    target.write_text("old")
    link.symlink_to(target)
    write_output(link, ["a", "b\ud800"])
    assert link.is_symlink()
    assert target.read_text() == "ab?"


@pytest.mark.parametrize("error", [StoreError("gone"), KeyboardInterrupt()], ids=["store", "interrupt"])
def test_a_failed_export_leaves_the_old_file(tmp_path, error):
    file = tmp_path / "hits.csv"
    file.write_text("old")
    with pytest.raises(type(error)):
        write_output(file, failing(error))
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["hits.csv"]


def test_a_device_is_written_to(tmp_path):
    write_output(Path(os.devnull), ["text"])
    assert Path(os.devnull).is_char_device()


def test_a_new_file_has_the_permissions_that_the_umask_leaves(tmp_path):
    before = os.umask(0o027)
    try:
        write_output(tmp_path / "hits.csv", ["text"])
    finally:
        os.umask(before)
    assert (tmp_path / "hits.csv").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["", "missing/hits.csv"], ids=["a folder", "no folder"])
def test_what_cannot_be_written_is_a_usage_error(tmp_path, name):
    with pytest.raises(UsageError, match="cannot be written"):
        write_output(tmp_path / name, ["text"])


def test_files_of_the_monitor_are_never_replaced_under_any_name(tmp_path):
    database, link = tmp_path / "monitor.db", tmp_path / "link"
    database.write_text("rows")
    link.hardlink_to(database)
    with pytest.raises(UsageError, match="choose another"):
        write_output(link, ["text"], never=(database,))
    assert database.read_text() == "rows"
