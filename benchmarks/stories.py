"""How long an entry takes to be assigned to a story, how good the stories are, and how much hangs on each weight."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from benchmarks.result import Result
from monitor.config import load
from monitor.facts import read_amounts, read_indicators
from monitor.model import Text
from monitor.stories import (
    STORY_STAYS_OPEN,
    ActorRelations,
    StoryIndex,
    StoryItem,
    assign,
    assignment,
    evidence,
    profile_of,
)
from monitor.watchlist import compile_watchlist, judge

SHARED = Path(__file__).resolve().parents[2] / "shared"
BACKGROUND, LABELLED = SHARED / "corpus/background.jsonl", SHARED / "eval/dev.jsonl"
PACKS = ("dprk", "dprk-general", "mixers-and-markets", "ransomware", "state-groups", "drainers")

OPEN_STORIES = 10_000
ASKED = 2_000
GOAL_US = 200.0
DAY = datetime(2026, 1, 5, tzinfo=UTC)
WEIGHTS = (
    *("BASE", "SIMILARITY", "RARE", "SAME_AMOUNT", "NEAR_AMOUNT", "OTHER_AMOUNT", "OTHER_NAME", "OTHER_VICTIM"),
    *("OTHER_VICTIM_AND_AMOUNT", "SAME_TEMPLATE", "SAME_OUTLET", "SERIES", "DAY", "CITED", "UNRELATED_ACTORS"),
    *("ACTORS_OF_A_FAMILY", "ONLY_ACTOR", "SAME_ACT", "ONLY_SUBJECT", "ONLY_COMMON_NAMES"),
)
FACTORS = (0.8, 1.2)

Row = dict[str, Any]
Named = tuple[tuple[str, ...], frozenset[str]]  # texts of mentions of actors, ids of those
Actors = Callable[[Row], Named]
Scores = tuple[float, float, float]  # B-cubed precision, recall and F1


def measure() -> Result:
    """Return the median time of an assignment; the quality is among the details."""
    if not BACKGROUND.exists() or not LABELLED.exists():
        raise SystemExit(f"skipped: no {BACKGROUND.name} or no {LABELLED.name} in {SHARED}")
    reading_us, assigning_us = _times_us()
    return Result(
        name="stories",
        figure=round(median(assigning_us), 1),
        unit="µs",
        goal=GOAL_US,
        details={
            "open_stories": OPEN_STORIES,
            "asked": ASKED,
            "assigning_us": _spread(assigning_us),
            "reading_us": _spread(reading_us),
            "b_cubed": _quality(),
        },
    )


# ---------------------------------------------------------------- time


def _times_us() -> tuple[list[float], list[float]]:
    """Return for each item that is asked how long it took to read it, and to assign it, all stories being open."""
    rows = _rows(BACKGROUND)
    index, asked = StoryIndex(), []
    for row in rows:
        item = _item(row, _nobody, at=DAY)
        if len(index) < OPEN_STORIES:
            index.add(len(index) + 1, profile_of(item))
        elif len(asked) < ASKED:
            asked.append(item)
    reading, assigning = [], []
    for item in asked:
        began = perf_counter()
        profile = profile_of(item)
        read = perf_counter()
        assign(index, profile)
        reading.append((read - began) * 1e6)
        assigning.append((perf_counter() - read) * 1e6)
    return reading, assigning


def _spread(values: list[float]) -> dict[str, float]:
    cuts = quantiles(values, n=100)
    return {"median": round(median(values), 1), "p95": round(cuts[94], 1), "p99": round(cuts[98], 1)}


# ---------------------------------------------------------------- quality


def _quality() -> Row:
    """Return the scores as shipped, with other thresholds, and with each weight 20 % less and more."""
    rows = _rows(LABELLED)
    tracked, relations = _packs()
    items = {name: [(row, _item(row, who)) for row in rows] for name, who in (("packs", tracked), ("nobody", _nobody))}
    scores: Callable[[], dict[str, Scores]] = lambda: {name: _scores(of, relations) for name, of in items.items()}  # noqa: E731
    changed: Row = {}
    for name in WEIGHTS:
        for factor in FACTORS:
            with _set(evidence, name, getattr(evidence, name) * factor):
                changed[f"{name} x {factor}"] = scores()
    for join in (-1.0, -0.5, 0.5, 1.0):
        with _set(assignment, "JOIN", join):
            changed[f"JOIN {join:+g}"] = scores()
    return {"as_shipped": scores(), "changed": changed}


@contextmanager
def _set(module: Any, name: str, value: float) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


def _nobody(_: Row) -> Named:
    return (), frozenset()


def _packs() -> tuple[Actors, ActorRelations]:
    """Return what tells which actors of the shipped packs a row names, and how those are related."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_text(f"include = {json.dumps([f'pack:{name}' for name in PACKS])}\n", encoding="utf-8")
        loaded = load(path, environ={})
    if loaded.config is None:
        raise SystemExit("\n".join(map(str, loaded.problems)))
    watchlist = compile_watchlist(loaded.config)

    def names(row: Row) -> Named:
        judgement = judge(watchlist, _text(row), feed="")
        texts = tuple(mention.text for mention in judgement.mentions if mention.actor)
        return texts, frozenset(judgement.actors)

    return names, watchlist.actor_relations


def _scores(items: Iterable[tuple[Row, StoryItem]], relations: ActorRelations) -> Scores:
    """Return B-cubed precision, recall and F1 (Bagga and Baldwin 1998) over the items that carry a label."""
    index, opened = StoryIndex(), 0
    truth: dict[str, set[str]] = defaultdict(set)
    guess: dict[int, set[str]] = defaultdict(set)
    pairs: list[tuple[str, str, int]] = []
    for row, item in sorted(items, key=lambda one: one[1].at):
        profile = profile_of(item)
        said = assign(index, profile, relations)
        opened += said.story is None
        story = said.story or opened
        index.close_older_than(item.at - STORY_STAYS_OPEN)
        index.add(story, profile)
        if label := row.get("story"):
            truth[label].add(row["id"])
            guess[story].add(row["id"])
            pairs.append((row["id"], label, story))
    shared = [(len(truth[label] & guess[story]), len(guess[story]), len(truth[label])) for _, label, story in pairs]
    precision = sum(both / said for both, said, _ in shared) / len(pairs)
    recall = sum(both / meant for both, _, meant in shared) / len(pairs)
    return round(precision, 4), round(recall, 4), round(2 * precision * recall / (precision + recall), 4)


# ---------------------------------------------------------------- items


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _text(row: Row) -> Text:
    return Text(row["title"], row.get("summary") or "")


def _item(row: Row, actors: Actors, at: datetime | None = None) -> StoryItem:
    text = _text(row)
    if at is None:
        # an item without a date comes last
        at = datetime.fromisoformat(row["date"]).replace(tzinfo=UTC) if row.get("date") else DAY + timedelta(days=365)
    texts, ids = actors(row)
    return StoryItem(
        title=text.title,
        at=at,
        summary=text.summary,
        outlet=row["source"],
        link=row.get("url") or "",
        amounts=read_amounts(text),
        indicators=read_indicators(text),
        actors=texts,
        actor_ids=ids,
    )
