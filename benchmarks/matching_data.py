"""Names and documents of any number and length, from the folder ``shared`` beside the repository."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from monitor.matching import load_vocabulary, parse_alias
from monitor.model import Actor, Text

SHARED = Path(__file__).resolve().parents[2] / "shared"
SEED = 20_241_122
CLUSTERS = ("threat-actor", "mitre-intrusion-set", "microsoft-activity-group", "360net")

SDN = ("sanctions/sdn-2024-05-03.csv", "sanctions/sdn-2022-01.csv")

# what stands near a name in the news of this trade
CONTEXT = ("hack*", "cyber*", "malware", "ransomware", "phish*", "stole*", "theft*", "launder*", "sanction*", "heist*")


def missing(*paths: str) -> str:
    """Return why nothing can be measured, empty when all *paths* are there."""
    gone = [path for path in paths if not (SHARED / path).exists()]
    return f"skipped: no {gone[0]} in {SHARED}" if gone else ""


# ---------------------------------------------------------------- names


def actor_names() -> list[str]:
    """Return the actor names of MISP and MITRE, about 2,750, each once whatever its capitals."""
    return _once(name for group in _clusters(CLUSTERS) for name in group)


def groups(size: int) -> list[tuple[str, ...]]:
    """Return names in groups, one per actor, *size* names in all.

    First the tracked actors, then MISP and MITRE, then OFAC's list, then ransomware, then people of OFAC's list with
    given and family names drawn anew.
    """
    taken: set[str] = set()
    chosen: list[tuple[str, ...]] = []
    for group in _every_group():
        fresh = tuple(name for name in _once(group) if name.lower() not in taken)[: size - len(taken)]
        taken.update(name.lower() for name in fresh)
        if fresh:
            chosen.append(fresh)
        if len(taken) == size:
            break
    return chosen


def actors(size: int) -> list[Actor]:
    """Return actors with *size* names in all; ordinary words among them are weak, with context and two excludes."""
    return [_actor(number, names) for number, names in enumerate(groups(size))]


def _actor(number: int, names: tuple[str, ...]) -> Actor:
    weak = [name for name in names if name.lower() in load_vocabulary()]
    return Actor(
        id=f"a{number}",
        name=names[0],
        aliases=tuple(name for name in names if name not in weak),
        weak=tuple(weak),
        context=CONTEXT,
        exclude=tuple(phrase for name in weak for phrase in (f"{name} Street", f"Saint {name}")),
    )


def _every_group() -> Iterator[tuple[str, ...]]:
    for name in ("dprk_actors", "other_actors"):
        for actor in json.loads((SHARED / f"actors/{name}.json").read_text(encoding="utf-8"))["actors"]:
            yield tuple(_readable(a if isinstance(a, str) else a["alias"] for a in actor["aliases"]))
    yield from _clusters(CLUSTERS)
    yield from _listed()
    yield from _clusters(("ransomware",))
    yield from _recombined()


def _clusters(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    for name in names:
        values = json.loads((SHARED / f"actors/misp-{name}.json").read_text(encoding="utf-8"))["values"]
        for value in values:
            written = (value["value"], *((value.get("meta") or {}).get("synonyms") or ()))
            yield tuple(_readable(part for one in written for part in re.sub(r" - G\d{4}$", "", one).split(" - ")))


def _listed() -> list[tuple[str, ...]]:
    """Return the names of OFAC's list, other names included, people with the given name first."""
    names: dict[str, list[str]] = {}
    for path in SDN:
        for row in _rows(path):
            names.setdefault(row[0], []).append(row[1])
    for row in _rows("sanctions/alt-2022-01.csv"):
        names.setdefault(row[0], []).append(row[3])
    return [tuple(_readable(_given_first(name) for name in group)) for group in names.values()]


def _recombined() -> Iterator[tuple[str, ...]]:
    people = [row[1].partition(", ") for path in SDN for row in _rows(path) if row[2] == "individual"]
    dice = random.Random(SEED)
    while True:
        yield (f"{dice.choice(people)[2]} {dice.choice(people)[0]}".strip(),)


def _rows(path: str) -> Iterator[list[str]]:
    with (SHARED / path).open(encoding="utf-8", errors="replace", newline="") as file:
        yield from (row for row in csv.reader(file) if len(row) > 3)


def _given_first(name: str) -> str:
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if comma and not re.search(r"\b(?:LTD|INC|CO|S\.A|LLC)\b", given, re.I) else name


def _readable(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        written = name.strip().lstrip("=").strip("*/")
        try:
            parse_alias(written)
        except ValueError:
            continue
        if not re.fullmatch(r"G\d{4}", written):  # a number of ATT&CK, not a name
            yield written


def _once(names: Iterable[str]) -> list[str]:
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.lower(), name)
    return list(first.values())


# ---------------------------------------------------------------- documents


def background() -> list[Text]:
    """Return the news items of the background corpus."""
    with (SHARED / "corpus/background.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Text(row["title"], row.get("summary") or "") for row in rows]


def documents(words: int, most: int) -> list[Text]:
    """Return up to *most* documents of exactly *words* words: items of the background, shuffled, end to end."""
    items = background()
    random.Random(SEED).shuffle(items)
    stream = (word for item in items for _, value in item.fields() for word in value.split())
    cut: list[Text] = []
    while len(cut) < most and len(piece := list(islice(stream, words))) == words:
        cut.append(Text(" ".join(piece[:12]), " ".join(piece[12:])))
    return cut
