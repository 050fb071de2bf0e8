import pytest

from monitor.errors import UsageError
from monitor.service.files import Change, PlannedFile, remove_files, write_files
from monitor.service.units import MARK

TEXT = f"{MARK}\n[Unit]\n"


def planned(path, text=TEXT, **more):
    return PlannedFile(path, text, 0o640, **more)


def test_a_missing_file_is_created_with_its_folder_and_mode(tmp_path):
    path = tmp_path / "etc" / "monitor.service"
    assert write_files([planned(path)]) == [(path, Change.CREATED)]
    assert (path.read_text(), path.stat().st_mode & 0o777) == (TEXT, 0o640)
    assert list(path.parent.iterdir()) == [path]


def test_a_file_of_ours_is_updated_and_an_equal_one_left_alone(tmp_path):
    path = tmp_path / "unit"
    path.write_text(f"{MARK}\nold\n")
    assert write_files([planned(path)]) == [(path, Change.UPDATED)]
    assert write_files([planned(path)]) == [(path, Change.UNCHANGED)]


def test_nothing_is_written_if_one_file_belongs_to_somebody_else(tmp_path):
    theirs = tmp_path / "theirs"
    theirs.write_text("[Unit]\n")
    with pytest.raises(UsageError, match=r"theirs: exists and was not written by monitor service install"):
        write_files([planned(tmp_path / "ours"), planned(theirs)])
    assert not (tmp_path / "ours").exists()
    assert theirs.read_text() == "[Unit]\n"


def test_a_configuration_is_never_overwritten(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text("[feeds]\n")
    assert write_files([planned(path, "new", keep=True)]) == [(path, Change.KEPT)]
    assert path.read_text() == "[feeds]\n"


def test_only_files_of_ours_are_deleted(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.write_text(TEXT)
    theirs.write_text("[Unit]\n")
    assert remove_files([ours, theirs, tmp_path / "missing"]) == [ours]
    assert theirs.exists()


def test_a_place_that_cannot_be_written_is_named_with_the_way_out(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"file/unit: cannot be (read|written): .*directory"):
        write_files([planned(tmp_path / "file" / "unit")])
