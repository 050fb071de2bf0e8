import resource
import subprocess
import sys

import pytest
from support.patience import PATIENCE_S

from monitor.cli.options import MIN_OPEN_FILES, require_open_files
from monitor.errors import UsageError


@pytest.fixture
def limits(monkeypatch):
    """Give a list with the limits on open files, soft and hard, to be set by the test."""
    now = [0, 0]
    monkeypatch.setattr(resource, "getrlimit", lambda _: tuple(now))
    monkeypatch.setattr(resource, "setrlimit", lambda _, new: now.__setitem__(slice(None), new))
    return now


@pytest.mark.parametrize(
    ("given", "then"),
    [
        ((24, 4096), [1024, 4096]),
        ((24, 100), [100, 100]),
        ((2048, 4096), [2048, 4096]),
        ((24, resource.RLIM_INFINITY), [1024, resource.RLIM_INFINITY]),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), [resource.RLIM_INFINITY] * 2),
    ],
)
def test_the_limit_on_open_files_is_raised_as_far_as_it_may_be(limits, given, then):
    limits[:] = given
    require_open_files()
    assert limits == then


def test_too_low_a_limit_is_refused_with_the_way_out(limits):
    limits[:] = 24, MIN_OPEN_FILES - 1
    with pytest.raises(UsageError, match=r"only 63 files may be open.*ulimit -n 1024"):
        require_open_files()


@pytest.mark.parametrize("command", ["run", pytest.param("once", marks=pytest.mark.slow)])
def test_a_command_that_polls_says_in_one_line_that_it_may_open_too_few_files(terminal, command):
    terminal.configure()
    arguments = [sys.executable, "-m", "monitor", "-c", str(terminal.config), command]
    limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))  # noqa: E731
    said = subprocess.run(arguments, capture_output=True, text=True, preexec_fn=limit, check=False, timeout=PATIENCE_S)
    assert said.returncode == 2
    assert said.stderr.count("\n") <= 2
    assert "only 24 files may be open at a time" in said.stderr
