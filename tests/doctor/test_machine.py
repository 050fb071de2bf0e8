import errno
import shutil
import ssl
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.doctor import machine
from monitor.doctor.machine import (
    certificate_findings,
    clock_findings,
    disk_findings,
    proxy_findings,
    shared_memory_findings,
    systemd_findings,
    time_zone_findings,
    write_findings,
)

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("synchronised", "level"), [(True, "ok"), (False, "warning"), (None, "warning")])
def test_a_clock_that_may_drift_is_a_warning(synchronised, level):
    assert [f.level for f in clock_findings(NOW, NOW, synchronised=synchronised)] == [level]


def test_a_clock_before_the_installation_is_an_error():
    (found,) = clock_findings(NOW, NOW + timedelta(days=400), synchronised=True)
    assert (found.level, "before the monitor was installed" in found.text) == ("error", True)


def test_the_time_zone_is_shown_with_its_offset():
    assert "13:00 (UTC+0100)" in time_zone_findings(ZoneInfo("Europe/Berlin"), NOW)[0].text


def test_a_machine_without_certificates_is_an_error(tmp_path):
    none = ssl.get_default_verify_paths()._replace(cafile=None, capath=str(tmp_path))
    assert certificate_findings(none)[0].remedy == "install ca-certificates"
    (tmp_path / "root.pem").write_text("")
    assert certificate_findings(none)[0].level == "ok"


def test_proxies_are_shown_without_their_password():
    (found,) = proxy_findings({"HTTPS_PROXY": "http://ana:hunter2@proxy.example:3128"}, "socks5h://bob:pw@[::1]:9050")
    assert found.level == "ok"
    assert "hunter2" not in found.text
    assert "pw" not in found.text
    assert "https_proxy http://proxy.example:3128" in found.text


def test_a_proxy_for_destinations_alone_is_a_warning():
    assert proxy_findings({"http_proxy": "proxy.example:3128"}, "")[0].remedy.endswith("for feeds set [http] proxy")
    assert proxy_findings({}, "")[0].text == "feeds: no proxy; destinations: no proxy"


@pytest.mark.parametrize("address", ["http://ana:hunter2@[::1:3128", "http://ana:hunter2@proxy.example:port"])
def test_a_proxy_with_an_invalid_address_is_an_error_that_names_the_variable(address):
    (found,) = proxy_findings({"HTTPS_PROXY": address}, "")
    assert (found.level, found.remedy) == ("error", "correct the address in the environment variable https_proxy")
    assert found.text == "feeds: no proxy; destinations: https_proxy an invalid address"


@pytest.mark.parametrize(("free", "level"), [(50e6, "error"), (500e6, "warning"), (3e9, "warning"), (9e9, "ok")])
def test_free_space_is_judged_with_the_limit_of_the_configuration(tmp_path, monkeypatch, free, level):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: usage._replace(free=int(free)))
    assert [f.level for f in disk_findings(tmp_path / "missing", least=5_000_000_000)] == [level]


def test_shared_memory_that_can_be_written_leaves_no_file_behind(tmp_path):
    assert [f.level for f in shared_memory_findings(tmp_path)] == ["ok"]
    assert list(tmp_path.iterdir()) == []


def test_shared_memory_that_is_missing_or_full_is_an_error_with_the_way_out(tmp_path, monkeypatch):
    (missing,) = shared_memory_findings(tmp_path / "shm")
    assert (missing.level, "No such file or directory; no feed can be parsed" in missing.text) == ("error", True)

    def full(**_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(machine.tempfile, "TemporaryFile", full)
    (found,) = shared_memory_findings(tmp_path)
    assert (found.level, "No space left" in found.text, "mode 1777" in found.remedy) == ("error", True, True)


def test_a_database_that_cannot_be_written_is_an_error(tmp_path, monkeypatch):
    path = tmp_path / "monitor.db"
    path.write_text("")
    monkeypatch.setattr(machine.os, "access", lambda file, _: file != path)
    (found,) = write_findings(path)
    assert (found.level, f"{path} cannot be written" in found.text) == ("error", True)


def test_a_time_service_is_asked_whether_it_synchronises_the_clock(monkeypatch):
    monkeypatch.setattr(machine.Path, "exists", lambda _: False)
    for answer, expected in (("yes", True), ("no", False), ("", None)):
        monkeypatch.setattr(machine, "output_of", lambda *_, answer=answer: answer)
        assert machine.clock_is_synchronised() is expected


def test_a_database_is_created_written_or_read_by_everybody(tmp_path):
    path = tmp_path / "monitor.db"
    assert "will be created" in write_findings(path)[0].text
    path.write_text("")
    path.chmod(0o644)
    assert write_findings(path)[0].remedy == f"run: chmod o-r {path}"
    path.chmod(0o640)
    assert write_findings(path)[0].level == "ok"


def test_a_folder_that_cannot_be_written_is_an_error_with_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setattr(machine.os, "access", lambda *_: False)
    (found,) = write_findings(tmp_path / "monitor.db")
    assert (found.level, "[storage] path" in found.remedy) == ("error", True)


@pytest.mark.parametrize(
    ("answer", "level", "remedy"),
    [
        ("", "warning", "supervisor"),
        ("LoadState=not-found\nActiveState=inactive\nUnitFileState=", "warning", "monitor service install"),
        ("LoadState=loaded\nActiveState=failed\nUnitFileState=enabled", "error", "journalctl -u monitor"),
        ("LoadState=loaded\nActiveState=active\nUnitFileState=disabled", "warning", "systemctl enable"),
        ("LoadState=loaded\nActiveState=active\nUnitFileState=enabled", "ok", ""),
    ],
)
def test_the_state_of_the_service_is_judged(answer, level, remedy):
    (found,) = systemd_findings(lambda *_: answer)
    assert found.level == level
    assert remedy in found.remedy


def test_a_command_that_is_missing_or_fails_has_no_output():
    assert machine.output_of("no-such-command-here") == ""
    assert machine.output_of("false") == ""
    assert machine.output_of("echo", "yes") == "yes"
