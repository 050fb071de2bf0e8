from __future__ import annotations

import pytest

from monitor.cli import service
from monitor.cli.app import run

FILES = [
    *("etc/monitor/config.toml", "etc/systemd/system/monitor-failure.service", "etc/systemd/system/monitor.service"),
    *("etc/sysusers.d/monitor.conf", "etc/tmpfiles.d/monitor.conf"),
]


@pytest.fixture
def image(tmp_path, monkeypatch):
    """A directory to install into, on a machine whose Python a system service can see."""
    monkeypatch.setattr(service, "_HIDDEN", ())
    monkeypatch.setattr(service, "_program", lambda: ["/opt/monitor/venv/bin/monitor"])
    return tmp_path / "image"


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_install_writes_units_user_and_a_valid_configuration_and_says_what_is_left(image, capsys):
    assert run(["service", "install", "--root", str(image)]) == 0
    out = capsys.readouterr().out
    assert files_below(image) == FILES
    assert out.count("created") == 5
    assert "0 errors" in out
    assert "systemctl enable --now monitor.service" in out.partition("Left to do:")[2]
    assert 'path = "/var/lib/monitor/monitor.db"' in (image / FILES[0]).read_text()
    assert (
        "ExecStart=/opt/monitor/venv/bin/monitor --config /etc/monitor/config.toml run"
        in (image / "etc/systemd/system/monitor.service").read_text()
    )


def test_installing_again_keeps_the_configuration_and_adds_its_credentials(image, capsys):
    run(["service", "install", "--root", str(image)])
    config = image / "etc/monitor/config.toml"
    config.write_text(config.read_text().replace('url = "console://"', 'url = "json://${file:hook}"  # ${file:old}'))
    capsys.readouterr()
    assert run(["service", "install", "--root", str(image)]) == 1  # the secret is missing
    assert f"write the secrets, readable by root alone: {image}/etc/monitor/secrets/hook" in capsys.readouterr().out
    secret = image / "etc/monitor/secrets/hook"
    secret.parent.mkdir()
    secret.write_text("hook.example/x")
    assert run(["service", "install", "--root", str(image)]) == 0
    out = capsys.readouterr().out
    assert "kept       " in out
    assert "write the secrets" not in out
    unit = (image / "etc/systemd/system/monitor.service").read_text()
    assert [line for line in unit.splitlines() if line.startswith("LoadCredential")] == [
        "LoadCredential=hook:/etc/monitor/secrets/hook"
    ]


def test_a_dry_run_prints_the_files_and_writes_nothing(image, capsys):
    assert run(["service", "install", "--root", str(image), "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert out.count("would be created") == 5
    assert "WatchdogSec=120" in out
    assert not image.exists()


def test_an_installation_for_one_person_needs_nothing_outside_their_home(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path / "ana"))
    monkeypatch.setattr(service, "_systemctl", lambda *_: "")
    assert run(["service", "install", "--user"]) == 0
    assert files_below(tmp_path) == [
        "ana/.config/monitor/config.toml",
        *(f"ana/.config/systemd/user/{name}.service" for name in ("monitor-failure", "monitor")),
    ]
    assert "loginctl enable-linger" in capsys.readouterr().out
    assert (
        f'path = "{tmp_path}/ana/.local/state/monitor/monitor.db"'
        in (tmp_path / "ana/.config/monitor/config.toml").read_text()
    )


@pytest.mark.parametrize("program", ["/home/ana/.local/bin/monitor", "/root/venv/bin/monitor", "/tmp/v/bin/monitor"])
def test_a_program_that_the_unit_hides_from_itself_is_refused_with_the_way_out(tmp_path, monkeypatch, capsys, program):
    monkeypatch.setattr(service, "_program", lambda: [program])
    assert run(["service", "install", "--root", str(tmp_path / "image")]) == 2
    err = capsys.readouterr().err
    assert f"{program}: a system service cannot see the program" in err
    assert "--user" in err
    assert not (tmp_path / "image").exists()


def test_uninstall_deletes_what_install_wrote_and_keeps_the_configuration(image, capsys):
    run(["service", "install", "--root", str(image)])
    other = image / "etc/systemd/system/other.service"
    other.write_text("[Unit]\n")
    assert run(["service", "uninstall", "--root", str(image)]) == 0
    assert files_below(image) == ["etc/monitor/config.toml", "etc/systemd/system/other.service"]
    assert run(["service", "uninstall", "--root", str(image)]) == 0
    assert "nothing to delete" in capsys.readouterr().out


def test_a_unit_of_somebody_else_is_not_replaced(image, capsys):
    unit = image / "etc/systemd/system/monitor.service"
    unit.parent.mkdir(parents=True)
    unit.write_text("[Unit]\n")
    assert run(["service", "install", "--root", str(image)]) == 2
    assert "was not written by monitor service install" in capsys.readouterr().err
    assert files_below(image) == ["etc/systemd/system/monitor.service"]


@pytest.mark.parametrize("more", ["", "[rulez]\n"], ids=["valid", "with errors"])
def test_a_failure_is_sent_to_the_recipients_of_health_also_if_the_configuration_has_errors(
    terminal, monkeypatch, more
):
    monkeypatch.setenv("MONITOR_UNIT", "monitor.service")
    monkeypatch.setenv("MONITOR_SERVICE_RESULT", "watchdog")
    terminal.configure(terminal.config_text(f'[health]\nsend_to = ["desk"]\n{more}'))
    said = terminal.type("service", "report-failure")
    assert said.code == 0, said.err
    assert "the service monitor has failed on" in said.out
    assert "journalctl -u monitor -n 50" in said.out
    assert "watchdog" in said.out


def test_a_failure_that_nobody_receives_is_an_error(terminal):
    terminal.configure()
    said = terminal.type("service", "report-failure")
    assert said.code == 2
    assert "set send_to in [health]" in said.err


def test_settings_that_work_in_a_terminal_and_not_in_the_service_are_named(image, capsys, monkeypatch):
    monkeypatch.setenv("HOOK", "json://hook.example/x")
    run(["service", "install", "--root", str(image)])
    config = image / "etc/monitor/config.toml"
    text = config.read_text().replace('url = "console://"', 'url = "${HOOK}"  # ${OTHER}')
    config.write_text(text.replace("/var/lib/monitor/monitor.db", "/srv/news/monitor.db"))
    capsys.readouterr()
    assert run(["service", "install", "--root", str(image)]) == 0
    left = capsys.readouterr().out.partition("Left to do:")[2]
    assert "the service has no environment variable HOOK: use ${file:hook}" in left
    assert "OTHER" not in left
    assert "[storage] path: the service cannot write /srv/news" in left


def test_a_first_configuration_has_nothing_that_the_service_cannot_use(image, capsys):
    run(["service", "install", "--root", str(image)])
    left = capsys.readouterr().out.partition("Left to do:")[2]
    assert "cannot write" not in left
    assert "environment variable" not in left


def test_a_dry_run_prints_the_files_also_if_the_installation_would_be_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(service, "_program", lambda: ["/home/ana/.local/bin/monitor"])
    assert run(["service", "install", "--dry-run", "--root", str(tmp_path)]) == 2
    printed = capsys.readouterr()
    assert "WatchdogSec=120" in printed.out
    assert "cannot see the program" in printed.err
