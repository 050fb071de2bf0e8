"""What the shipped packs find in the background, and what a person who read a sample of it says.

All misspelled, weak and described mentions are read, and names until the sample is full.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from benchmarks.goals import Goal, goals_result
from benchmarks.matching_data import background, missing
from benchmarks.matching_quality import PACKS
from benchmarks.result import Result
from monitor.config import load
from monitor.model import Mention, Text
from monitor.watchlist import Watchlist, compile_watchlist

SAMPLE = 200
VERDICTS = Path(__file__).parent / "pack_verdicts.tsv"
ORDER = ("fuzzy", "weak", "described", "name")


@dataclass(frozen=True, slots=True)
class Found:
    """A mention in an item of the background."""

    item: str  # a short hash of its title
    sort: str  # one of ORDER
    mention: Mention

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what its verdict is stored under."""
        return self.item, str(self.mention.actor), self.mention.text


def measure() -> Result:
    """Return how many goals were missed; the figures are among the details."""
    if why := missing("corpus/background.jsonl"):
        raise SystemExit(why)
    texts = background()
    found = [*find(texts)]
    read = sample(found)
    verdicts = read_verdicts()
    said = Counter((one.sort, verdicts.get(one.key, "unread")) for one in read)
    share_false = sum(count for (_, verdict), count in said.items() if verdict == "false") / max(1, len(read))
    goals = [
        Goal("false mentions per 1,000 items", round(share_false * len(found) / len(texts) * 1000, 2), at_most=2),
        Goal("sampled mentions that are not read", sum(n for (_, v), n in said.items() if v == "unread"), at_most=0),
    ]
    return goals_result(
        "pack_mentions",
        goals,
        {
            "mentions": dict(Counter(one.sort for one in found)),
            "read": {f"{sort}, {verdict}": count for (sort, verdict), count in sorted(said.items())},
        },
    )


def find(texts: list[Text]) -> Iterator[Found]:
    """Yield the mentions of the packs in *texts*, each actor and spelling once per item."""
    watchlist = packs()
    weak = {(actor.id, alias) for actor in watchlist.actors.values() for alias in actor.weak}
    known: set[tuple[str, str, str]] = set()
    for text in texts:
        item = sha256(text.title.encode()).hexdigest()[:8]
        for mention in watchlist.matcher.find(text).mentions:
            one = Found(item, _sort(mention, weak), mention)
            if one.key not in known:
                known.add(one.key)
                yield one


def packs() -> Watchlist:
    """Return the watchlist of all shipped packs of actors."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.toml"
        file.write_text(f"include = {json.dumps([f'pack:{name}' for name in PACKS])}\n", encoding="utf-8")
        config = load(file, environ={}).config
    assert config is not None
    return compile_watchlist(config)


def _sort(mention: Mention, weak: set[tuple[str, str]]) -> str:
    if mention.edits:
        return "fuzzy"
    if (str(mention.actor), mention.alias) in weak:
        return "weak"
    return "described" if " + " in mention.alias else "name"


def sample(found: list[Found]) -> list[Found]:
    """Return the mentions to read, drawn by their hashes: a new name in a pack leaves most of them as they are."""
    return sorted(found, key=lambda one: (ORDER.index(one.sort), sha256(repr(one.key).encode()).digest()))[:SAMPLE]


def read_verdicts() -> dict[tuple[str, str, str], str]:
    """Return what a person said of each mention: true or false."""
    lines = VERDICTS.read_text(encoding="utf-8").splitlines()[1:] if VERDICTS.exists() else []
    return {(item, actor, text): verdict for item, actor, text, verdict, _ in (line.split("\t") for line in lines)}
