import pytest
from support.unprivileged import open_folder, without_privileges

from monitor.daemon.control_client import ask
from monitor.errors import MonitorError, NotRunning


def test_without_a_socket_no_daemon_is_running(tmp_path):
    with pytest.raises(NotRunning, match="no daemon is running"):
        ask(tmp_path / "monitor.db", {"do": "status"})


def test_a_socket_that_the_user_may_not_use_says_nothing_about_the_daemon():
    with open_folder() as folder:
        (folder / "state").mkdir(mode=0o700)
        with without_privileges(), pytest.raises(MonitorError, match="unknown whether a daemon is running") as refused:
            ask(folder / "state" / "monitor.db", {"do": "status"})
    assert not isinstance(refused.value, NotRunning)
