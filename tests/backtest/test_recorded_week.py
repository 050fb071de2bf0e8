"""A backtest of the active configuration predicts what the pipeline did in a recorded week."""

from __future__ import annotations

from collections import Counter

import pytest
from support.recorded_week import CONFIG, RecordedWeek, published_entries

from monitor.backtest.paired_judging import WatchlistParts
from monitor.backtest.replay import OperatorHistory, Replay
from monitor.backtest.run import BacktestOptions, backtest
from monitor.backtest.workers import JudgingTask, map_entries
from monitor.config import load
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.store import open_writer
from monitor.store.db.statements import rows
from monitor.store.scratch import past_triages, sent_messages
from monitor.store.stored_texts import stored_texts
from monitor.store.triage_and_silences import list_silences
from monitor.watchlist import compile_watchlist

HITS = """
SELECT h.entry_id, h.version, h.severity, h.is_update,
       (SELECT group_concat(rule) FROM hit_rules WHERE hit_id = h.id) AS rules
FROM hits h ORDER BY h.entry_id, h.version
"""


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    folder = tmp_path_factory.mktemp("week")
    with open_writer(folder / "monitor.db") as db:
        db.execute("PRAGMA synchronous = OFF")
        recorded = RecordedWeek(folder, db, published_entries(500))
        recorded.live()
        yield recorded, db


def history(db) -> OperatorHistory:
    return OperatorHistory(tuple(s for s, _ in list_silences(db)), tuple(past_triages(db)))


@pytest.mark.slow
def test_every_hit_and_every_message_of_a_week_is_predicted(week):
    recorded, db = week
    config = recorded.config
    parts = WatchlistParts(config.actors, config.keywords, config.rules)
    watchlist = compile_watchlist(config)
    active = ActiveConfiguration(config, watchlist, 1, recorded._active.loaded_at)
    found = {}
    with Replay(active, history(db)) as replay:
        for text, judged in map_entries(stored_texts(db), JudgingTask(parts, parts, with_profiles=False), processes=0):
            hit = replay.see(text, judged.base, text.story)
            if hit:
                rules = ",".join(rule.rule for rule in hit.judgement.rules)
                found[text.number, text.entry.version] = (int(hit.severity), rules)
        predicted = replay.finish()
    real = {(r["entry_id"], r["version"]): (r["severity"], r["rules"]) for r in rows(db, HITS)}
    assert found == real
    sent = sent_messages(db)
    assert Counter((m.destination, m.kind) for m in predicted) == Counter((m.destination, m.kind) for m in sent)
    assert [(m.destination, m.kind, m.sent_at, len(m.hits)) for m in predicted] == [
        (m.destination, m.kind, m.sent_at, len(m.hits)) for m in sent
    ]
    # the week contains what it is to show
    kinds = {str(m.kind) for m in sent}
    assert {"alert", "follow-up", "digest", "summary", "escalation"} <= kinds
    assert any(r["is_update"] for r in rows(db, HITS))


@pytest.mark.slow
def test_an_edit_of_the_watchlist_is_compared_with_what_happened(week, tmp_path):
    recorded, db = week
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.replace('otter = ["Grey Otter"]', 'otter = ["Grey Badger"]').replace('["$1M"]', '["$20M"]'))
    edited = load(path, environ={}).config
    report = backtest(
        recorded.config, edited, stored_texts(db), options=BacktestOptions(stored_stories=True, history=history(db))
    )
    assert report.hits_before == len(rows(db, HITS))
    assert report.gained.number == 0
    assert report.lost.number > 10
    assert all("otter" in reason or "rule" in reason for change in report.lost.samples for reason in change.why)
    assert report.severity_lowered == report.severity_changed.number > 0
    (slack,) = [tally for tally in report.destinations if tally.destination == "slack"]
    assert slack.totals[1] < slack.totals[0]
