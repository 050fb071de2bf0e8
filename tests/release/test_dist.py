from __future__ import annotations

import tarfile
import zipfile
from pathlib import PurePosixPath

import pytest

from release import dist

needs_git = pytest.mark.skipif(not (dist.REPOSITORY / ".git").exists(), reason="not a clone")


def test_the_members_of_an_archive_are_compared_with_what_an_installation_needs():
    members = {"monitor/__init__.py", "tests/test_x.py", "monitor/__pycache__/x.pyc"}
    assert dist.problems_of(members, ["monitor/__init__.py", "LICENSE"]) == [
        "LICENSE is missing",
        "monitor/__pycache__/x.pyc must not be in it",
        "tests/test_x.py must not be in it",
    ]


@needs_git
def test_every_file_that_an_archive_must_have_is_in_the_repository():
    tracked = set(dist.tracked_files(dist.REPOSITORY)) | {PurePosixPath("share/doc/crypto-news-monitor")}
    sources = {name.removeprefix("licenses/").removeprefix("share/doc/crypto-news-monitor/") for name in dist.IN_WHEEL}
    assert [name for name in sources | set(dist.IN_SDIST) if PurePosixPath(name) not in tracked] == []


def test_data_and_licences_of_a_wheel_are_found_below_their_folders(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.whl", "w") as wheel:
        for name in ("monitor/a.py", "x-1.data/data/share/man/man1/m.1", "x-1.dist-info/licenses/LICENSE"):
            wheel.writestr(name, "")
    assert dist.wheel_members(tmp_path / "x.whl") == {"monitor/a.py", "share/man/man1/m.1", "licenses/LICENSE"}


def test_builds_that_differ_are_named():
    assert dist.differences({"a": b"1", "b": b"2"}, {"a": b"1", "b": b"3", "c": b""}) == ["b", "c"]


@needs_git
@pytest.mark.slow
def test_two_builds_are_equal_and_complete(tmp_path):
    built, again = dist.build_twice(tmp_path, "1700000000")
    assert dist.differences(built, again) == []
    [wheel], [sdist] = (list((tmp_path / "first").glob(pattern)) for pattern in ("*.whl", "*.tar.gz"))
    assert dist.problems_of(dist.wheel_members(wheel), dist.IN_WHEEL) == []
    assert dist.problems_of(dist.sdist_members(sdist), dist.IN_SDIST) == []
    with tarfile.open(sdist) as archive:
        assert {member.mtime for member in archive} == {1700000000}
