from __future__ import annotations

import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path, PurePosixPath

import pytest

from monitor.errors import UsageError
from monitor.service.units import EXAMPLE, MARK, Installation, exec_words, render, target_paths

REPOSITORY = Path(__file__).resolve().parents[2]
NAMES = sorted(target_paths(EXAMPLE, Path("/home/ana")))
UNITS = [name for name in NAMES if name.endswith(".service")]
MOST_EXPOSED = {"monitor.service": 11, "monitor-failure.service": 15}  # tenths
PLACES = {
    "plain": "/etc/monitor/config.toml",
    "with spaces and specifiers": "/srv/news of 100%/$x/config.toml",
}

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")


def analyze(*words: str | Path) -> tuple[int, str]:
    """Return exit code and output of systemd-analyze."""
    done = subprocess.run(["systemd-analyze", *map(str, words)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def written(folder: Path, installation: Installation) -> list[Path]:
    for name in UNITS:
        (folder / name).write_text(render(installation, name))
    return [folder / name for name in UNITS]


@needs_systemd
@pytest.mark.parametrize("for_user", [False, True], ids=["system", "user"])
@pytest.mark.parametrize("config", PLACES.values(), ids=PLACES)
def test_systemd_accepts_the_units(tmp_path, monkeypatch, config, for_user):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))  # a user manager has one
    installation = Installation("/bin/true", PurePosixPath(config), ("duty_mail", "slack.url"), for_user)
    scope = ["--user"] if for_user else ["--system"]
    code, output = analyze("verify", "--man=no", *scope, *written(tmp_path, installation))
    # other units of the machine may be reported too
    assert [line for line in output.splitlines() if "monitor" in line] == []
    assert code == 0, output


@needs_systemd
@pytest.mark.parametrize("name", ["a b", "a%b", "a$b", "a${b}", "a;b", "\u00e4"])
def test_systemd_finds_a_program_and_its_credentials_whatever_their_path(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    program = folder / "monitor"
    program.symlink_to("/bin/true")
    # a source that is no absolute path is refused, and shown as systemd has read it
    installation = Installation(exec_words(str(program)), PurePosixPath("relative", name, "c.toml"), ("hook",))
    _, output = analyze("verify", "--man=no", *written(tmp_path, installation))
    assert "not executable" not in output
    assert f'Credential source "relative/{name}/secrets/hook" not valid' in output


@pytest.mark.parametrize("name", ['a"b', "a'b", "a\\b", "a\nb"])
def test_a_program_that_systemd_cannot_run_is_refused(name):
    with pytest.raises(UsageError, match="install it elsewhere"):
        exec_words(f"/opt/{name}/monitor")


@needs_systemd
@pytest.mark.parametrize("name", UNITS)
def test_the_units_expose_little(tmp_path, name):
    written(tmp_path, Installation("/bin/true", EXAMPLE.config))
    threshold = f"--threshold={MOST_EXPOSED[name]}"
    code, output = analyze("security", "--offline=true", threshold, "--no-pager", tmp_path / name)
    assert code == 0, output.splitlines()[-1]


@pytest.mark.parametrize("name", NAMES)
def test_the_folder_systemd_holds_what_install_writes_for_the_example(name):
    assert (REPOSITORY / "systemd" / name).read_text() == render(EXAMPLE, name)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_line_marks_the_file_as_ours(name):
    assert render(EXAMPLE, name).startswith(MARK)


@pytest.mark.parametrize("name", NAMES)
def test_every_placeholder_of_a_template_is_filled(name):
    assert not re.search("@[A-Z]", render(EXAMPLE, name))


def test_the_units_name_program_configuration_and_credentials():
    unit = render(Installation("/opt/m/bin/monitor", PurePosixPath("/srv/m/c.toml"), ("slack",)), "monitor.service")
    assert "\nExecStart=/opt/m/bin/monitor --config /srv/m/c.toml run\n" in unit
    assert "\nLoadCredential=slack:/srv/m/secrets/slack\n" in unit


def test_the_unit_of_a_person_asks_for_nothing_that_needs_root():
    unit = render(Installation("/bin/true", EXAMPLE.config, for_user=True), "monitor.service")
    keys = {line.partition("=")[0] for line in unit.splitlines() if not line.startswith("#")}
    assert not keys & {"User", "CapabilityBoundingSet", "ProtectSystem", "StateDirectory", "LoadCredential"}
    assert {"NoNewPrivileges", "SystemCallFilter", "Restart", "OnFailure", "WatchdogSec"} <= keys
    assert "WantedBy=default.target" in unit


@pytest.mark.parametrize("for_user", [False, True], ids=["system", "user"])
def test_every_directive_of_the_unit_has_its_reason_above_it(for_user):
    installation = Installation("/bin/true", EXAMPLE.config, ("slack",), for_user)
    lines = render(installation, "monitor.service").splitlines()
    directives = [(above, line) for above, line in pairwise(lines) if "=" in line and not line.startswith("#")]
    unexplained = [line for above, line in directives if not above.startswith("#")]
    # what they say is their reason
    assert [line for line in unexplained if not line.startswith(("Description", "Documentation", "WantedBy"))] == []
