"""Which names, taken out of the shipped packs, ``monitor learn`` reads back from the news, and what else it suggests.

``alias_links.tsv`` has what a person found in the news: the names of the packs that a text links to another name of the
same actor. Few names of the packs are linked at all, so that a draw from all of them says little. Therefore names
that are linked are drawn first, as many as can be missing while another name of each link stays known, and the draw is
filled up from the rest. Each draw has its seed.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from benchmarks.goals import Goal, goals_result
from benchmarks.matching_data import SHARED, missing
from benchmarks.pack_mentions import packs
from benchmarks.result import Result
from monitor.backtest.entries_file import EntriesFile
from monitor.learning.names_in_text.linked_names import NameReader
from monitor.learning.names_in_text.name_words import GROUP_WORDS
from monitor.learning.new_aliases import AliasCollector, NewAlias
from monitor.matching import folded_words, load_vocabulary
from monitor.model import Actor, SeenText
from monitor.watchlist import Watchlist

CORPORA = ("corpus/background.jsonl", "eval/dev.jsonl")
DRAWN = 30
SEEDS = (1, 2, 3, 4, 5)
HERE = Path(__file__).parent
Name = tuple[str, str]  # actor, name without words for its kind


def measure() -> Result:
    """Return how many goals were missed; what was suggested is among the details."""
    if why := missing(*CORPORA):
        raise SystemExit(why)
    whole = packs()
    texts = [*_texts()]
    links = _read("alias_links.tsv")
    verdicts = {(row["actor"], row["name"]): row["verdict"] for row in _read("new_alias_verdicts.tsv")}
    groups: dict[str, list[Name]] = defaultdict(list)
    for row in links:
        groups[row["link"]].append((row["actor"], row["name"]))
    linked = sorted({name for group in groups.values() for name in group})
    draws = [_draw(whole, texts, groups, verdicts, seed) for seed in SEEDS]
    plain = _plain_draw(whole, texts, linked, SEEDS[0])
    goals = [
        Goal("linked names that were found, in the worst draw", min(d["found"] for d in draws), at_least=10),
        Goal(
            "wrong suggestions less right ones, in the worst draw",
            max(d["wrong"] - d["right"] for d in draws),
            at_most=0,
        ),
        Goal("suggestions that are not read", sum(len(d["unread"]) for d in draws), at_most=0),
    ]
    return goals_result(
        "new_aliases",
        goals,
        {
            "entries": len(texts),
            "names in the packs": len(_names(whole)),
            "names that the news link to another": len(linked),
            "draw from all names": plain,
            "draws with linked names": draws,
        },
    )


def _texts() -> Iterator[SeenText]:
    for path in CORPORA:
        with (SHARED / path).open("rb") as file:
            yield from EntriesFile(file).texts()


def _read(file: str) -> list[dict[str, str]]:
    path = HERE / file
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return [*csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def bare(spelling: str) -> str:
    """Return a spelling without words for its kind: "akira" for "Akira ransomware", with spaces left out."""
    words = folded_words(spelling)
    return "".join(word for word in words if word not in GROUP_WORDS) or "".join(words)


def _names(watchlist: Watchlist) -> list[Name]:
    return sorted({(a.id, bare(s)) for a in watchlist.actors.values() for s in (*a.aliases, *a.weak) if bare(s)})


def without(watchlist: Watchlist, names: set[Name]) -> Watchlist:
    """Return *watchlist* without every spelling of *names*."""

    def reduced(actor: Actor) -> Actor:
        kept = [tuple(s for s in part if (actor.id, bare(s)) not in names) for part in (actor.aliases, actor.weak)]
        return replace(actor, aliases=kept[0], weak=kept[1])

    actors = {key: reduced(actor) for key, actor in watchlist.actors.items()}
    return Watchlist(actors, watchlist.keywords, watchlist.rules, vocabulary=load_vocabulary())


def suggested(watchlist: Watchlist, texts: list[SeenText]) -> tuple[NewAlias, ...]:
    """Return the new aliases that the texts suggest."""
    reader, collector = NameReader(watchlist), AliasCollector()
    for text in texts:
        mentions = watchlist.matcher.find(text.entry.text).mentions
        collector.add(text.entry, reader.read(text.entry.text, mentions))
    return collector.result().suggested


def _plain_draw(whole: Watchlist, texts: list[SeenText], linked: list[Name], seed: int) -> dict[str, object]:
    drawn = set(random.Random(seed).sample(_names(whole), DRAWN))
    found = {(alias.actor, bare(alias.name)) for alias in suggested(without(whole, drawn), texts)}
    return {"seed": seed, "drawn": DRAWN, "linked": len(drawn & set(linked)), "found": len(drawn & found)}


def _draw(
    whole: Watchlist,
    texts: list[SeenText],
    groups: Mapping[str, list[Name]],
    verdicts: Mapping[Name, str],
    seed: int,
) -> dict[str, object]:
    dice = random.Random(seed)
    taken: set[Name] = set()
    kept: set[Name] = set()
    for group in groups.values():
        if not kept.intersection(group):
            kept.add(dice.choice([name for name in group if name not in taken]))
        taken.update(name for name in group if name not in kept)
    linked = len(taken)
    others = [name for name in _names(whole) if not any(name in group for group in groups.values())]
    taken.update(dice.sample(others, max(0, DRAWN - linked)))
    found = [(alias.actor, bare(alias.name)) for alias in suggested(without(whole, taken), texts)]
    said = {name: "right" if name in taken else verdicts.get(name, "unread") for name in found}
    return {
        "seed": seed,
        "drawn": len(taken),
        "linked": linked,
        "found": len(taken & set(found)),
        "right": sum(verdict == "right" for verdict in said.values()),
        "wrong": sum(verdict == "wrong" for verdict in said.values()),
        "unread": sorted(map(list, (name for name, verdict in said.items() if verdict == "unread"))),
        "missed": sorted(map(list, {n for g in groups.values() for n in g} & taken - set(found))),
        "also": sorted(map(list, (name for name in said if name not in taken))),
    }
