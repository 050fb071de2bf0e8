"""Real feeds and real lists of actors, all at once, through the commands that people run."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.mail_server import Mailbox
from support.servers import FeedServer, Reply
from support.shared_material import actors_toml, needs_shared, real_actors, real_feeds

from monitor.errors import StoreError
from monitor.store import open_reader

pytestmark = [pytest.mark.slow, needs_shared]

READING_S = 300  # far more than reading all of them takes: only a hang is one
WORKING_S = 400
STOPPING_S = 10  # what people and systemd wait

# only critical hits are mailed, for Apprise waits 5.5 s between mails: a few actors that real feeds speak of
MAILED = ("dprk-unspecified", "lazarus", "apt28", "scattered-spider", "linen-typhoon", "storm-2603", "interlock")

CONFIG = """
[storage]
path = "monitor.db"
[http]
every = "1h"
allow_private = ["127.0.0.0/8"]
[alerts]
first_run = "alert"
max_age = "100y"
group = "none"  # each hit is a message of its own
storm = 100000
[rules.any]
actors = ["*"]
send_to = ["hook", "mail"]
[destinations]
hook.url = "{hook}"
mail = {{ url = "{mail}", min_severity = "critical" }}
[feeds]
{feeds}
{actors}
"""


# ---------------------------------------------------------------- monitor parse


@pytest.fixture(scope="module")
def parsed() -> dict[str, list[dict]]:
    """Return the rows of each file, by its name, as one ``monitor parse`` prints them."""
    feeds = real_feeds()
    # a file that is not there is told of in its turn: so the rows of the file before it end
    sources = [str(path) for feed in feeds for path in (feed, f"end of {feed.name}")]
    command = [sys.executable, "-m", "monitor", "parse", *sources]
    said = subprocess.run(command, capture_output=True, text=True, timeout=READING_S, check=False)
    assert said.returncode == 1  # for the files that are not there
    assert "Traceback" not in said.stderr
    rows: dict[str, list[dict]] = {}
    found: list[dict] = []
    for line in said.stdout.splitlines():
        row = json.loads(line)
        if row.get("file", "").startswith("end of "):
            rows[row["file"].removeprefix("end of ")], found = found, []
        elif "error" not in row:
            found.append(row)
    return rows


def test_every_real_feed_is_read_and_none_stops_the_rest(parsed):
    assert list(parsed) == [feed.name for feed in real_feeds()]


def test_every_entry_that_feedparser_finds_is_found(parsed):
    import feedparser

    theirs = {feed.name: len(feedparser.parse(feed.read_bytes()).entries) for feed in real_feeds()}
    assert sum(theirs.values()) > 1000
    assert {name: (n, len(parsed[name])) for name, n in theirs.items() if len(parsed[name]) < n} == {}


# ---------------------------------------------------------------- monitor run


@dataclass
class Ran:
    """What a whole life of the daemon left behind."""

    polled: list[tuple[str, str, str]]  # feed, state, cause
    hits: set[int]
    deliveries: list[tuple[str, str, int]]  # destination, state, hit
    posts: list[int]  # the hits that messages named, in the order of coming
    mails: list[int]
    exit_code: int
    log: str


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> Iterator[Ran]:
    """Run the daemon on all real feeds and actors until nothing is left to do, then end it with SIGTERM."""
    folder = tmp_path_factory.mktemp("daemon")
    feeds = real_feeds()
    hosts = [f"127.9.{n // 250}.{n % 250 + 1}" for n in range(len(feeds))]
    hook = FeedServer(host="127.9.9.1")
    with FeedServer(host=hosts[0], more_hosts=hosts[1:]) as sites, hook, Mailbox("127.9.9.2") as mailbox:
        for feed in feeds:
            sites.route(f"/{feed.name}", Reply(body=feed.read_bytes()))
        hook.route("/", Reply())
        config = CONFIG.format(
            hook=hook.url("/").replace("http", "json"),
            mail=mailbox.url,
            feeds="\n".join(f'f{n} = "{sites.url(f"/{f.name}", hosts[n])}"' for n, f in enumerate(feeds)),
            actors=actors_toml(real_actors(), MAILED),
        )
        (folder / "config.toml").write_text(config)
        exit_code, log = run_until_done(folder)
        posts = [hit_named(json.loads(request.body)["message"]) for request in hook.requests]
        mails = [hit_named(mail.get_body(("plain",)).get_content()) for mail in mailbox.mails]
        yield Ran(*left_in(folder / "monitor.db"), posts, mails, exit_code, log)


def run_until_done(folder: Path) -> tuple[int, str]:
    """Return the exit code and the log of a daemon that was told to stop when all was polled and delivered."""
    log = folder / "log"
    command = [sys.executable, "-m", "monitor", "-c", str(folder / "config.toml"), "run"]
    with log.open("w") as stderr, subprocess.Popen(command, stderr=stderr, stdout=subprocess.DEVNULL) as daemon:
        try:
            until = time.monotonic() + WORKING_S
            while daemon.poll() is None and not is_done(folder / "monitor.db"):
                assert time.monotonic() < until, log.read_text()[-2000:]
                time.sleep(0.5)
            daemon.send_signal(signal.SIGTERM)
            return daemon.wait(STOPPING_S), log.read_text()
        finally:
            daemon.kill()


def is_done(database: Path) -> bool:
    """Return whether every feed was polled and no delivery waits."""
    try:
        with closing(open_reader(database)) as db:
            unpolled = list(db.query("SELECT 1 FROM feeds WHERE last_poll_at IS NULL LIMIT 1"))
            waiting = list(db.query("SELECT 1 FROM deliveries WHERE state NOT IN ('sent', 'dead', 'dropped') LIMIT 1"))
            return bool(list(db.query("SELECT 1 FROM feeds"))) and not unpolled and not waiting
    except StoreError:
        return False  # the daemon has not made it yet


def left_in(database: Path) -> tuple[list, set, list]:
    with closing(open_reader(database)) as db:
        polled = [tuple(row.values()) for row in db.query("SELECT key, state, cause FROM feeds")]
        hits = {row["id"] for row in db.query("SELECT id FROM hits")}
        joined = "deliveries d JOIN delivery_hits h ON h.delivery_id = d.id"
        rows = db.query(f"SELECT d.destination, d.state, h.hit_id FROM {joined}")
        return polled, hits, [tuple(row.values()) for row in rows]


def hit_named(message: str) -> int:
    """Return the hit that a message says it is about."""
    return int(re.findall(r"Hit #(\d+)", message)[-1])


def test_every_site_is_polled_and_only_feeds_without_entries_fail(ran, parsed):
    empty = {f"f{n}" for n, feed in enumerate(real_feeds()) if not parsed[feed.name]}
    assert {feed: cause for feed, state, cause in ran.polled if state != "ok" and feed not in empty} == {}
    assert len(ran.polled) == len(real_feeds())


def test_every_hit_is_told_to_the_hook_and_some_by_mail(ran):
    assert len(ran.hits) > 100
    assert {hit for name, _, hit in ran.deliveries if name == "hook"} == ran.hits
    assert sum(name == "mail" for name, _, _ in ran.deliveries) > 1


def test_every_delivery_is_sent(ran):
    assert Counter(state for _, state, _ in ran.deliveries) == {"sent": len(ran.deliveries)}


def test_a_destination_gets_one_message_for_each_delivery_and_none_twice(ran):
    told = {name: Counter(hit for where, _, hit in ran.deliveries if where == name) for name in ("hook", "mail")}
    assert Counter(ran.posts) == told["hook"]
    assert Counter(ran.mails) == told["mail"]
    assert set((told["hook"] | told["mail"]).values()) == {1}


def test_sigterm_ends_the_daemon_in_order(ran):
    assert ran.exit_code == 0
    assert "Traceback" not in ran.log
