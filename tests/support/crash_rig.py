"""A rig that kills the real process at a failpoint or a random moment, restarts it, and finally checks the alerts.

    with Rig(folder, host="127.5.0.1", seed=1) as rig:
        rig.crash_at("accepted")
        rig.crash_at_random()
        verdict = rig.settle()

Two feeds, three webhooks (one fast, one slow, one that refuses three posts of ten) and a mail server, all with real
sockets. Each process finds new entries, each with a token of its own in the title. The webhooks must receive all of
them, the mail server some.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Self

from support.crash_verdict import Crash, Message, Sent, Verdict, judge
from support.mail_server import Mailbox
from support.servers import FeedServer, Reply, Request

from monitor.failpoints import ENVIRONMENT
from monitor.model import DeliveryState
from monitor.store import delivery_list, feeds, open_reader, outbox

ROOT = Path(__file__).parents[2]
FEEDS = ("feed-a", "feed-b")
HOOKS = ("quick", "slow", "grumpy")
MAILS_WAITING = 2
LOOK_S = 0.004  # between two looks at the process
START_S = 1.5  # from the start of a process to its first request, on an idle machine
# the following are multiplied by how much slower this machine is at present
LONGEST_LIFE_S = 6.0
PATIENCE_S = 60.0  # for a process to reach a failpoint
DRAIN_S = 180.0
POLLED_AGAIN_S = 10.0
EXIT_S = 15.0
FIRST_POLL_S = 600.0  # for the first request of all, by which the speed of the machine is measured

CONFIG = """
[storage]
path = "monitor.db"
[http]
every = "1s"
timeout = "5s"
allow_private = ["127.0.0.0/8"]
[alerts]
group = "none"
storm = 1000
[actors]
lazarus = ["Lazarus Group"]
[keywords]
ransom = ["ransom"]
[rules.all]
actors = ["lazarus"]
send_to = ["quick", "slow", "grumpy"]
[rules.mailed]
actors = ["lazarus"]
keywords = ["ransom"]
send_to = ["mail"]
"""


class Site(FeedServer):
    """The feeds and the webhooks."""

    def begin(self, dice: random.Random) -> None:
        self.dice = dice
        self.entries: dict[str, list[str]] = {name: [] for name in FEEDS}
        self.asked: list[str] = []
        self.posted: list[tuple[str, str]] = []

    def _reply(self, request: Request) -> Reply:
        name = request.path.strip("/")
        if request.method == "GET":
            self.asked.append(name)
            return Reply(body=_document(self.entries[name]))
        if name == "grumpy" and self.dice.random() < 0.3:
            return Reply(status=500)
        alert = json.loads(request.body)
        self.posted.append((name, f"{alert['title']}\n{alert['message']}"))
        return Reply(wait_s=0.15 if name == "slow" else 0.0)


class Rig:
    """A database, the process that owns it, and the servers that it talks to."""

    def __init__(self, folder: Path, *, host: str, seed: int) -> None:
        self._folder = folder
        self._dice = random.Random(seed)
        self._site = Site(host=host)
        self._site.begin(random.Random(seed + 1))
        self._mailbox = Mailbox(host)
        self._stack = ExitStack()
        self._running: subprocess.Popen[bytes] | None = None
        self._pids: list[int] = []
        self._baselined = False
        self._slowness = 1.0  # how many times START_S the last process took
        self._launched_at = 0.0
        self.promised: dict[str, tuple[str, ...]] = {}
        self.silent: list[str] = []
        self.messages: list[Message] = []
        self.crashes: list[Crash] = []
        self.problems: list[str] = []

    def __enter__(self) -> Self:
        with self._stack:
            self._stack.enter_context(self._site)
            self._stack.enter_context(self._mailbox)
            self._log = self._stack.enter_context((self._folder / "log").open("ab"))
            self._stack.callback(self._end)
            self._stack = self._stack.pop_all()
        urls = {name: self._site.url(f"/{name}").replace("http", "json") for name in HOOKS} | {
            "mail": self._mailbox.url
        }
        listed = "".join(f'{name} = "{self._site.url(f"/{name}")}"\n' for name in FEEDS)
        destinations = "".join(f'[destinations.{name}]\nurl = "{url}"\n' for name, url in urls.items())
        (self._folder / "config.toml").write_text(f"{CONFIG}{destinations}[feeds]\n{listed}")
        for name in FEEDS:
            self.silent.append(self._add(name, mailed=True))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    # ------------------------------------------------------------ kills

    def crash_at(self, point: str) -> None:
        """Run a process that kills itself at a failpoint."""
        self._first_polls()
        times = 1 if point in ("opened", "recovered") else self._dice.randint(1, 3)
        self.publish()
        process = self._launch(f"{point}:{times}")
        pause_s = 4 * self._slowness
        end, more = monotonic() + PATIENCE_S * self._slowness, monotonic() + pause_s
        asked = len(self._site.asked)
        while process.poll() is None and monotonic() < end:
            sleep(LOOK_S)
            asked = self._measure_speed(asked)
            if monotonic() > more:
                self.publish()
                more += pause_s
        if process.poll() is None:
            self.problems.append(f"life {len(self._pids)} never passed {point}:{times}")
        self._kill(point)

    def crash_at_random(self) -> None:
        """Run a process and kill it at a random moment, often shortly after a request."""
        if self._baselined:
            self.publish()
        end = monotonic() + LONGEST_LIFE_S * self._slowness
        events = {
            "start": (lambda: 0, 3.0),
            "asked": (lambda: len(self._site.asked), 0.6),
            "posted": (lambda: len(self._site.posted), 0.25),
            "mailed": (lambda: len(self._mailbox.mails), 0.05),
        }
        count, spread_s = events[self._dice.choices([*events], [2, 3, 4, 1])[0]]
        before, asked = count(), len(self._site.asked)
        process = self._launch()
        while spread_s < 1 and count() == before and process.poll() is None and monotonic() < end:
            sleep(LOOK_S)
            asked = self._measure_speed(asked)
        until = monotonic() + self._dice.uniform(0, spread_s) * self._slowness
        while process.poll() is None and monotonic() < until:
            sleep(LOOK_S)
        self._kill("")

    def settle(self) -> Verdict:
        """Let a last process send what is left, stop it with SIGTERM, and return the verdict on all messages."""
        self._first_polls()
        self.publish()
        process = self._launch()
        end = monotonic() + DRAIN_S * self._slowness
        while not self._drained() and process.poll() is None and monotonic() < end:
            sleep(0.1)
        self._ensure(self._drained(), "the outbox was not drained")
        self._ensure(self._polled_on(), "a feed is no longer polled")
        process.send_signal(signal.SIGTERM)
        self._ensure(process.wait(EXIT_S * self._slowness) == 0, f"exit code {process.returncode}")
        self._collect()
        self._look_at_database(self._folder / "monitor.db")
        self._look_at_log()
        self._ensure(not self._left_behind(), "processes are left behind")
        verdict = judge(self.promised, self.silent, self.messages, self.crashes)
        self.problems += verdict.problems
        return verdict

    def _first_polls(self) -> None:
        """Kill processes until each feed was polled once; the first poll sends no alert, so publish nothing yet."""
        end = monotonic() + FIRST_POLL_S
        while not self._baselined:
            asked = len(self._site.asked)
            process = self._launch()
            while process.poll() is None and monotonic() < end and {*FEEDS} - {*self._site.asked[asked:]}:
                sleep(LOOK_S)
                self._measure_speed(asked)
            until = monotonic() + self._dice.uniform(0, 1) * self._slowness
            while process.poll() is None and monotonic() < until:
                sleep(LOOK_S)
            self._kill("")
            self._ensure_in_time(end, "the feeds were never polled")

    def _measure_speed(self, asked: int) -> int:
        """Note how long this process took to its first request, if that has come; return the number of requests.

        Args:
            asked: How many requests there were when this was called last.
        """
        now = len(self._site.asked)
        if now > asked and self._launched_at:
            self._slowness = max(1.0, (monotonic() - self._launched_at) / START_S)
            self._launched_at = 0.0
        return now

    # ------------------------------------------------------------ entries

    def publish(self) -> None:
        """Add an entry to a feed or two."""
        for name in self._dice.choice([FEEDS, FEEDS[:1], FEEDS[1:]]):
            mailed = self._mails_waiting() < MAILS_WAITING and self._dice.random() < 0.5
            token = self._add(name, mailed=mailed)
            self.promised[token] = (*HOOKS, "mail") if mailed else HOOKS

    def _add(self, feed: str, *, mailed: bool) -> str:
        token = f"Q{len(self.promised) + len(self.silent):04}{self._word().upper()}Q"
        around = [self._word() for _ in range(6)]
        ransom = ["ransom"] if mailed else []
        self._site.entries[feed].insert(0, " ".join([*around[:3], "Lazarus Group", *ransom, *around[3:], token]))
        return token

    def _word(self) -> str:
        return "".join(self._dice.choice("bdfgklmnprstvz") + self._dice.choice("aeiou") for _ in range(4))

    def _mails_waiting(self) -> int:
        there = " ".join(m.text for m in self.messages if m.destination == "mail")
        return sum("mail" in to and token not in there for token, to in self.promised.items())

    # ------------------------------------------------------------ processes

    def _launch(self, fault: str = "") -> subprocess.Popen[bytes]:
        environ = os.environ | ({ENVIRONMENT: fault} if fault else {})
        command = [sys.executable, "-m", "monitor", "-c", str(self._folder / "config.toml"), "run"]
        self._running = subprocess.Popen(
            [*command, "--log-format", "json"],
            cwd=ROOT,
            env=environ,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,  # by which the processes that it leaves behind are found
        )
        self._pids.append(self._running.pid)
        self._launched_at = monotonic()
        return self._running

    def _kill(self, point: str) -> None:
        assert self._running is not None
        if self._running.poll() not in (None, -signal.SIGKILL):
            raise RuntimeError(
                f"the process exited before it was killed; the end of its log:\n{self._log_text()[-2000:]}"
            )
        self._running.kill()
        self._running.wait()
        sleep(0.05)  # until the servers have read what is in their sockets
        self._collect()
        self.crashes.append(Crash(len(self._pids), point, self._examined()))

    def _end(self) -> None:
        if self._running is not None:
            self._running.kill()
            self._running.wait()
        for pid in self._left_behind():
            os.kill(pid, signal.SIGKILL)

    def _collect(self) -> None:
        life = len(self._pids)
        known = {
            name: sum((m.destination == "mail") == (name == "mail") for m in self.messages) for name in ("mail", "")
        }
        for name, text in self._site.posted[known[""] :]:
            self.messages.append(Message(name, life, text))
        for mail in self._mailbox.mails[known["mail"] :]:
            self.messages.append(Message("mail", life, f"{mail['subject']}\n{mail.get_body(('plain',)).get_content()}"))

    # ------------------------------------------------------------ what is left behind

    def _examined(self) -> frozenset[Sent]:
        """Return what was in flight, read from a copy, so that the next process finds the files unchanged."""
        scratch = self._folder / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        for file in self._folder.glob("monitor.db*"):
            if file.suffix != ".sock":
                shutil.copy(file, scratch)
        copy = scratch / "monitor.db"
        return self._look_at_database(copy) if copy.exists() else frozenset()

    def _look_at_database(self, path: Path) -> frozenset[Sent]:
        with closing(sqlite3.connect(path)) as db:
            sound = db.execute("PRAGMA integrity_check").fetchone()[0]
            tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        self._ensure(sound == "ok", f"integrity_check: {sound}")
        if not tables:
            return frozenset()
        with closing(open_reader(path)) as reader:
            self._baselined = self._baselined or all(f.first_success_at for f in _both(feeds.load_feeds(reader)))
            flying = delivery_list.list_deliveries(reader, [DeliveryState.IN_FLIGHT])
            titles = [(hit.entry.text.title, d.destination) for d in flying for hit in outbox.hits_of(reader, d.id)]
        return frozenset((title.split()[-1], destination) for title, destination in titles)

    def _drained(self) -> bool:
        with closing(open_reader(self._folder / "monitor.db")) as reader:
            waiting = delivery_list.count_by_state(reader)
            known = {row["title"].split()[-1] for row in reader.query("SELECT title FROM entries")}
        return not waiting and known >= self.promised.keys()

    def _polled_on(self) -> bool:
        """Return whether every feed is polled twice more within POLLED_AGAIN_S."""
        begun, end = len(self._site.asked), monotonic() + POLLED_AGAIN_S * self._slowness
        while monotonic() < end:
            later = self._site.asked[begun:]
            if all(later.count(name) >= 2 for name in FEEDS):
                return True
            sleep(0.05)
        return False

    def _look_at_log(self) -> None:
        for line in self._log_text().splitlines():
            if line.startswith("{") and json.loads(line)["level"] == "error":
                self.problems.append(f"logged: {line}")

    def _log_text(self) -> str:
        return (self._folder / "log").read_text(errors="replace")

    def _left_behind(self) -> list[int]:
        """Return the processes that still run although their parent has exited."""
        end = monotonic() + 5 * self._slowness
        while (left := _of_sessions(set(self._pids))) and monotonic() < end:
            sleep(0.1)
        return left

    def _ensure_in_time(self, end: float, problem: str) -> None:
        if monotonic() > end:
            raise TimeoutError(problem)

    def _ensure(self, well: bool, problem: str) -> None:
        if not well:
            self.problems.append(f"life {len(self._pids)}: {problem}")


def _both(records: list[feeds.FeedRecord]) -> list[feeds.FeedRecord]:
    return records if len(records) == len(FEEDS) else [feeds.FeedRecord("", "", datetime.now(UTC))]


def _document(titles: list[str]) -> bytes:
    now = format_datetime(datetime.now(UTC), usegmt=True)
    items = "".join(
        f"<item><guid isPermaLink='false'>{title.split()[-1]}</guid><title>{title}</title>"
        f"<link>https://wire.example/{title.split()[-1]}</link><pubDate>{now}</pubDate></item>"
        for title in titles
    )
    return f"<rss version='2.0'><channel><title>The Wire</title>{items}</channel></rss>".encode()


def _of_sessions(sessions: set[int]) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session = stat.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue  # it has ended
        if int(session) in sessions and state != "Z":
            found.append(int(stat.parent.name))
    return found
