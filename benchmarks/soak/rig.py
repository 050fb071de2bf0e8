"""Starts, kills and restarts the daemon on the simulated clock, and carries out the plan of faults."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

from benchmarks.soak.clock import SharedClock, Slot
from benchmarks.soak.measures import Sample, take_sample
from benchmarks.soak.newsroom import DAY_S, HOUR_S, OSPREY, WATCHLIST, Newsroom
from benchmarks.soak.plan import ALONE, Event, Fault, draw_plan
from benchmarks.soak.servers import GROUPS, Arrivals, Mail, Web
from benchmarks.soak.verdict import Observed, Span
from monitor.failpoints import ENVIRONMENT, POINTS

ROOT = Path(__file__).parents[2]
CLOCKS_CHANGE = datetime(2026, 10, 25, 1, tzinfo=UTC)  # in Europe, from summer time
STALLED_S = 120.0  # real seconds without a step of the clock
EXIT_S = 60.0
WORKERS_END_S = 60.0  # for parsers to notice that the daemon was killed, on a busy machine
SMALL_FILE = 4096  # bytes; no file may become larger while the disk is full

CONFIG = """
[storage]
path = "monitor.db"
keep_entries = "{keep_entries_s}s"
keep_hits = "{keep_hits_s}s"
backup = {{ every = "1d", to = "backup", keep = 2 }}
[http]
every = "{every}"
timeout = "5s"
allow_private = ["127.0.0.0/8"]
[alerts]
timezone = "Europe/Berlin"
group = "none"
[health]
send_to = ["ops"]
heartbeat = "09:00"
canary = "07:00"
feed_down = "6h"
[destinations.hook]
url = "{hook}"
[destinations.loud]
url = "{loud}"
min_severity = "high"
[destinations.digest]
url = "{digest}"
digest = ["08:00"]
[destinations.calm]
url = "{calm}"
quiet_hours = ["22:00-07:00"]
break_quiet = "critical"
[destinations.ops]
url = "{ops}"
canary = true
[destinations.mail]
url = "{mail}"
"""
HOOKS = ("hook", "loud", "digest", "calm", "ops")
BROKEN = {
    "syntax": lambda text: text + "\n[rules.broken\n",
    "unknown key": lambda text: text + "\n[htttp]\nevery = '1h'\n",
    "half a file": lambda text: text[: len(text) // 2],
}


@dataclass(frozen=True, slots=True)
class Settings:
    """The size of a run.

    Attributes:
        days: Simulated days with faults.
        feeds: How many feeds there are.
        per_day: Entries that a feed publishes in a day.
        seed: Of the entries and of the faults.
        drain_days: Quiet days that follow; a feed that failed for a long time is polled again within a day.
        stop_after_s: Real seconds after which no further fault is begun and the run is brought to its end.
        one_process: Whether to leave out the faults that end the process, so that its memory is seen for days.
    """

    days: float
    feeds: int = 300
    per_day: float = 6.0
    seed: int = 1
    drain_days: float = 2.3
    stop_after_s: float = float("inf")
    one_process: bool = False

    @property
    def drain_s(self) -> float:
        """Simulated seconds after the last entry, in which late polls and digests come."""
        return self.drain_days * DAY_S

    @property
    def keep_s(self) -> int:
        """How long entries and hits are kept: short, so that the database reaches its usual size within the run."""
        return int(max(DAY_S, min(3.0, self.days / 6) * DAY_S))

    @property
    def story_days(self) -> float:
        """How long a story stays open."""
        return max(1.0, min(10.0, self.days / 4))


@dataclass(frozen=True, slots=True)
class _Ending:
    at_s: float
    fault: Fault
    end: Callable[[], None]


@dataclass
class Ran:
    """What a run left behind."""

    settings: Settings
    start: datetime
    newsroom: Newsroom
    published_s: float = 0.0  # for how long the feeds published, in simulated seconds
    observed: Observed | None = None
    samples: list[Sample] = field(default_factory=list)
    faults: list[Event] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    logged: Counter[str] = field(default_factory=Counter)  # warnings and errors, by text
    lives: int = 0
    real_s: float = 0.0
    simulated_s: float = 0.0
    cpu_s: float = 0.0  # of all daemons, with their workers
    problems: list[str] = field(default_factory=list)


class Rig:
    """The daemon and its surroundings; ``run`` carries out a whole run.

    Args:
        folder: An empty directory for the configuration and the database.
        settings: The size of the run.
        say: Prints a line about the progress.
        plan: The faults; None: they are drawn.
    """

    def __init__(
        self, folder: Path, settings: Settings, say: Callable[[str], None] = print, plan: Sequence[Event] | None = None
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._say = say
        if plan is None:
            plan = draw_plan(settings.days, settings.seed, POINTS, one_process=settings.one_process)
        self._plan = plan
        start = CLOCKS_CHANGE - timedelta(days=settings.days / 2)
        self._clock = SharedClock.create(folder / "clock", start)
        newsroom = Newsroom(
            feeds=settings.feeds, start=start, days=settings.days, per_day=settings.per_day, seed=settings.seed
        )
        self._arrivals = Arrivals(lambda: (self._life, self._clock[Slot.ELAPSED_S], self._clock[Slot.OFFSET_S]))
        self._web = Web(newsroom, lambda: self._clock[Slot.ELAPSED_S], self._arrivals)
        self._mail = Mail(self._arrivals)
        self._dice = random.Random(settings.seed)
        self._process: subprocess.Popen[bytes] | None = None
        self._life = 0
        self._started_s = 0.0
        self._armed: Event | None = None  # the daemon is about to kill itself
        self._killed: set[int] = set()
        self._spans: list[Span] = []
        self._osprey: list[tuple[float, bool]] = []
        self._edits = 0
        self._ending: list[_Ending] = []
        self._readers: list[threading.Thread] = []
        self._next_sample_s = 0.0
        self.ran = Ran(settings, start, newsroom)

    @property
    def _config(self) -> Path:
        return self._folder / "config.toml"

    @property
    def _database(self) -> Path:
        return self._folder / "monitor.db"

    def run(self) -> Ran:
        """Carry out the plan, let the daemon finish what is left, stop it, and return what it left behind."""
        began, cpu_before_s, settings, ran = monotonic(), _children_cpu_s(), self._settings, self.ran
        self._web.start()
        self._mail.start()
        try:
            self._write_configuration()
            self._launch()
            end_s = settings.days * DAY_S
            for event in self._plan:
                if monotonic() - began > settings.stop_after_s:
                    end_s = self._clock[Slot.ELAPSED_S]
                    break
                self._advance(event.at_s)
                self._begin(event)
            self._advance(end_s)
            ran.newsroom.close(end_s)
            ran.published_s = end_s
            self._end_faults()
            self._advance(end_s + settings.drain_s)
            self._stop()
        finally:
            self._kill_left_over()
            for reader in self._readers:
                reader.join(5)
            self._mail.stop()
            self._web.stop()
        ran.simulated_s, ran.real_s, ran.lives = self._clock[Slot.ELAPSED_S], monotonic() - began, self._life
        ran.requests, ran.cpu_s = self._web.requests, _children_cpu_s() - cpu_before_s
        self._look_at_database()
        ran.observed = Observed(ran.start, self._arrivals.messages, self._spans, frozenset(self._killed), self._osprey)
        return ran

    # ------------------------------------------------------------ time

    def _advance(self, until_s: float) -> None:
        """Let simulated time pass until *until_s*; end the faults that end before, and take samples."""
        while True:
            stop_s = min([until_s, self._next_sample_s, *(ending.at_s for ending in self._ending)])
            self._run_to(stop_s)
            now_s = self._clock[Slot.ELAPSED_S]
            self._end_due(max(now_s, stop_s))
            if max(now_s, stop_s) >= self._next_sample_s:
                self._sample()
                self._next_sample_s = max(now_s, stop_s) + self._sample_every_s
            if stop_s >= until_s:
                return

    def _end_due(self, now_s: float) -> None:
        for ending in sorted(self._ending, key=lambda ending: ending.at_s):
            if ending.at_s <= now_s:
                self._ending.remove(ending)
                ending.end()

    @property
    def _sample_every_s(self) -> float:
        return HOUR_S if self._settings.days >= 1 else 600.0

    def _run_to(self, limit_s: float) -> None:
        self._clock[Slot.LIMIT_S] = limit_s = max(limit_s, self._clock[Slot.ELAPSED_S])
        steps, seen = self._clock[Slot.STEPS], monotonic()
        while True:
            if self._process is None or self._process.poll() is not None:
                self._revive()
                seen = monotonic()
            if self._clock[Slot.WAITING] and self._clock[Slot.NEXT_S] > limit_s:
                return
            if self._clock[Slot.STEPS] != steps:
                steps, seen = self._clock[Slot.STEPS], monotonic()
            elif monotonic() - seen > STALLED_S:
                self.ran.problems.append(f"simulated time stood still at {self._clock[Slot.ELAPSED_S]:.0f} s")
                self._kill(0.0)
            sleep(0.002)

    def _revive(self) -> None:
        """Start the daemon again after it has ended by itself."""
        event, self._armed = self._armed, None
        code = self._process.returncode if self._process else 0
        if event is None or code != -signal.SIGKILL:
            self.ran.problems.append(f"life {self._life} ended with {code} at {self._clock[Slot.ELAPSED_S]:.0f} s")
        self._note_end(killed=True)
        self._launch_after(event.lasts_s if event else 5.0)

    def _sample(self) -> None:
        if self._process is None:
            return
        now_s = self._clock[Slot.ELAPSED_S]
        with suppress(OSError, KeyError):
            self.ran.samples.append(
                take_sample(
                    self._process.pid,
                    self._database,
                    at_s=now_s,
                    life=self._life,
                    age_s=now_s - self._started_s,
                    tasks=int(self._clock[Slot.TASKS]),
                    messages=len(self._arrivals.messages),
                )
            )
        if len(self.ran.samples) % 24 == 1:
            self._say(
                f"soak: day {now_s / DAY_S:5.2f}, life {self._life}, {sum(self._web.requests.values()):,} requests,"
                f" {len(self._arrivals.messages):,} messages, {len(self.ran.problems)} problems"
            )

    # ------------------------------------------------------------ the process

    def _launch(self, fault: str = "") -> None:
        for ending in [ending for ending in self._ending if ending.fault in ALONE]:
            self._ending.remove(ending)  # a person repairs what would prevent the start
            ending.end()
        if not fault:
            self._armed = None
        self._life += 1
        self._started_s = self._clock[Slot.ELAPSED_S]
        self._clock[Slot.WAITING] = 0
        arguments = [str(self._folder / "clock"), str(self._settings.story_days)]
        arguments += ["--config", str(self._config), "run", "--log-format", "json"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.soak.daemon", *arguments],
            cwd=ROOT,
            env=os.environ | ({ENVIRONMENT: fault} if fault else {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        reader = threading.Thread(target=self._read_log, args=(self._process, self._life), daemon=True)
        reader.start()
        self._readers.append(reader)

    def _launch_after(self, down_s: float, fault: str = "") -> None:
        """Start the daemon after it has been down for *down_s* simulated seconds."""
        now_s = self._clock[Slot.ELAPSED_S]
        self._spans.append(Span(now_s, now_s + down_s, "daemon down"))
        self._clock[Slot.ELAPSED_S] = now_s + down_s
        self._end_due(now_s + down_s)
        self._launch(fault)

    def _kill(self, down_s: float, fault: str = "") -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._note_end(killed=True)
        self._launch_after(down_s, fault)

    def _note_end(self, *, killed: bool) -> None:
        sleep(0.05)  # until the servers have read what is in their sockets
        if killed:
            self._killed.add(self._life)
        process, self._process = self._process, None
        if process is not None:
            self._end_workers(process.pid)

    def _end_workers(self, session: int) -> None:
        """Wait until the parsers of a killed daemon have noticed, and end those that have not."""
        until = monotonic() + WORKERS_END_S
        while (left := _of_session(session)) and monotonic() < until:
            sleep(0.05)
        for pid in left:
            self.ran.problems.append(f"a process of life {self._life} is left behind")
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _terminate(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(EXIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        if code == -signal.SIGKILL and self._armed is not None:
            self._killed.add(self._life)
        elif code:
            self.ran.problems.append(f"life {self._life} ended with {code} after SIGTERM")
        self._note_end(killed=False)

    def _stop(self) -> None:
        self._sample()
        self._terminate()

    def _kill_left_over(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _read_log(self, process: subprocess.Popen[bytes], life: int) -> None:
        assert process.stdout is not None
        with process.stdout, (self._folder / "log").open("ab") as log:
            for line in process.stdout:
                log.write(line)
                try:
                    record = json.loads(line)
                except ValueError:
                    self.ran.logged["not JSON: " + line.decode(errors="replace").strip()[:200]] += 1
                    continue
                if record.get("level") in ("warning", "error", "critical"):
                    self.ran.logged[f"{record['level']}: {record.get('event') or record.get('message')}"] += 1
                if "trace" in record or "exception" in record:
                    self.ran.problems.append(f"life {life} logged a traceback: {line.decode(errors='replace')[:600]}")

    # ------------------------------------------------------------ faults

    def _begin(self, event: Event) -> None:
        lasts_s = min(event.lasts_s, self._settings.days * DAY_S / 6)
        event = Event(self._clock[Slot.ELAPSED_S], event.fault, lasts_s, event.what, event.number)
        self.ran.faults.append(event)
        match event.fault:
            case Fault.KILL:
                self._clock[Slot.LIMIT_S] = event.at_s + 600
                sleep(self._dice.uniform(0, 0.15))
                if self._process is not None and self._process.poll() is None:
                    self._kill(lasts_s)
                self._clock[Slot.LIMIT_S] = self._clock[Slot.ELAPSED_S]
            case Fault.KILL_AT_FAILPOINT:
                self._armed = event
                self._kill(5.0, f"{event.what}:{event.number:.0f}")
            case Fault.RESTART:
                self._terminate()
                self._launch_after(lasts_s)
            case Fault.FEEDS:
                group = int(event.number) % GROUPS
                self._web.break_feeds(group, event.what)
                self._until(event, lambda: self._web.break_feeds(group, ""))
            case Fault.HOOKS:
                self._web.break_hooks(event.what)
                self._until(event, lambda: self._web.break_hooks(""))
            case Fault.MAIL:
                self._mail.break_in(event.what)
                self._until(event, lambda: self._mail.break_in(""))
            case Fault.DISK:
                self._limit_files(SMALL_FILE)
                self._until(event, lambda: self._limit_files(resource.RLIM_INFINITY))
            case Fault.CLOCK:
                self._clock[Slot.OFFSET_S] = event.number
                self._until(event, lambda: self._clock.__setitem__(Slot.OFFSET_S, 0.0))
            case Fault.BROKEN_EDIT:
                self._config.write_text(BROKEN[event.what](self._config.read_text()))
                self._until(event, self._write_configuration)
            case Fault.EDIT:
                self._edit(event.what)

    def _until(self, event: Event, end: Callable[[], None]) -> None:
        self._spans.append(Span(event.at_s, event.at_s + event.lasts_s, event.fault))
        self._ending.append(_Ending(event.at_s + event.lasts_s, event.fault, end))

    def _end_faults(self) -> None:
        self._end_due(float("inf"))
        now_s = self._clock[Slot.ELAPSED_S]
        self._spans = [Span(span.begin_s, min(span.end_s, now_s), span.what) for span in self._spans]

    def _limit_files(self, size: int) -> None:
        if self._process is not None and self._process.poll() is None:
            with suppress(ProcessLookupError):
                resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def _edit(self, what: str) -> None:
        self._edits += 1
        if what == "osprey":
            self._osprey.append((self._clock[Slot.ELAPSED_S], not (self._osprey and self._osprey[-1][1])))
        self._write_configuration(every=31 if what == "every" and self._edits % 2 else 30)

    def _write_configuration(self, every: int = 30) -> None:
        urls = {name: self._web.hook_url(name) for name in HOOKS} | {"mail": self._mail.url}
        keep_s = self._settings.keep_s
        text = CONFIG.format(keep_entries_s=keep_s, keep_hits_s=keep_s, every=f"{every}m", **urls) + WATCHLIST
        if self._osprey and self._osprey[-1][1]:
            text += OSPREY
        listed = "".join(f'f{n} = "{self._web.feed_url(n)}"\n' for n in range(self._settings.feeds))
        new = self._folder / "config.new"
        new.write_text(f"# edit {self._edits}\n{text}[feeds]\n{listed}")
        new.replace(self._config)

    def _look_at_database(self) -> None:
        with closing(sqlite3.connect(self._database)) as db:
            sound = db.execute("PRAGMA integrity_check").fetchone()[0]
            left = dict(db.execute("SELECT state, count(*) FROM deliveries GROUP BY state").fetchall())
        if sound != "ok":
            self.ran.problems.append(f"integrity_check: {sound}")
        if waiting := sum(left.get(state, 0) for state in ("pending", "in flight")):
            self.ran.problems.append(f"{waiting} deliveries are left in the outbox")


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _of_session(session: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(stat.parent.name))
    return found
