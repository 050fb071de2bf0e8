"""How well names are found: on the labelled set, under invented variants, and what is taken for a name by mistake.

The labelled set goes through ``monitor match`` with the shipped packs. The other two search for the actor names of
MISP and MITRE, which nobody has tuned: names that are ordinary words are weak, with context.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.goals import Goal, goals_result
from benchmarks.matching_data import CLUSTERS, SDN, SEED, SHARED, actors, background, missing
from benchmarks.result import Result
from benchmarks.variants import EDITS, SEPARATORS, SURE, Variant
from monitor.matching import AliasKind, Matcher, WordCounter, folded_words, load_vocabulary, parse_alias
from monitor.model import Actor, Mention, Text

PACKS = ("dprk", "dprk-general", "mixers-and-markets", "ransomware", "state-groups", "drainers")
NAMES = 2_709  # all of MISP, MITRE and the tracked actors, each once
TRIED, SEEDS = 400, 3  # names, and variants of each class of each of them
LEARNED_FOR = (NAMES, 42_000)  # names; the second takes in all of the lists
READ = 100  # mentions of the background that a person reads
VERDICTS = Path(__file__).parent / "matching_verdicts.tsv"
NEEDED = (
    *("eval/dev.jsonl", "eval/score.py", "corpus/background.jsonl"),
    *(f"actors/{name}_actors.json" for name in ("dprk", "other")),
    *(f"actors/misp-{name}.json" for name in (*CLUSTERS, "ransomware")),
    *SDN,
)


def measure() -> Result:
    """Return how many goals were missed; the figures are among the details."""
    if why := missing(*NEEDED):
        raise SystemExit(why)
    watched = actors(NAMES)
    labelled, recalled, met = _labelled(), _recall(watched), _background(watched)
    goals = [*_goals_of_labels(labelled), *_goals_of_recall(recalled), *_goals_of_background(met)]
    return goals_result(
        "matching_quality",
        goals,
        {
            "labelled set": labelled,
            "recall": recalled,
            "background": met,
            "learned words": _learned(),
        },
    )


# ---------------------------------------------------------------- the labelled set


def _labelled() -> dict[str, Any]:
    """Return what the scorer of the labelled set says of our answers."""
    items = (SHARED / "eval/dev.jsonl").read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        config, answers = Path(folder) / "config.toml", Path(folder) / "answers.ndjson"
        config.write_text(f"include = {json.dumps([f'pack:{name}' for name in PACKS])}\n", encoding="utf-8")
        answers.write_bytes(_output(["-m", "monitor", "--config", str(config), "match"], items))
        score = [str(SHARED / path) for path in ("eval/score.py", "eval/dev.jsonl")]
        scores: dict[str, Any] = json.loads(_output([*score, str(answers), "--json"]))
    return {part: scores["mentions"][part] for part in ("named", "described", "real", "invented", "hard negatives")}


def _output(arguments: list[str], told: bytes = b"") -> bytes:
    return subprocess.run([sys.executable, *arguments], input=told, stdout=subprocess.PIPE, check=True).stdout


def _goals_of_labels(scores: dict[str, Any]) -> Iterator[Goal]:
    for part, rate, least in (
        *(("named", "f1", 0.98), ("named", "precision", 0.97), ("named", "recall", 0.97)),
        ("described", "f1", 0.88),
    ):
        yield Goal(f"{part} actors, {rate}", scores[part][rate], at_least=least)
    yield Goal("hard negatives taken for an actor", scores["hard negatives"]["fp"], at_most=0)


# ---------------------------------------------------------------- recall


def _recall(watched: list[Actor]) -> dict[str, dict[str, float]]:
    """Return for each class of variants how many were tried and which part was found.

    A variant is tried where neither it nor what it changes is a dictionary word, which is never a misspelling.
    """
    matcher = Matcher(watched, (), vocabulary=load_vocabulary())
    names = [(actor.id, name) for actor in watched for name in actor.aliases if _may_vary(name)]
    chosen = random.Random(SEED).sample(names, TRIED)
    return {
        kind: _tried(matcher, chosen, variant, strictly=kind not in SURE)
        for kind, variant in {**SURE, **SEPARATORS, **EDITS}.items()
    }


def _may_vary(name: str) -> bool:
    alias = parse_alias(name)
    return alias.kind is AliasKind.PLAIN and not alias.unspaced and len("".join(alias.words)) > 4 and name.isascii()


def _tried(matcher: Matcher, names: list[tuple[str, str]], variant: Variant, *, strictly: bool) -> dict[str, float]:
    tried = found = 0
    for seed in range(SEEDS):
        for actor, name in names:
            written = variant(name, random.Random(f"{seed} {name}"))
            if written is None or (strictly and _is_ordinary(name, written)):
                continue
            # with a context word, which a short name with a typo needs
            text = Text(f"Whoever read the code on Monday says that {written} wrote the ransomware")
            tried += 1
            found += any(mention.actor == actor for mention in matcher.find(text).mentions)
    return {"tried": tried, "found": round(found / tried, 4)}


def _is_ordinary(name: str, written: str) -> bool:
    before, after = set(folded_words(name)), set(folded_words(written))
    return not load_vocabulary().isdisjoint(before ^ after)


def _goals_of_recall(found: dict[str, dict[str, float]]) -> Iterator[Goal]:
    for kind in SURE:
        yield Goal(f"recall, {kind}", found[kind]["found"], at_least=1.0)
    for title, kinds, least in (("separators and entities", SEPARATORS, 0.97), ("one edit", EDITS, 0.95)):
        tried = sum(found[kind]["tried"] for kind in kinds)
        yield Goal(
            f"recall, {title}",
            round(sum(found[kind]["found"] * found[kind]["tried"] for kind in kinds) / tried, 4),
            at_least=least,
        )


# ---------------------------------------------------------------- the background


@dataclass(frozen=True, slots=True)
class _Met:
    """A mention in the background."""

    mention: Mention
    sort: str  # fuzzy, weak or exact
    place: str  # of the item, as a short hash of its title

    @property
    def key(self) -> tuple[str, str, str]:
        return self.place, self.mention.text, self.mention.alias


def _background(watched: list[Actor]) -> dict[str, Any]:
    """Return how many mentions there are in 1,000 words, by their sort, and what a person says of some of them."""
    matcher = Matcher(watched, (), vocabulary=load_vocabulary())
    weak = {(actor.id, name) for actor in watched for name in actor.weak}
    words, met = 0, list[_Met]()
    for text in background():
        words += sum(len(value.split()) for _, value in text.fields())
        met += [_met(text, mention, weak) for mention in matcher.find(text).mentions]
    counts = Counter(one.sort for one in met)
    return {
        "words": words,
        "mentions": dict(counts),
        "per 1,000 words": {sort: round(count / words * 1000, 4) for sort, count in counts.items()},
        "read": _read(_sampled(met)),
    }


def _met(text: Text, mention: Mention, weak: set[tuple[str, str]]) -> _Met:
    sort = "fuzzy" if mention.edits else "weak" if (mention.actor, mention.alias) in weak else "exact"
    return _Met(mention, sort, sha256(text.title.encode()).hexdigest()[:8])


def _sampled(met: list[_Met]) -> list[_Met]:
    """Return the mentions to be read: all fuzzy ones when they are few, and as many of the other two sorts.

    Which those are is drawn by their hashes: another name in the list, or one less, leaves the others where they are.
    """
    chosen: list[_Met] = []
    for sort, most in (("fuzzy", READ // 2), ("weak", (READ - 6) // 2), ("exact", READ)):
        others = sorted({one.key: one for one in met if one.sort == sort}.items(), key=_drawn)
        chosen += [one for _, one in others[: min(most, READ - len(chosen))]]
    return chosen


def _drawn(one: tuple[tuple[str, str, str], _Met]) -> str:
    return sha256(repr(one[0]).encode()).hexdigest()


def _read(sample: list[_Met]) -> dict[str, Any]:
    """Return what a person said of the sample: kept in a file, by the item, the text and the alias."""
    said = {}
    for line in VERDICTS.read_text(encoding="utf-8").splitlines()[1:]:
        place, text, alias, verdict, why = line.split("\t")
        said[place, text, alias] = verdict, why
    listed = [
        {"sort": one.sort, "place": one.place, "text": one.mention.text, "alias": one.mention.alias}
        | dict(zip(("said", "why"), said.get(one.key, ("unread", "")), strict=True))
        for one in sample
    ]
    tally = Counter(f"{row['sort']}, {row['said']}" for row in listed)
    return {"tally": dict(sorted(tally.items())), "each": listed}


# ---------------------------------------------------------------- words of the feeds


def _learned() -> dict[str, Any]:
    """Return what words learned from one half of the background change in the other: slips found, and slips missed."""
    texts = background()
    random.Random(SEED).shuffle(texts)
    count = WordCounter(load_vocabulary())
    for story, text in enumerate(texts[: len(texts) // 2]):
        count.add(story, text)
    unseen = texts[len(texts) // 2 :]
    words = sum(len(value.split()) for text in unseen for _, value in text.fields())
    found = {"words learned": len(count.words()), "words read": words}
    for size in LEARNED_FOR:
        for name, learned in (("without", frozenset[str]()), ("with", count.words())):
            matcher = Matcher(actors(size), (), vocabulary=load_vocabulary(), learned=learned)
            slips = sum(mention.edits > 0 for text in unseen for mention in matcher.find(text).mentions)
            found[f"fuzzy mentions, {size} names, {name}"] = slips
    return found


def _goals_of_background(met: dict[str, Any]) -> Iterator[Goal]:
    yield Goal("fuzzy mentions per 1,000 words of background", met["per 1,000 words"].get("fuzzy", 0.0), at_most=0.05)
    unread = sum(row["said"] == "unread" for row in met["read"]["each"])
    yield Goal("sampled mentions that nobody has read", unread, at_most=0)
