"""Judging in other processes gives the same, in the same order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.backtest.paired_judging import WatchlistParts
from monitor.backtest.workers import CHUNK, JudgingTask, map_entries
from monitor.model import Actor, Entry, Rule, SeenText, Text

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HERON = Actor("heron", "Night Heron", ("Night Heron",))
RULES = {"any": Rule("any", ("slack",), frozenset({"heron"}))}


def texts(number: int) -> list[SeenText]:
    titles = ("Night Heron stole $2M from the exchange", "The weather in the mountains stays calm", "Night Herom seen")
    seen = (NOW + timedelta(minutes=n) for n in range(number))
    return [
        SeenText(n, Entry("wire", str(n), "Wire", "", Text(titles[n % 3]), "", at, None, at, b""), at)
        for n, at in enumerate(seen)
    ]


@pytest.mark.slow
def test_texts_come_back_in_order_with_the_same_judgements():
    parts = WatchlistParts({"heron": HERON}, {}, RULES)
    task = JudgingTask(parts, WatchlistParts({"heron": HERON}, {}, {}), with_profiles=True)
    given = texts(2 * CHUNK + 7)
    here, there = (list(map_entries(given, task, processes=number)) for number in (0, 1))
    assert [text for text, _ in there] == given
    assert [(j.base.judgement, j.edited.judgement, j.profile) for _, j in there] == [
        (j.base.judgement, j.edited.judgement, j.profile) for _, j in here
    ]
    assert [judged.profile is not None for _, judged in there[:3]] == [True, False, True]


def test_few_texts_start_no_process(monkeypatch):
    monkeypatch.setattr("monitor.backtest.workers.ProcessPoolExecutor", None)
    parts = WatchlistParts({"heron": HERON}, {}, RULES)
    assert len(list(map_entries(texts(5), JudgingTask(parts, parts, with_profiles=False)))) == 5
