import errno
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.doctor import machine
from monitor.doctor.machine import (
    certificate_findings,
    clock_findings,
    proxy_findings,
    shared_memory_findings,
    systemd_findings,
    time_zone_findings,
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


def test_other_systems_keep_no_semaphores_there(tmp_path):
    assert shared_memory_findings(tmp_path / "missing", "darwin") == []


def test_shared_memory_that_can_be_written_leaves_no_file_behind(tmp_path):
    assert [f.level for f in shared_memory_findings(tmp_path, "linux")] == ["ok"]
    assert list(tmp_path.iterdir()) == []


def test_shared_memory_that_is_missing_or_full_is_an_error_with_the_way_out(tmp_path, monkeypatch):
    (missing,) = shared_memory_findings(tmp_path / "shm", "linux")
    assert (missing.level, "No such file or directory; no feed can be parsed" in missing.text) == ("error", True)

    def full(**_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(machine.tempfile, "TemporaryFile", full)
    (found,) = shared_memory_findings(tmp_path, "linux")
    assert (found.level, "No space left" in found.text, "mode 1777" in found.remedy) == ("error", True, True)


def test_a_time_service_is_asked_whether_it_synchronises_the_clock(monkeypatch):
    monkeypatch.setattr(machine.Path, "exists", lambda _: False)
    for answer, expected in (("yes", True), ("no", False), ("", None)):
        monkeypatch.setattr(machine, "output_of", lambda *_, answer=answer: answer)
        assert machine.clock_is_synchronised() is expected


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


@pytest.mark.parametrize(("linger", "level"), [("yes", "ok"), ("no", "warning"), ("", "warning")])
def test_a_service_of_the_current_user_that_stops_at_logout_is_a_warning(linger, level):
    def ask(program, *words):
        if program == "loginctl":
            return linger
        return "LoadState=loaded\nActiveState=active\nUnitFileState=enabled" if "--user" in words else ""

    (found,) = systemd_findings(ask)
    assert (found.level, "loginctl enable-linger" in found.remedy) == (level, level == "warning")


def test_the_service_of_the_current_user_is_found_too():
    def ask(*words):
        of_user = "LoadState=loaded\nActiveState=failed\nUnitFileState=enabled"
        return of_user if "--user" in words else "LoadState=not-found\nActiveState=inactive"

    (found,) = systemd_findings(ask)
    assert (found.level, found.remedy) == ("error", "run: journalctl --user -u monitor -n 50")


@pytest.mark.parametrize(
    ("lead_s", "level", "words"),
    [
        (2_220.0, "error", "2,220 s ahead of the servers"),
        (-90.0, "error", "90 s behind the servers"),
        (1.5, "ok", "like the servers of the feeds"),
        (None, "warning", "unknown whether it is synchronised"),
    ],
)
def test_the_clock_is_compared_with_that_of_servers(lead_s, level, words):
    (found,) = clock_findings(NOW, NOW, synchronised=None, lead_s=lead_s)
    assert (found.level, words in found.text) == (level, True)


@pytest.fixture
def authorities(tmp_path) -> ssl.DefaultVerifyPaths:
    """Where OpenSSL looks: a file and a folder that do not exist yet."""
    paths = ssl.get_default_verify_paths()
    return paths._replace(cafile=str(tmp_path / "ca.pem"), capath=str(tmp_path / "certs"))


@pytest.mark.parametrize(
    "content", [None, b"", b"no certificate", b"\xff\xfe\0"], ids=["missing", "empty", "text", "binary"]
)
def test_a_machine_without_certificates_is_an_error(authorities, content):
    if content is not None:
        Path(authorities.cafile).write_bytes(content)
    (found,) = certificate_findings(authorities, {})
    assert (found.level, found.remedy) == ("error", "install ca-certificates")


def test_certificates_in_a_folder_count_if_openssl_finds_them_by_their_hash(authorities):
    folder = Path(authorities.capath)
    folder.mkdir()
    (folder / "root.pem").write_text("")
    assert certificate_findings(authorities, {})[0].level == "error"
    (folder / "0a1b2c3d.0").write_text("")
    assert certificate_findings(authorities, {})[0].level == "ok"


@pytest.mark.parametrize(("variable", "level"), [("SSL_CERT_FILE", "warning"), ("REQUESTS_CA_BUNDLE", "error")])
def test_a_variable_that_names_certificates_that_do_not_exist_is_reported(authorities, variable, level):
    folder = Path(authorities.capath)
    folder.mkdir()
    (folder / "0a1b2c3d.0").write_text("")
    (found,) = certificate_findings(authorities, {variable: "/nowhere/ca.pem"})
    assert (found.level, found.remedy) == (level, f"correct {variable}, or unset it")
