"""Entries that a feed shows again, under whatever id, date or link: never old news twice, never news lost."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.config_lines import configured
from support.servers import FeedServer, Reply

from monitor.config import Config
from monitor.daemon.app import Daemon
from monitor.store import feeds

NAMES = [
    "Ash",
    "Birch",
    "Cedar",
    "Elm",
    "Fir",
    "Hazel",
    "Larch",
    "Maple",
    "Oak",
    "Pine",
    "Rowan",
    "Spruce",
    "Teak",
    "Willow",
    "Yew",
    "Alder",
    "Beech",
    "Lime",
    "Plane",
    "Thorn",
]


TOLD = """
SELECT e.title FROM decisions d JOIN hits h ON h.id = d.hit_id JOIN entries e ON e.id = h.entry_id
WHERE d.verdict <> 'suppress' ORDER BY d.hit_id
"""


@dataclass(frozen=True)
class Item:
    """What a feed says of one entry; an empty part is left out."""

    guid: str
    title: str
    link: str = ""
    date: str = "Fri, 20 Nov 2026 08:00:00 GMT"

    def __str__(self) -> str:
        parts = [("guid", self.guid), ("title", self.title), ("link", self.link), ("pubDate", self.date)]
        return f"<item>{''.join(f'<{name}>{value}</{name}>' for name, value in parts if value)}</item>"


def theft(n: int) -> Item:
    name = f"{NAMES[n % 20]} {NAMES[n // 20]}"
    return Item(f"id-{n}", f"Lazarus Group stole from {name}", f"https://w.example/{n}", f"{n % 28 + 1} Oct 2026")


@pytest.fixture
def site() -> Iterator[FeedServer]:
    with FeedServer(host="127.3.14.1") as server:
        yield server


async def told(folder: Path, site: FeedServer, *documents: Sequence[Item]) -> list[str]:
    """Return the titles that somebody is told of, when each of *documents* is polled once."""
    async with Daemon(watching(folder, site)) as daemon:
        for document in documents:
            rows = "".join(map(str, document))
            body = f"<rss version='2.0'><channel><title>W</title>{rows}</channel></rss>".encode()
            site.route("/f", Reply(body=body))
            await daemon.poll_now()
        return [row["title"] for row in await daemon.ask(lambda db: list(db.query(TOLD)))]


def watching(folder: Path, site: FeedServer) -> Config:
    more = '[destinations.desk]\nurl = "console://"\n[alerts]\nmax_age = "10y"\n'
    return configured(folder, {"wire": site.url("/f")}, more)


QUIET = Item("q", "A quiet week", "https://w.example/q")
OLD = Item("id-1", "Lazarus Group stole from Ash", "https://w.example/ash")


@pytest.mark.parametrize(
    "again",
    [
        Item("other", OLD.title, OLD.link),
        Item("https://w.example/?p=1", OLD.title, OLD.link + "?utm_source=rss"),
        Item("other", OLD.title, OLD.link, ""),
        Item(OLD.guid, OLD.title, "https://other.example/1"),
        Item(OLD.guid, OLD.title, OLD.link, "Fri, 20 Nov 2026 10:00:00 GMT"),
        Item("", OLD.title, OLD.link),
    ],
    ids=["guid", "guid and tracking", "guid, and no date", "link", "date", "no guid any more"],
)
async def test_an_entry_that_was_told_is_not_told_again(tmp_path, site, again):
    assert len(await told(tmp_path, site, [QUIET], [OLD, QUIET], [again, QUIET], [OLD, QUIET])) == 1


async def test_links_that_are_tracked_differently_at_every_poll_are_one_entry(tmp_path, site):
    shown = [[Item("", OLD.title, f"{OLD.link}?utm_id={n}&amp;x=1"), QUIET] for n in range(3)]
    assert len(await told(tmp_path, site, [QUIET], *shown)) == 1


async def test_one_guid_for_all_swallows_nothing_and_repeats_nothing(tmp_path, site):
    items = [Item("same", theft(n).title, f"https://w.example/{n}") for n in range(4)]
    documents = [items[-1:], items[-2:], items[-3:], items]
    assert len(await told(tmp_path, site, *documents, [*reversed(items)], items)) == 3


async def test_two_entries_with_one_id_are_two_and_do_not_take_turns(tmp_path, site):
    first, second = Item("g", "Lazarus Group stole from Ash", "/g"), Item("g", "Ash is well", "/g")
    ends = [Item(f"e{n}", "The end", "", f"{n} Nov 2026") for n in range(1, 5)]
    documents = [[first, second, end] for end in ends]
    assert len(await told(tmp_path, site, [QUIET], *documents)) == 1
    async with Daemon(watching(tmp_path, site)) as daemon:
        versions = await daemon.ask(lambda db: list(db.query("SELECT version FROM entries WHERE key LIKE 'g %'")))
    assert versions == [{"version": 1}] * 2


@pytest.mark.parametrize("date", ["", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 20 Nov 2099 08:00:00 GMT", "soon"])
async def test_an_entry_without_a_date_that_can_be_believed_is_told(tmp_path, site, date):
    assert len(await told(tmp_path, site, [QUIET], [Item("1", OLD.title, "", date), QUIET])) == 1


async def test_a_feed_that_goes_back_in_time_and_returns_tells_nothing_twice(tmp_path, site):
    items = [theft(n) for n in range(6)]
    assert len(await told(tmp_path, site, [QUIET], items, items[3:], [QUIET], items[:2], items)) == 6


async def test_an_edit_that_names_somebody_is_told_once(tmp_path, site):
    plain, named = Item("1", "Funds stolen from Ash"), Item("1", "Lazarus Group named in theft from Ash")
    assert len(await told(tmp_path, site, [plain], [named], [plain], [named, QUIET], [named])) == 1


@pytest.mark.parametrize("what", ["ids", "ids and dates", "ids and links"])
async def test_a_feed_that_changes_its_ids_is_told_of_and_only_what_is_new_is_sent(tmp_path, site, what):
    old = [theft(n) for n in range(2, 40)]

    def moved(n: int, item: Item) -> Item:
        link = f"https://new.example/p/{n}" if what == "ids and links" else item.link
        date = item.date if what == "ids" else "Fri, 20 Nov 2026 09:30:00 GMT"
        return Item(f"https://w.example/?p={n}", item.title, link, date)

    document = [Item("n1", "Lazarus Group stole from Zinnia"), Item("n2", "Lazarus Group stole from Aster")]
    document += [moved(n, item) for n, item in enumerate(old)]
    alerts = await told(tmp_path, site, [QUIET], old, document, [theft(0), *document])
    assert len(alerts) == len(old) + 2 + 1
    async with Daemon(watching(tmp_path, site)) as daemon:
        record = await daemon.ask(lambda db: feeds.load_feed(db, "wire"))
        query = "SELECT reasons FROM decisions WHERE verdict = 'suppress'"
        reasons = await daemon.ask(lambda db: [json.loads(row["reasons"]) for row in db.query(query)])
    assert record.state == "renumbered"
    assert record.cause.startswith("38 of the 40 entries came back under new ids")
    assert all([reason["code"] for reason in withheld] == ["entries renumbered"] for withheld in reasons)


async def test_entries_that_are_new_are_told_however_many_there_are(tmp_path, site):
    assert len(await told(tmp_path, site, [QUIET], [theft(n) for n in range(300)])) == 300


async def test_entries_that_differ_only_in_their_date_are_each_told_once(tmp_path, site):
    items = [Item("", "Lazarus Group alert", "https://w.example/", f"{n} Nov 2026") for n in (20, 21, 22)]
    documents = [[QUIET], items[:1], items[1::-1], items[::-1], items[::-1]]
    assert len(await told(tmp_path, site, *documents)) == 3
