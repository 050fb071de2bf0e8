"""Real feeds and real lists of actors, all at once, through the commands that operators run."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import feedparser
import pytest
from support.mail_server import Mailbox
from support.servers import FeedServer, Reply
from support.shared_material import actors_toml, needs_shared, real_actors, real_feeds

from monitor.errors import FeedError, StoreError
from monitor.feeds.parse.document import parse_feed
from monitor.store import open_reader

pytestmark = [pytest.mark.slow(minutes=1), needs_shared]

READING_S = 900  # far more than reading all of them takes; a longer run hangs
WORKING_S = 900
STOPPING_S = 10  # how long people wait; systemd waits 20

# actors that real feeds name; only critical hits go out by mail
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


def parsed_rows(feeds: list[Path]) -> dict[str, list[dict]]:
    """Return the rows that one ``monitor parse`` of all files prints, by file name."""
    # a missing file is reported in its turn, which marks the end of the rows of the file before it
    sources = [str(path) for feed in feeds for path in (feed, f"end of {feed.name}")]
    parse = subprocess.run(
        [sys.executable, "-m", "monitor", "parse", *sources],
        capture_output=True,
        text=True,
        timeout=READING_S,
        check=False,
    )
    assert parse.returncode == 1  # because of the missing files
    assert "Traceback" not in parse.stderr
    rows: dict[str, list[dict]] = {}
    found: list[dict] = []
    for line in parse.stdout.splitlines():
        row = json.loads(line)
        if row.get("file", "").startswith("end of "):
            rows[row["file"].removeprefix("end of ")], found = found, []
        elif "error" not in row:
            found.append(row)
    return rows


def entries_in(body: bytes) -> int:
    try:
        return len(parse_feed(body, "", "https://wire.example/feed.xml").entries)
    except FeedError:
        return 0


def test_parse_reads_every_real_feed_and_prints_every_entry():
    feeds = real_feeds()
    ours = {name: len(rows) for name, rows in parsed_rows(feeds).items()}
    assert list(ours) == [feed.name for feed in feeds]
    # tests/feeds/parse/test_agreement_with_feedparser.py shows that these are the entries that feedparser finds
    assert ours == {feed.name: entries_in(feed.read_bytes()) for feed in feeds}
    assert sum(ours.values()) > 1000


# ---------------------------------------------------------------- monitor run


@dataclass
class Outcome:
    """What a daemon left behind."""

    polled: list[tuple[str, str, str]]  # feed, state, cause
    hits: set[int]
    deliveries: list[tuple[str, str, int]]  # destination, state, hit
    posts: list[int]  # the hits that messages named, in the order of arrival
    mails: list[int]
    exit_code: int
    log: str


def outcome_on_all_real_feeds(folder: Path, feeds: list[Path]) -> Outcome:
    """Run the daemon on all real feeds and actors until nothing is left to do, then end it with SIGTERM."""
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
        return Outcome(*left_in(folder / "monitor.db"), posts, mails, exit_code, log)


def run_until_done(folder: Path) -> tuple[int, str]:
    """Return the exit code and the log of a daemon that gets SIGTERM when all is polled and delivered."""
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
        return False  # the daemon has not created it yet


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


def test_a_daemon_polls_every_site_and_sends_each_hit_once_to_each_destination(tmp_path):
    feeds = real_feeds()
    outcome = outcome_on_all_real_feeds(tmp_path, feeds)
    failed = {feeds[int(key[1:])]: cause for key, state, cause in outcome.polled if state != "ok"}
    assert {feed.name: cause for feed, cause in failed.items() if feedparser.parse(feed.read_bytes()).entries} == {}
    assert len(outcome.polled) == len(feeds)
    assert len(outcome.hits) > 100
    assert Counter(state for _, state, _ in outcome.deliveries) == {"sent": len(outcome.deliveries)}
    sent = {name: [hit for where, _, hit in outcome.deliveries if where == name] for name in ("hook", "mail")}
    assert sorted(sent["hook"]) == sorted(outcome.hits)
    assert len(set(sent["mail"])) == len(sent["mail"]) > 1
    assert sorted(outcome.posts) == sorted(sent["hook"])
    assert sorted(outcome.mails) == sorted(sent["mail"])
    assert outcome.exit_code == 0
    assert "Traceback" not in outcome.log
