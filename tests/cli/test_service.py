from __future__ import annotations

import os
import pwd
import re
from importlib.metadata import PackageNotFoundError

import pytest

from monitor.cli import service
from monitor.cli.app import run
from monitor.cli.init import AUDIENCES
from monitor.service import environment, files, installation
from monitor.service.units import MARK

FILES = [
    *("etc/monitor/config.toml", "etc/systemd/system/monitor-failure.service", "etc/systemd/system/monitor.service"),
    *("etc/sysusers.d/monitor.conf", "etc/tmpfiles.d/monitor.conf"),
]


@pytest.fixture
def image(tmp_path, monkeypatch):
    """A directory to install into, on a machine whose Python a system service can see."""
    monkeypatch.setattr(environment, "HIDDEN", ())
    monkeypatch.setattr(installation, "program", lambda: ["/opt/monitor/venv/bin/monitor"])
    return tmp_path / "image"


def write_small_configuration(config):
    """Write a configuration without packs, because loading those takes long."""
    config.parent.mkdir(parents=True)
    config.write_text('[feeds]\n[destinations.desk]\nurl = "console://"\n[http]\ncontact = "a@example.org"\n')
    return config


def unit_of_another_program(image):
    unit = image / "etc/systemd/system/monitor.service"
    unit.parent.mkdir(parents=True)
    unit.write_text("[Unit]\n")
    return unit


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
    monkeypatch.setattr(installation, "program", lambda: [program])
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
    unit_of_another_program(image)
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


def test_an_error_beside_the_address_does_not_keep_the_failure_from_being_sent(terminal):
    more = '[destinations]\nteam = { url = "console://", max_sevrity = "high" }\n[health]\nsend_to = ["team"]\n'
    terminal.configure(terminal.config_text(more))
    said = terminal.type("service", "report-failure")
    assert said.code == 0, said.err
    assert "the service monitor has failed on" in said.out


def test_a_failure_that_cannot_be_sent_without_its_secret_names_the_secret(terminal):
    terminal.configure(
        terminal.config_text('[destinations.chat]\nurl = "${file:chat}"\n[health]\nsend_to = ["chat"]\n')
    )
    said = terminal.type("service", "report-failure")
    assert said.code == 1
    assert "monitor: chat: url in [destinations.chat] needs the file" in said.err
    assert "nobody was notified" in said.err


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


@pytest.mark.parametrize("place", ["hidden", "below a link"])
def test_what_a_link_leads_to_must_be_visible_too(tmp_path, monkeypatch, capsys, place):
    hidden = tmp_path / "home" / "ana"
    hidden.mkdir(parents=True)
    (hidden / "monitor").touch()
    (tmp_path / "bin").symlink_to(hidden)
    monkeypatch.setattr(environment, "HIDDEN", (str(tmp_path / "home"),))
    program = hidden / "monitor" if place == "hidden" else tmp_path / "bin" / "monitor"
    monkeypatch.setattr(installation, "program", lambda: [str(program)])
    assert run(["service", "install", "--root", str(tmp_path / "image")]) == 2
    assert "a system service cannot see the program" in capsys.readouterr().err


def test_the_standard_library_of_a_copied_python_must_be_visible_too(image, monkeypatch, capsys):
    monkeypatch.setattr(environment, "HIDDEN", ("/home",))
    monkeypatch.setattr(installation.sys, "base_prefix", "/home/ana/.pyenv/versions/3.12")
    assert run(["service", "install", "--root", str(image)]) == 2
    assert "a system service cannot see Python in /home" in capsys.readouterr().err


def test_secrets_that_an_included_file_names_are_added_too(image, capsys):
    folder = write_small_configuration(image / "etc/monitor/config.toml").parent
    (folder / "people.toml").write_text('[destinations.chat]\nurl = "slack://${file:token}/#x-${file:second}"\n')
    config = folder / "config.toml"
    config.write_text('include = ["people.toml"]\n' + config.read_text())
    run(["service", "install", "--root", str(image)])
    unit = (image / "etc/systemd/system/monitor.service").read_text()
    assert [line.partition(":")[0] for line in unit.splitlines() if line.startswith("LoadCredential")] == [
        "LoadCredential=second",
        "LoadCredential=token",
    ]


def test_the_folder_of_a_configuration_elsewhere_keeps_its_permissions(image):
    """Else systemd-tmpfiles would make /etc unreadable for all other users."""
    assert run(["service", "-c", "/etc/monitor.toml", "install", "--root", str(image)]) == 0
    rules = (image / "etc/tmpfiles.d/monitor.conf").read_text().splitlines()
    assert [rule for rule in rules if rule.startswith("d ")] == ["d /etc/secrets 0700 root root"]
    assert "z /etc/monitor.toml 0640 root monitor" in rules


@pytest.mark.parametrize("name", ["a\nb", "\udcff"], ids=["line break", "not UTF-8"])
def test_a_path_that_no_unit_can_name_is_refused(image, capsys, name):
    assert run(["service", "-c", f"/etc/{name}/config.toml", "install", "--root", str(image)]) == 2
    assert "a unit cannot name such a path" in capsys.readouterr().err
    assert not image.exists()


def test_an_umask_does_not_close_the_folders_of_an_image(image):
    before = os.umask(0o077)
    try:
        assert run(["service", "install", "--root", str(image)]) == 0
    finally:
        os.umask(before)
    folders = ("etc", "etc/systemd/system", "etc/sysusers.d", "etc/tmpfiles.d")
    assert {(image / folder).stat().st_mode & 0o777 for folder in folders} == {0o755}


def test_the_service_of_another_program_is_not_stopped(image, monkeypatch, capsys):
    called = []
    monkeypatch.setattr(service, "_systemctl", lambda *words: called.append(words) or "")
    for module in (files, installation):
        monkeypatch.setattr(module, "below", lambda _, path: image / path.relative_to("/"))
    unit = unit_of_another_program(image)
    assert run(["service", "uninstall"]) == 0
    assert called == []
    unit.write_text(MARK)
    assert run(["service", "uninstall"]) == 0
    assert [words[1] for words in called] == ["disable", "daemon-reload"]
    assert not unit.exists()


def test_uninstall_removes_the_link_that_starts_the_service_and_names_what_it_keeps(image, capsys):
    run(["service", "install", "--root", str(image)])
    link = image / "etc/systemd/system/multi-user.target.wants/monitor.service"
    link.parent.mkdir()
    link.symlink_to("/etc/systemd/system/monitor.service")
    capsys.readouterr()
    run(["service", "uninstall", "--root", str(image)])
    assert not link.is_symlink()
    out = capsys.readouterr().out
    assert f"kept       {image}/etc/monitor/config.toml\n" in out
    assert "/var/lib/monitor" not in out  # there is none


def test_a_masked_unit_is_named(image, capsys):
    unit = image / "etc/systemd/system/monitor.service"
    unit.parent.mkdir(parents=True)
    unit.symlink_to("/dev/null")
    assert run(["service", "install", "--root", str(image)]) == 2
    assert "systemctl unmask monitor.service" in capsys.readouterr().err


def test_a_configuration_that_is_a_broken_link_is_kept(image, capsys):
    config = image / "etc/monitor/config.toml"
    config.parent.mkdir(parents=True)
    config.symlink_to("/nowhere/config.toml")
    assert run(["service", "install", "--root", str(image)]) == 1
    assert config.is_symlink()


def test_a_monitor_that_is_run_from_a_folder_is_not_installed_as_a_service(tmp_path, monkeypatch, capsys):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(installation, "version", missing)
    monkeypatch.setattr(installation.sys, "executable", str(tmp_path / "python"))
    assert run(["service", "install", "--root", str(tmp_path / "image")]) == 2
    assert "is run from this folder and is not installed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("answers", "step"),
    [
        ({"daemon-reload": "Failed to connect to bus"}, "systemctl --user daemon-reload, in a session of your own"),
        ({"is-active": ""}, "systemctl --user restart monitor.service, because its unit has changed"),
        ({"is-active": "inactive"}, None),
    ],
    ids=["no bus", "running", "stopped"],
)
def test_what_is_left_depends_on_the_running_service(tmp_path, monkeypatch, capsys, answers, step):
    monkeypatch.setenv("HOME", str(tmp_path / "ana"))
    write_small_configuration(tmp_path / "ana/.config/monitor/config.toml")
    monkeypatch.setattr(service, "_SYSTEMD", tmp_path)
    monkeypatch.setattr(service, "_systemctl", lambda _, word, *__: answers.get(word, ""))
    run(["service", "install", "--user"])
    unit = tmp_path / "ana/.config/systemd/user/monitor.service"
    unit.write_text(f"{MARK}\nof an older version\n")
    capsys.readouterr()
    run(["service", "install", "--user"])
    left = capsys.readouterr().out.partition("Left to do:")[2]
    assert (step in left) if step else ("restart" not in left)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_an_untouched_first_configuration_is_to_be_edited_and_an_edited_one_is_not(image, capsys, audience):
    run(["service", "install", "--root", str(image), "--for", audience])
    config = image / "etc/monitor/config.toml"
    config.write_text(re.sub("(?m)^contact( *)= .*", r'contact\1= "ana@other.example"', config.read_text()))
    run(["service", "install", "--root", str(image)])
    assert capsys.readouterr().out.count("edit /") == 2
    config.write_text(config.read_text() + "# ours\n")
    run(["service", "install", "--root", str(image)])
    assert "edit /" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answers", "lingers", "left"),
    [
        ({}, True, []),
        ({}, False, ["loginctl enable-linger,"]),
        ({"is-active": "inactive"}, True, ["systemctl --user enable --now", "systemctl --user status"]),
        ({"is-enabled": "disabled"}, True, ["systemctl --user enable --now", "systemctl --user status"]),
    ],
    ids=["running", "ends with the session", "stopped", "not enabled"],
)
def test_what_has_been_done_is_not_left_to_do(tmp_path, monkeypatch, capsys, answers, lingers, left):
    monkeypatch.setenv("HOME", str(tmp_path / "ana"))
    write_small_configuration(tmp_path / "ana/.config/monitor/config.toml")
    monkeypatch.setattr(service, "_SYSTEMD", tmp_path)
    monkeypatch.setattr(service, "_systemctl", lambda _, word, *__: answers.get(word, ""))
    monkeypatch.setattr(service, "_LINGER", tmp_path / "linger")
    (tmp_path / "linger" / (pwd.getpwuid(os.getuid()).pw_name if lingers else "somebody")).mkdir(parents=True)
    run(["service", "install", "--user"])
    capsys.readouterr()
    assert run(["service", "install", "--user"]) == 0
    out = capsys.readouterr().out
    steps = re.findall(r"^  \d\. (.*)$", out, re.MULTILINE)
    assert len(steps) == len(left)
    assert all(step.startswith(words) for step, words in zip(steps, left, strict=True))
    assert ("Nothing is left to do: the service is enabled and running." in out) == (not left)


def test_without_systemd_the_steps_say_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path / "ana"))
    write_small_configuration(tmp_path / "ana/.config/monitor/config.toml")
    monkeypatch.setattr(service, "_SYSTEMD", tmp_path / "missing")
    assert run(["service", "install", "--user"]) == 0
    assert "systemd is not running here" in capsys.readouterr().out


def test_a_port_that_needs_root_is_named(image, capsys):
    config = write_small_configuration(image / "etc/monitor/config.toml")
    config.write_text(config.read_text() + '[web]\nlisten = "127.0.0.1:80"\n')
    run(["service", "install", "--root", str(image)])
    assert "the service may not listen on port 80" in capsys.readouterr().out


def test_a_first_configuration_has_nothing_that_the_service_cannot_use(image, capsys):
    run(["service", "install", "--root", str(image)])
    left = capsys.readouterr().out.partition("Left to do:")[2]
    assert "cannot write" not in left
    assert "environment variable" not in left


def test_a_dry_run_prints_the_files_also_if_the_installation_would_be_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(installation, "program", lambda: ["/home/ana/.local/bin/monitor"])
    assert run(["service", "install", "--dry-run", "--root", str(tmp_path)]) == 2
    printed = capsys.readouterr()
    assert "WatchdogSec=120" in printed.out
    assert "cannot see the program" in printed.err
