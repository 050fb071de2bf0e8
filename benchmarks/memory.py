"""How much memory the daemon holds when it has nothing to do.

It polls 50 feeds once, each at an address of its own, and delivers alerts to a webhook, so that everything that it
ever loads is loaded. When its parsers have had nothing to do for a minute and are gone, the memory of all its
processes is counted.
"""

from __future__ import annotations

import gzip
import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from time import monotonic, sleep

from benchmarks.processes import measured, tree
from benchmarks.result import Result
from monitor.errors import StoreError
from monitor.feeds.parse.workers import IDLE_S
from monitor.matching import load_vocabulary
from monitor.store import open_reader
from monitor.stories.tokens import TABLE

FEEDS = 50
ENTRIES = 30  # in a feed
WORDS = 60  # in an entry; in ../shared/corpus/background.jsonl it is 26 on average
RARE = 0.05  # of them are in no text that words were counted in; in that corpus as many
GOAL_MB = 130.0
WORKING_S = 120.0  # the polls of a start are spread over half a minute
SETTLING_S = IDLE_S + 15

CONFIG = """
include = ["pack:dprk", "pack:dprk-general"]
[http]
every = "1h"
allow_private = ["127.0.0.0/8"]
[storage]
path = "monitor.db"
[alerts]
first_run = "alert"
group = "none"
storm = 1000
[rules.any]
actors = ["*"]
send_to = ["hook"]
[destinations.hook]
url = "{hook}"
[feeds]
"""


def measure() -> Result:
    """Return the sum of the proportional set sizes (proc_pid_smaps_rollup(5)) of the daemon's idle processes."""
    with tempfile.TemporaryDirectory(prefix="monitor-benchmark-") as name, ExitStack() as stack:
        folder = Path(name)
        sites = [stack.enter_context(_served(f"127.10.0.{n + 1}", _feed(n))) for n in range(FEEDS)]
        hook = stack.enter_context(_served("127.10.1.1", b"")).replace("http", "json")
        feeds = "".join(f'site-{n} = "{url}/feed"\n' for n, url in enumerate(sites))
        (folder / "config.toml").write_text(CONFIG.format(hook=hook) + feeds, encoding="utf-8")
        command = [sys.executable, "-m", "monitor", "-c", str(folder / "config.toml"), "run", "--log-level", "error"]
        daemon = subprocess.Popen(command, cwd=Path(__file__).parents[1])
        try:
            _wait_until_done(daemon, folder / "monitor.db")
            sleep(SETTLING_S)
            processes = [measured(pid) for pid in tree(daemon.pid)]
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(20)
    return Result(
        name="memory",
        figure=round(sum(process["pss_mb"] for process in processes), 1),
        unit="MB",
        goal=GOAL_MB,
        details={"feeds": FEEDS, "entries": FEEDS * ENTRIES, "processes": processes},
    )


def _wait_until_done(daemon: subprocess.Popen[bytes], database: Path) -> None:
    """Return when every feed was polled and every alert delivered."""
    until = monotonic() + WORKING_S
    while monotonic() < until:
        if daemon.poll() is not None:
            raise SystemExit(f"memory: the daemon ended with {daemon.returncode}")
        if _is_done(database):
            return
        sleep(0.5)
    raise SystemExit(f"memory: the daemon was not done after {WORKING_S:g} s")


def _is_done(database: Path) -> bool:
    try:
        with closing(open_reader(database)) as db:
            polled = len(list(db.query("SELECT 1 FROM feeds WHERE state = 'ok'")))
            waiting = list(db.query("SELECT 1 FROM deliveries WHERE state <> 'sent'"))
            sent = list(db.query("SELECT 1 FROM deliveries WHERE state = 'sent'"))
    except StoreError:
        return False  # the daemon has not made it yet
    return polled == FEEDS and bool(sent) and not waiting


# ---------------------------------------------------------------- what is served


@contextmanager
def _served(host: str, body: bytes) -> Iterator[str]:
    """Serve *body* to whoever asks for it, take what is posted, and return the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer((host, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{host}:{server.server_port}"
        server.shutdown()


def _feed(number: int) -> bytes:
    """Return a feed of words as frequent as in news, the same at every run; the first entry names an actor."""
    dice = random.Random(number)
    counted, counts, rare = _words()
    texts = [dice.choices(counted, counts, k=WORDS) for _ in range(ENTRIES)]
    for text in texts:
        for place in range(WORDS):
            if dice.random() < RARE:
                text[place] = dice.choice(rare)
    if number == 0:
        texts[0][:2] = "Lazarus", "Group"
    items = "".join(
        f"<item><guid>{number}/{n}</guid><title>{' '.join(text[:10])}</title>"
        f"<description>{' '.join(text[10:])}</description></item>"
        for n, text in enumerate(texts)
    )
    return f"<rss version='2.0'><channel><title>Site {number}</title>{items}</channel></rss>".encode()


@cache
def _words() -> tuple[list[str], list[int], list[str]]:
    """Return the words that were counted in news, in how many texts each was, and words that were in none."""
    table = gzip.decompress(files("monitor.stories").joinpath(TABLE).read_bytes()).decode()
    counts = {
        word: int(count) for word, count in (line.split("\t") for line in table.splitlines()[1:]) if word[0] != "#"
    }
    return list(counts), list(counts.values()), sorted(load_vocabulary() - counts.keys())
