from pathlib import Path

import pytest

from monitor.config import find_config_file, find_database
from monitor.errors import UsageError


def test_an_explicit_path_is_returned_unchecked(tmp_path):
    assert find_config_file(Path("nowhere.toml"), {"MONITOR_CONFIG": "other.toml"}) == Path("nowhere.toml")
    assert find_config_file(None, {"MONITOR_CONFIG": "other.toml"}) == Path("other.toml")


def test_the_working_directory_comes_before_the_home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    of_home = tmp_path / ".config/monitor/config.toml"
    of_home.parent.mkdir(parents=True)
    of_home.touch()
    assert find_config_file(None, {"HOME": str(tmp_path)}) == of_home
    assert find_config_file(None, {"XDG_CONFIG_HOME": str(tmp_path / ".config")}) == of_home
    Path("config.toml").touch()
    assert find_config_file(None, {"HOME": str(tmp_path)}) == Path("config.toml")


def test_without_a_configuration_all_searched_paths_are_listed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as caught:
        find_config_file(None, {"HOME": str(tmp_path)})
    text = str(caught.value)
    for place in ("MONITOR_CONFIG", "./config.toml", f"{tmp_path}/.config/monitor", "/etc/monitor", "monitor init"):
        assert place in text


def test_a_user_without_a_home_directory_looks_in_the_other_places(monkeypatch, tmp_path):
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(UsageError, match=r"no configuration found in MONITOR_CONFIG, \./config\.toml"):
        find_config_file(None, {})
    assert find_database(tmp_path / "none.toml", {}) == Path("/.local/state/monitor/monitor.db")
