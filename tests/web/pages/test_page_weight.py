"""Pages stay small, however large the watchlist and however long the texts are."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest
from support.page_client import page_client
from support.store_samples import JUDGEMENT, NOW, RULES, entry, feed, put_entry

from monitor.config import StorageSettings
from monitor.model import Decision, DeliveryKind, Text, Verdict, story_group
from monitor.model.reason import Recorded
from monitor.store import open_writer, write
from monitor.store.feeds import configure
from monitor.store.hits import NewHit, add_hit
from monitor.store.outbox import enqueue
from monitor.store.triage_and_silences import NewSilence, TriageRecord, add_silence, triage
from monitor.store.watchlists import watchlist_version

MOST = 150_000  # bytes, with the script and the style sheet
LONG = "Lazarus Group drained <b>everything</b> & more \"from\" 'us' again. " * 80
PAGES = (
    "/", "/?since=all", "/hits/1", "/stories/1", "/actors", "/actors/a1", "/feeds", "/feeds/f1", "/deliveries",
    "/deliveries/1", "/silences", "/watchlist", "/watchlist/versions", "/audit", "/status", "/hits/1/acknowledge",
    "/hits/1/mute", "/sign-in",
)  # fmt: skip


@pytest.fixture(scope="module")
def heavy(tmp_path_factory, watched_config):
    """Return a configuration with thousands of actors and feeds, and a database with long texts."""
    actor = next(iter(watched_config.actors.values()))
    rule = next(iter(watched_config.rules.values()))
    source = next(iter(watched_config.feeds.values()))
    path = tmp_path_factory.mktemp("heavy") / "monitor.db"
    names = [f"a{n}" for n in range(3000)]
    config = replace(
        watched_config,
        storage=StorageSettings(path),
        actors={n: replace(actor, id=n, name=f"{n} {LONG[:200]}", aliases=(LONG[:90],) * 50) for n in names},
        feeds={f"f{n}": replace(source, key=f"f{n}") for n in range(1000)},
        rules={f"r{n}": replace(rule, id=f"r{n}") for n in range(400)},
    )
    with open_writer(path) as db, write(db):
        configure(db, [feed(f"f{n}") for n in range(1000)])
        version = watchlist_version(db, "f1", NOW)
        mentions = tuple(replace(JUDGEMENT.mentions[0], actor=f"a{n % 300}") for n in range(400))
        matches = tuple(replace(RULES[0], rule=f"r{n}", why=LONG) for n in range(30))
        for n in range(1, 170):
            item = replace(entry(str(n), feed="f1"), text=Text(LONG, LONG * 5, LONG * 40))
            number = put_entry(db, item)
            judgement = replace(
                JUDGEMENT, mentions=mentions[: 400 if n == 1 else 8], rules=matches[: 30 if n == 1 else 3]
            )
            hit = add_hit(db, NewHit(number, 1, judgement, NOW, version, changes=(LONG,) * 60, notes=(LONG,) * 20))
            decision = Decision("slack", Verdict.SEND, (Recorded(LONG),), NOW)
            enqueue(db, hit, decision, kind=DeliveryKind.ALERT, group=story_group(hit), now=NOW)
            add_silence(db, NewSilence("actor", f"a{n}", LONG[:80], LONG, NOW), NOW)
            triage(db, 1 if n > 1 else hit, TriageRecord("ack", "ana", NOW, LONG))
        db.execute("UPDATE entries SET story_id = 1")
    return config


@pytest.mark.slow  # the fixture takes seconds
@pytest.mark.parametrize("path", PAGES)
def test_a_page_weighs_at_most_150_kb(heavy, path, monkeypatch):
    monkeypatch.setattr("monitor.watchlist.lint_watchlist", lambda _config: ())
    with page_client(heavy.storage.path, config=heavy) as client:
        answer = client.get(path)
        assert answer.status_code == 200
        static = sum(
            len(gzip.compress(client.get(f"/static/{n}").content, 6)) for n in ("page.css", "page.js", "htmx.min.js")
        )
    assert len(answer.content) <= MOST
    assert len(gzip.compress(answer.content, 5)) + static <= MOST // 2


def test_pages_and_their_files_are_compressed(page):
    for path in ("/", "/static/htmx.min.js", "/static/page.css"):
        assert page.get(path).headers["content-encoding"] == "gzip"
        plain = page.get(path, **{"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.headers["vary"].lower() == "accept-encoding"


@pytest.mark.slow
def test_long_lists_are_paged_and_searched(heavy):
    with page_client(heavy.storage.path, config=heavy) as client:
        first, last = client.get("/actors").text, client.get("/actors?page=30").text
        assert "1–100 of 3,000" in first
        assert 'rel="next" href="/actors?page=2"' in first
        assert 'rel="next"' not in last
        assert "2,901–3,000 of 3,000" in client.get("/actors?page=" + "9" * 18).text
        assert client.get("/actors?q=a2999").text.count('href="/actors/a') == 1
        assert "1–100" in client.get("/actors?page=0").text
        for wrong in ("x", "-1", "9" * 30):
            assert client.get(f"/actors?page={wrong}").status_code == 400
