"""The real process: signals, reload, systemd's protocol, the control socket."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

import pytest
from support.command_line import Typed
from support.config_lines import CONSOLE, WATCHLIST, configured, rss
from support.patience import PATIENCE_S
from support.servers import FeedServer, Reply

from monitor import clock
from monitor.cli.app import run
from monitor.daemon import service
from monitor.daemon.app import Daemon
from monitor.daemon.operator_actions import perform_action, read_action
from monitor.daemon.status import Observed, status_report
from monitor.errors import FeedState, UsageError
from monitor.health import progress
from monitor.store import feeds, open_writer, write


class Process:
    """``monitor run`` on a configuration in *folder*, its words to systemd kept."""

    def __init__(self, folder: Path, feeds: dict[str, str], more: str = CONSOLE) -> None:
        self.config = folder / "config.toml"
        listed = "".join(f'{name} = "{url}"\n' for name, url in feeds.items())
        self.text = f'[storage]\npath = "monitor.db"\n[feeds]\n{listed}{WATCHLIST.replace("1h", "1s")}{more}'
        self.config.write_text(self.text)
        self._bus = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._bus.bind(str(folder / "notify"))
        self._bus.settimeout(PATIENCE_S)
        self._log = (folder / "log").open("w+")
        self._read_from = 0
        environ = os.environ | {"NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": "400000"}
        self._run = subprocess.Popen([*self._command(), "run"], stdout=self._log, stderr=self._log, env=environ)

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "monitor", "-c", str(self.config)]

    def heard(self, word: str) -> str:
        """Wait until systemd has been told *word*; return the whole datagram."""
        end = monotonic() + PATIENCE_S
        while word not in (said := self._bus.recv(4096).decode()):
            assert monotonic() < end, f"systemd was never told {word}"
        return said

    def edit(self, text: str) -> None:
        """Write the configuration, and wait until the daemon has read it."""
        self.config.write_text(text)
        self.heard("RELOADING=1")
        self.heard("READY=1")

    def logged(self, text: str, within_s: float = PATIENCE_S) -> str:
        """Wait until the log of this test holds *text*; return that log."""
        end = monotonic() + within_s
        while text not in (log := self._read_log()):
            assert monotonic() < end, f"{text!r} was never logged:\n{log}"
            assert self._run.poll() is None or text in self._read_log(), log
            sleep(0.05)
        return log

    def _read_log(self) -> str:
        return Path(self._log.name).read_text()[self._read_from :]

    def begin_test(self) -> None:
        """Forget what was logged and said for earlier tests, and restore the configuration if one has edited it."""
        if self.config.read_text() != self.text:
            self.edit(self.text)
        self._read_from = len(Path(self._log.name).read_text())

    def send(self, number: signal.Signals) -> None:
        self._run.send_signal(number)

    def ended(self) -> int:
        return self._run.wait(PATIENCE_S)

    def close(self) -> None:
        self._run.kill()
        self._run.wait()
        self._log.close()
        self._bus.close()


def asked(site: FeedServer, path: str) -> None:
    """Wait until somebody has asked for *path*."""
    end = monotonic() + PATIENCE_S
    while not any(request.path == path for request in site.requests):
        assert monotonic() < end, f"nobody asked for {path}"
        sleep(0.05)


@pytest.fixture(scope="module")
def site() -> Iterator[FeedServer]:
    with FeedServer(host="127.3.1.1") as server:
        server.route("/feed", Reply(body=rss(["A quiet week"]), etag=b'"1"'))
        yield server


@pytest.fixture
def process(tmp_path, site) -> Iterator[Process]:
    """A daemon that the test may stop."""
    running = Process(tmp_path, {"wire": site.url("/feed")})
    running.heard("READY=1")
    yield running
    running.close()


@pytest.fixture(scope="module")
def process_of_module(tmp_path_factory, site) -> Iterator[Process]:
    running = Process(tmp_path_factory.mktemp("daemon"), {"wire": site.url("/feed")})
    running.heard("READY=1")
    running.logged("polled")
    yield running
    running.close()


@pytest.fixture
def shared_process(process_of_module) -> Process:
    """A daemon that several tests share, and none stops; its configuration is restored before each."""
    process_of_module.begin_test()
    return process_of_module


@pytest.fixture
def typed(capsys) -> Callable[..., Typed]:
    """Return a function that runs a command on the configuration of a daemon, in this process."""

    def run_command(process: Process, *words: str) -> Typed:
        capsys.readouterr()
        code = run(["-c", str(process.config), *words])
        return Typed(code, *capsys.readouterr())

    return run_command


def test_the_service_notifies_systemd_when_ready_and_by_watchdog_and_stops_cleanly(process, typed):
    process.heard("WATCHDOG=1")
    process.heard("WATCHDOG=1")
    process.send(signal.SIGTERM)
    process.heard("STOPPING=1")
    assert process.ended() == 0
    assert not process.config.with_name("monitor.db.sock").exists()
    assert typed(process, "status").code == 3


def test_ctrl_c_stops_it_cleanly(process):
    process.send(signal.SIGINT)
    assert process.ended() == 0
    log = process.logged("stopping")
    assert "Traceback" not in log
    assert "CancelledError" not in log


@pytest.mark.slow
def test_sigterm_stops_it_within_ten_seconds_while_a_send_hangs(tmp_path, site, typed):
    site.route("/feed", Reply(body=rss(["Old"])), Reply(body=rss(["Lazarus Group stole $2M", "Old"])))
    site.route("/hook", Reply(hang=True))
    more = f'[destinations.desk]\nurl = "json://127.3.1.1:{site.port}/hook"\n'
    process = Process(tmp_path, {"wire": site.url("/feed")}, more)
    asked(site, "/hook")
    process.send(signal.SIGTERM)
    began = monotonic()
    assert process.ended() == 0
    assert monotonic() - began < 10
    assert json.loads(typed(process, "outbox", "--json").out)[0]["state"] == "in flight"
    process.close()


def test_an_edit_is_applied_as_a_whole(shared_process):
    shared_process.edit(shared_process.text.replace("[rules.any]", "[rules.everything]"))
    assert "configuration active" in shared_process.logged("configuration active")


def test_a_file_with_errors_is_refused_and_logged_and_the_previous_one_stays_active(shared_process, typed):
    shared_process.edit(shared_process.text + "[rulez]\n")
    shared_process.logged("configuration refused")
    assert typed(shared_process, "explain", "Lazarus Group").code == 2  # needs the file
    said = typed(shared_process, "status", "--json")  # uses the active configuration
    assert said.code == 1
    assert "unknown section [rulez]" in json.loads(said.out)["problems"][0]


def test_sighup_reloads(shared_process):
    shared_process.send(signal.SIGHUP)
    shared_process.heard("RELOADING=1")
    shared_process.heard("READY=1")
    shared_process.logged("configuration active")


def test_a_removed_feed_is_not_polled_and_a_new_one_is(shared_process, site):
    site.route("/other", Reply(body=rss(["B"]), etag=b'"1"'))
    shared_process.edit(shared_process.text.replace("wire = ", "other = ").replace("/feed", "/other"))
    shared_process.logged("configuration active")
    asked(site, "/other")


def test_status_exits_0_if_there_are_no_problems(shared_process, typed):
    said = typed(shared_process, "status")
    assert said.code == 0, said.out
    assert said.out.endswith("No problems.\n")


async def test_status_lists_notes_apart_from_problems(tmp_path, site):
    async with Daemon(configured(tmp_path, {"wire": site.url("/feed")})) as daemon:
        await daemon.poll_now()
        record = await daemon.ask(lambda db: feeds.load_feed(db, "wire"))
        silent = replace(record, state=FeedState.SILENT, cause="nothing new for 3 days")
        await daemon.committer.do(lambda db: feeds.save_feed(db, silent))
        observed = Observed(daemon.active(), started_at=clock.now())
        answer = await daemon.ask(lambda db: status_report(db, observed, clock.now()))
    assert (answer["notes"], answer["problems"]) == (["feed wire: silent: nothing new for 3 days"], [])
    assert answer["feeds"] == {"total": 1, "ok": 0, "odd": 1, "new": 0, "failing": 0, "down": 0}


async def test_a_feed_that_is_gone_is_a_problem_and_a_single_failure_is_a_note(tmp_path, site):
    site.route("/gone", Reply(status=410))
    site.route("/fails", Reply(status=500))
    urls = {name: site.url(f"/{name}") for name in ("gone", "fails", "feed")}
    async with Daemon(configured(tmp_path, urls)) as daemon:
        await daemon.poll_now()
        observed = Observed(daemon.active(), started_at=clock.now())
        answer = await daemon.ask(lambda db: status_report(db, observed, clock.now()))
    assert [line.partition(": ")[0] for line in answer["problems"]] == ["feed gone"]
    assert [line.partition(": ")[0] for line in answer["notes"]] == ["feed fails"]
    assert answer["notes"][0].endswith("(1 failure)")
    assert (answer["feeds"]["failing"], answer["feeds"]["down"]) == (2, 1)


def test_a_second_daemon_exits_4_and_names_the_first(shared_process, typed):
    said = typed(shared_process, "run")
    assert said.code == 4
    assert "pid" in said.err


def test_the_daemon_exits_1_with_a_message_if_its_database_is_deleted(process):
    process.logged("polled")
    process.config.with_name("monitor.db").unlink()
    assert process.ended() == 1
    assert "was deleted or replaced" in process.logged("was deleted")


def test_an_unknown_request_is_refused_and_the_socket_stays_open(shared_process, typed):
    path = str(shared_process.config.with_name("monitor.db.sock"))
    for line in (b"nonsense\n", b"[]\n", b'{"do": "dance"}\n', b'{"do": "drop", "id": 99}\n', b"x" * 2_000_000):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE_S)
            client.connect(path)
            try:
                client.sendall(line)
            except BrokenPipeError:
                continue
            answer = client.makefile().readline()
            assert not answer or json.loads(answer)["exit_code"] == 2
    assert typed(shared_process, "status").code in (0, 1)


def test_a_running_daemon_performs_operator_actions(shared_process, typed):
    said = typed(shared_process, "silence", "lazarus", "4h", "-m", "known campaign")
    assert (said.code, said.err) == (0, "")
    assert json.loads(typed(shared_process, "silences", "--json").out)[0]["why"] == "known campaign"
    assert typed(shared_process, "silences", "end", "1").out == "silence 1 has ended\n"
    refused = typed(shared_process, "triage", "7", "ack")
    assert (refused.code, "no hit #7" in refused.err) == (2, True)


@pytest.mark.parametrize(
    "request_",
    [
        {"do": "triage", "id": 1, "triage": "great"},
        {"do": "triage", "id": "1", "triage": "ack"},
        {"do": "silence", "subject": "feed", "name": "wire", "for_s": 9, "why": "x"},
        {"do": "silence", "subject": "actor", "name": "lazarus", "for_s": -1, "why": "x"},
        {"do": "silence", "subject": "actor", "name": "lazarus", "for_s": 1e300, "why": "x"},
        {"do": "end silence", "id": 4},
        {"do": "send digest"},
    ],
    ids=str,
)
def test_impossible_actions_are_refused_with_and_without_a_daemon(tmp_path, request_):
    with open_writer(tmp_path / "monitor.db") as db, write(db), pytest.raises(UsageError):
        perform_action(db, read_action(request_), datetime.now(UTC))


async def test_without_systemd_each_round_of_deliveries_counts_as_progress_of_the_database(tmp_path, monkeypatch):
    config = configured(tmp_path, {"wire": "http://127.3.1.2:9/feed"})
    async with Daemon(config) as daemon:
        running = service._Service(daemon, lambda: config)
        monkeypatch.setattr(progress, "monotonic", lambda: monotonic() + 100)
        assert len(running._progress.problems()) == 3
        await running._deliver(clock.now())
        assert running._progress.problems() == ["no polls have been started for 100 s"]
