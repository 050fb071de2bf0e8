"""Pages of hits against all hits sorted and cut, with windows so small that everything has to be put together."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from support.effort import examples
from support.store_samples import JUDGEMENT, RULES, after, entry, feed, put_entry

from monitor.model import Severity, Text
from monitor.store import hit_windows, write
from monitor.store.db.statements import rows
from monitor.store.entries import replace_text
from monitor.store.feeds import configure
from monitor.store.hit_filter import Cursor, HitFilter
from monitor.store.hit_pages import count_hits, find_hits, hit_page
from monitor.store.hits import NewHit, add_hit
from monitor.store.search import parse_query
from monitor.store.triage_and_silences import TriageRecord, triage
from monitor.store.watchlists import watchlist_version

WORDS = ("mixer", "bridge", "exchange", "比特币")
QUERIES = (
    *("mixer", "-mixer", "mixer bridge", "mixer OR bridge", "mixer -bridge", "比特币", "-比特币", "mix*"),
    *("actor:lazarus mixer", "feed:desk -bridge", "bridge OR actor:other", '"mixer bridge"'),
)


def fill(db, dice: random.Random, number: int) -> None:
    """Add entries, of which some are hits, and some become hits by a later edit."""
    with write(db):
        configure(db, [feed(), feed("wire")])
        version = watchlist_version(db, "f1", after(0))
        stored = []
        for n in range(number):
            text = " ".join(dice.choices(WORDS, k=dice.randint(0, 3)))
            item = entry(str(n), f"x {text}", feed=dice.choice(("desk", "wire")), seen_s=n // 3 * 60)
            item = replace(item, text=Text(f"x {text}", "", ""))
            if dice.random() < 0.2 and stored:  # an edit of an older entry
                known, old = stored.pop(dice.randrange(len(stored)))
                replace_text(db, known, replace(old, text=item.text), after(n // 3 * 60))
                number_, version_ = known, 2
            else:
                number_, version_ = put_entry(db, item), 1
                stored.append((number_, item))
            if dice.random() < 0.7:
                add(db, dice, number_, version_, after(n // 3 * 60), version)


def add(db, dice, entry_id, version, seen_at, watchlist) -> None:
    actor = replace(JUDGEMENT.mentions[0], actor=dice.choice(("lazarus", "other")))
    rule = replace(RULES[0], rule=dice.choice(("theft", "rare")), severity=dice.choice(list(Severity)))
    judgement = replace(JUDGEMENT, mentions=(actor,), rules=(rule,))
    number = add_hit(db, NewHit(entry_id, version, judgement, seen_at=seen_at, watchlist_version=watchlist))
    if dice.random() < 0.3:
        triage(db, number, TriageRecord(dice.choice(("noise", "relevant")), "ana", seen_at))


def filters(dice: random.Random) -> HitFilter:
    return HitFilter(
        query=parse_query(dice.choice(QUERIES), now=after(0)) if dice.random() < 0.7 else None,
        since=after(dice.randint(0, 1200)) if dice.random() < 0.2 else None,
        until=after(dice.randint(0, 2400)) if dice.random() < 0.2 else None,
        severities=(Severity.CRITICAL,) if dice.random() < 0.2 else (),
        actor="lazarus" if dice.random() < 0.3 else None,
        feed="desk" if dice.random() < 0.3 else None,
        rule="rare" if dice.random() < 0.2 else None,
        triage=dice.choice(("none", "noise")) if dice.random() < 0.2 else None,
    )


@pytest.fixture
def small_windows(monkeypatch):
    for name, value in {"MAX_WORDS": 4, "MAX_WALKED": 5, "MAX_WALKED_ALONE": 7, "MAX_READ": 3, "SKEW": 2}.items():
        monkeypatch.setattr(hit_windows, name, value)


@pytest.fixture(params=[0, 8, 1000], ids=["no driver", "some drivers", "all drivers"])
def drivers(monkeypatch, request):
    for name in ("MAX_DRIVEN", "MAX_LISTED"):
        monkeypatch.setattr(hit_windows, name, request.param)


def test_windows_hold_the_hits_that_one_search_finds(db, drivers, small_windows, monkeypatch):
    dice = random.Random(11)
    fill(db, dice, 120)
    for _ in range(examples(400)):
        wanted = filters(dice)
        found = [hit.id for hit in hit_page(db, wanted, limit=1000)]
        with monkeypatch.context() as patch:
            for name in ("MAX_WORDS", "MAX_WALKED", "MAX_WALKED_ALONE", "MAX_READ"):
                patch.setattr(hit_windows, name, 10**6)
            expected = [hit.id for hit in hit_page(db, wanted, limit=1000)]
        assert found == expected, wanted


def test_pages_of_a_bounded_search_follow_each_other_without_gaps(db, small_windows):
    dice = random.Random(5)
    fill(db, dice, 120)
    for _ in range(examples(100)):
        wanted = filters(dice)
        seen, before = [], None
        while True:
            page = find_hits(db, wanted, before=before, limit=4, most_windows=2)
            seen += [hit.id for hit in page.hits]
            before = page.hits[-1].cursor if len(page.hits) == 4 else page.searched_to
            if before is None:
                break
        assert seen == [hit.id for hit in hit_page(db, wanted, limit=1000)], wanted


def test_very_many_hits_of_one_moment_are_one_window(db, small_windows):
    with write(db):
        configure(db, [feed()])
        version = watchlist_version(db, "f1", after(0))
        for n in range(40):
            add_hit(db, NewHit(put_entry(db, entry(str(n))), 1, JUDGEMENT, after(0), version))
    assert len(hit_page(db, HitFilter(query=parse_query("lazarus", now=after(0))), limit=100)) == 40


def test_counts_say_how_far_they_go(db, small_windows):
    fill(db, random.Random(3), 120)
    counts = count_hits(db, HitFilter())
    assert not counts.is_complete
    assert counts.after is not None
    whole = hit_page(db, HitFilter(since=counts.after + timedelta(seconds=1)), limit=1000)
    assert counts.total == len(whole)
    assert dict(counts.facets["severity"]) == Counter(hit.severity.word for hit in whole)


def test_a_page_that_is_not_full_says_how_far_it_looked(db, small_windows):
    fill(db, random.Random(3), 120)
    page = find_hits(db, HitFilter(triage="none", actor="nobody"), most_windows=1)
    assert page.hits == []
    assert page.searched_to is None  # no hit of that actor: few enough to look at all
    page = find_hits(db, HitFilter(query=parse_query("nowhere OR feed:none", now=after(0))), most_windows=1)
    assert isinstance(page.searched_to, Cursor)


def test_feed_counts_are_what_counting_gives(db):
    from monitor.store.feeds import rename_feed
    from monitor.store.hits import count_by_feed, totals

    fill(db, random.Random(7), 60)
    with write(db):
        db.execute("DELETE FROM hits WHERE id % 3 = 0")
        db.execute("DELETE FROM entries WHERE id % 5 = 0 AND id NOT IN (SELECT entry_id FROM hits)")
        put_entry(db, replace(entry("c", feed="wire"), link="x"))
        configure(db, [feed("desk"), feed("wire"), feed("cable", due_s=1)])
        rename_feed(db, "wire", "cable")
    counted = rows(db, "SELECT e.feed, count(DISTINCT e.id) AS entries, count(h.id) AS hits FROM entries e "
                       "LEFT JOIN hits h ON h.entry_id = e.id GROUP BY e.feed ORDER BY 1")  # fmt: skip
    assert {row["feed"] for row in counted} == {"desk", "cable"}
    assert rows(db, "SELECT * FROM feed_counts WHERE entries > 0 ORDER BY feed") == counted
    assert totals(db) == (sum(r["entries"] for r in counted), sum(r["hits"] for r in counted))
    assert count_by_feed(db) == {r["feed"]: r["hits"] for r in counted}
