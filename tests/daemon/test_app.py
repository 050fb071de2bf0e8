from __future__ import annotations

import io
import sqlite3
from datetime import UTC, datetime

import pytest
from support.config_lines import CONSOLE, WATCHLIST, configured, rss
from support.servers import FeedServer, Reply

from monitor.daemon.app import Daemon
from monitor.errors import AnotherInstance, FeedState
from monitor.store.hits import HitQuery, list_hits

OLD = "A quiet week"
THEFT = "Lazarus Group stole $50 million from a bridge"


async def polled(config, times: int = 1) -> tuple[list, str]:
    """Poll so many times, delivering after each; return the last reports and all that the terminal shows."""
    out = io.StringIO()
    async with Daemon(config, console=out) as daemon:
        for _ in range(times):
            reports = await daemon.poll_now()
            await daemon.deliver_all()
    return reports, out.getvalue()


async def test_a_new_entry_is_notified_once_and_the_backlog_is_not(tmp_path):
    with FeedServer(host="127.3.0.1") as server:
        url = server.route("/feed", Reply(body=rss([THEFT + " in spring"])), Reply(body=rss([THEFT, OLD])))
        _, shown = await polled(configured(tmp_path, {"wire": url}), times=3)
    assert shown.count("CRITICAL") == 1
    assert "in spring" not in shown
    assert 'with theft: "stole"' in shown


async def test_first_run_alert_sends_the_backlog(tmp_path):
    with FeedServer(host="127.3.0.1") as server:
        url = server.route("/feed", Reply(body=rss([THEFT])))
        more = CONSOLE + '[alerts]\nfirst_run = "alert"\n'
        _, shown = await polled(configured(tmp_path, {"wire": url}, more))
    assert shown.count("CRITICAL") == 1


async def test_the_second_poll_is_conditional_and_a_304_has_no_entries(tmp_path):
    with FeedServer(host="127.3.0.1") as server:
        url = server.route("/feed", Reply(body=rss([OLD]), etag=b'W/"a\xc3\xa9"', last_modified=b"yesterday"))
        reports, _ = await polled(configured(tmp_path, {"wire": url}), times=2)
    assert reports[0].not_modified
    assert server.requests[1].header("If-None-Match") == b'W/"a\xc3\xa9"'
    assert server.requests[1].header("If-Modified-Since") == b"yesterday"


async def test_feed_state_survives_a_restart(tmp_path):
    with FeedServer(host="127.3.0.1") as server:
        url = server.route("/feed", Reply(body=rss([OLD]), etag=b'"1"'), Reply(body=rss([THEFT, OLD]), etag=b'"2"'))
        config = configured(tmp_path, {"wire": url})
        await polled(config)
        _, shown = await polled(config)
        _, again = await polled(config)
    assert (shown.count("CRITICAL"), again) == (1, "")


@pytest.mark.parametrize(
    ("reply", "state", "cause"),
    [
        pytest.param(Reply(status=500), FeedState.SERVER_ERROR, "500", id="500"),
        pytest.param(
            Reply(body=b"<html><body><h1>Welcome</h1></body></html>", headers=[("Content-Type", "text/html")]),
            FeedState.NOT_A_FEED,
            "",
            id="html",
        ),
        pytest.param(Reply(body=b""), FeedState.EMPTY, "", id="nothing"),
        pytest.param(
            Reply(chunks=lambda: (b"<rss>" + b" " * 2**20 for _ in range(50))), FeedState.TOO_LARGE, "", id="50 MB"
        ),
        pytest.param(Reply(hang=True), FeedState.TIMEOUT, "", id="never"),
    ],
)
async def test_a_failing_feed_reports_its_cause_and_delays_no_other(tmp_path, reply, state, cause):
    with FeedServer(host="127.3.0.1") as bad, FeedServer(host="127.3.0.2") as good:
        bad.route("/feed", reply)
        good.route("/feed", Reply(body=rss([OLD])))
        hurried = WATCHLIST.replace("60s", "2s") if state is FeedState.TIMEOUT else WATCHLIST
        config = configured(tmp_path, {"bad": bad.url("/feed"), "good": good.url("/feed")}, watchlist=hurried)
        reports, _ = await polled(config)
    by_feed = {r.feed: r for r in reports}
    assert by_feed["bad"].state is state
    assert by_feed["bad"].cause
    assert cause in by_feed["bad"].cause
    assert (by_feed["good"].state, by_feed["good"].new) == (FeedState.OK, 1)


async def test_a_failure_keeps_entries_and_ends_with_the_next_success(tmp_path):
    with FeedServer(host="127.3.0.1") as server:
        url = server.route("/feed", Reply(body=rss([OLD])), Reply(status=503), Reply(body=rss([THEFT, OLD])))
        reports, shown = await polled(configured(tmp_path, {"wire": url}), times=3)
    assert (reports[0].state, reports[0].new) == (FeedState.OK, 1)
    assert shown.count("CRITICAL") == 1


async def test_an_edit_that_names_an_actor_is_a_hit_once(tmp_path):
    edited = rss([("1", "Lazarus Group stole from a bridge, police say")])
    again = rss([("1", "Lazarus Group stole from a bridge, the police say now")])
    with FeedServer(host="127.3.0.1") as server:
        url = server.route("/feed", Reply(body=rss([("1", "Bridge robbed")])), Reply(body=edited), Reply(body=again))
        _, shown = await polled(configured(tmp_path, {"wire": url}), times=3)
    assert shown.count("CRITICAL") == 1


async def test_a_second_process_reports_which_process_has_the_lock(tmp_path):
    config = configured(tmp_path, {"wire": "http://127.3.0.1:9/feed"})
    async with Daemon(config):
        with pytest.raises(AnotherInstance, match="pid"):
            async with Daemon(config):
                pass


async def test_a_hit_is_stored_with_the_watchlist_and_the_reason(tmp_path):
    with FeedServer(host="127.3.0.1") as server:
        url = server.route("/feed", Reply(body=rss([OLD])), Reply(body=rss([THEFT, OLD])))
        config = configured(tmp_path, {"wire": url})
        async with Daemon(config, console=io.StringIO()) as daemon:
            await daemon.poll_now()
            await daemon.poll_now()
            hit = (await daemon.ask(lambda db: list_hits(db, HitQuery())))[0]
    assert (hit["severity"], hit["actors"], hit["rules"]) == ("critical", ["lazarus"], ["theft", "any"])
    assert hit["outlet"] == "The Wire"


async def test_a_poll_is_committed_in_one_transaction(tmp_path):
    with FeedServer(host="127.3.0.1") as server:
        url = server.route("/feed", Reply(body=rss([OLD]), etag=b'"1"'))
        config = configured(tmp_path, {"wire": url})
        async with Daemon(config) as daemon:
            seen = []
            await daemon.ask(lambda db: db.conn.set_trace_callback(seen.append))
            await daemon.poll_now()
            await daemon.ask(lambda db: db.conn.set_trace_callback(None))
    first = next(i for i, sql in enumerate(seen) if "INSERT INTO entries" in sql)
    commit = next(i for i, sql in enumerate(seen) if i > first and sql == "COMMIT")
    assert any("feeds" in sql and b'"1"'.hex().upper() in sql.upper() for sql in seen[first:commit])


async def test_due_feeds_are_polled_without_waiting_for_them(tmp_path):
    with FeedServer(host="127.3.0.1") as server:
        url = server.route("/feed", Reply(hang=True))
        config = configured(tmp_path, {"wire": url})
        async with Daemon(config) as daemon:
            await daemon.poller.poll_due(datetime(9999, 1, 1, tzinfo=UTC))
        database = sqlite3.connect(tmp_path / "monitor.db")
    assert database.execute("SELECT last_poll_at FROM feeds").fetchone() == (None,)
    database.close()
