import os
from pathlib import Path

import pytest

from monitor.config import load
from monitor.config.regular_file import read_regular_file


@pytest.fixture
def odd_files(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    (tmp_path / "device").symlink_to("/dev/zero")
    (tmp_path / "sparse").touch()
    os.truncate(tmp_path / "sparse", 5_000_000_000)
    return tmp_path


KINDS = [
    ("fifo", "is a FIFO, not a regular file"),
    ("folder", "is a directory, not a regular file"),
    ("device", "is a device, not a regular file"),
    ("sparse", "is larger than 64,000 kB"),
]


@pytest.mark.parametrize(("name", "reason"), KINDS)
def test_only_a_regular_file_of_limited_size_is_a_configuration(odd_files, name, reason):
    (problem,) = load(odd_files / name, environ={}).problems
    assert problem.message == f"the configuration cannot be read: {reason}"


@pytest.mark.parametrize(("name", "reason"), KINDS)
def test_only_a_regular_file_of_limited_size_is_included(odd_files, name, reason):
    (odd_files / "config.toml").write_text(f'include = ["{name}"]')
    (problem,) = load(odd_files / "config.toml", environ={}).problems
    assert problem.message == f"{odd_files / name} cannot be included: {reason}"


@pytest.mark.parametrize("name", ["fifo", "folder", "device", "sparse"])
def test_only_a_small_regular_file_is_a_secret(odd_files, name):
    (odd_files / "config.toml").write_text(f'[destinations.d]\nurl = "json://${{file:{name}}}"')
    problems = [p.message for p in load(odd_files / "config.toml", environ={}).problems if p.level == "error"]
    assert len(problems) == 1
    assert f"needs the file {odd_files / name}: is " in problems[0]


def test_a_regular_file_is_read_with_its_permissions(tmp_path):
    (tmp_path / "f").write_bytes(b"12345")
    (tmp_path / "f").chmod(0o640)
    assert read_regular_file(tmp_path / "f", 5) == (b"12345", 0o640)
