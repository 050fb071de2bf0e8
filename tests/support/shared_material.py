"""The material beside the repository that tests may use when it is there: real feeds and real lists of actors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from monitor.matching import load_vocabulary

SHARED = Path(__file__).resolve().parents[3] / "shared"
CAPTURES = SHARED / "corpus/feeds/fastfeedparser/benchmark_data"
CONTEXT = ["hack*", "ransomware", "malware", "cyber*", "threat actor", "attack*", "espionage", "crypto*"]

# id of an actor -> its names, each with whether it is also a word
Actors = dict[str, list[tuple[str, bool]]]

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"no {SHARED.name}/ beside the repository")


def real_feeds() -> list[Path]:
    """Return the files of feeds that were captured from real sites."""
    return sorted((SHARED / "feeds").rglob("*.xml")) + sorted(p for p in CAPTURES.iterdir() if p.is_file())


def real_actors() -> Actors:
    """Return the actors of every list, by an id that a configuration accepts."""
    actors: Actors = {}
    for path in sorted((SHARED / "actors").glob("*.json")):
        for name, spellings in _listed(json.loads(path.read_text())):
            known = actors.setdefault(re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-") or "unnamed", [])
            known += [pair for pair in spellings if pair[0].casefold() not in {k.casefold() for k, _ in known}]
    return actors


def _listed(document: dict) -> Iterator[tuple[str, Iterable[tuple[str, bool]]]]:
    for actor in document.get("actors", ()):
        aliases = [a if isinstance(a, dict) else {"alias": a} for a in actor["aliases"]]
        yield actor["id"], [(a["alias"], bool(a.get("common_word"))) for a in aliases]
    for cluster in document.get("values", ()):  # the form of MISP, which does not say what is a word
        names = dict.fromkeys([cluster["value"], *(cluster.get("meta", {}).get("synonyms") or ())])
        yield cluster["value"], [(name, _is_a_word(name)) for name in names if _is_plain(name)]


def _is_a_word(name: str) -> bool:
    return len(name) < 4 or name.lower() in load_vocabulary()


def _is_plain(name: str) -> bool:
    return bool(re.search(r"\w", name)) and not re.match(r"[=/]", name) and "*" not in name


def actors_toml(actors: Actors, critical: Iterable[str]) -> str:
    """Return the actors as the tables of a configuration; those in *critical* have that severity."""
    return "\n".join(_table(name, spellings, name in critical) for name, spellings in actors.items() if spellings)


def _table(name: str, spellings: list[tuple[str, bool]], critical: bool) -> str:
    lines = [f'[actors."{name}"]', f"aliases = {_texts(s for s, word in spellings if not word)}"]
    if words := [s for s, word in spellings if word]:
        lines += [f"weak = {_texts(words)}", f"context = {_texts(CONTEXT)}"]
    if critical:
        lines.append('severity = "critical"')
    return "\n".join(lines) + "\n"


def _texts(texts: Iterable[str]) -> str:
    return json.dumps(list(texts), ensure_ascii=False)
