"""How fast names are found, beside what others offer, and what an index takes to build and to hold.

Every size of watchlist is measured in a process of its own, where the methods take turns over the same texts; the
memory of words is filled with other texts of the same length before. Only ratios within one run mean anything.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from benchmarks.goals import Goal, goals_result
from benchmarks.matching_data import CLUSTERS, SDN, actors, documents, missing
from benchmarks.matching_peers import METHODS, Method, Search
from benchmarks.result import Result
from monitor.matching import Matcher, load_vocabulary
from monitor.model import Text

SIZES = (10, 100, 1_000, 10_000, 100_000)
DOCUMENTS = {64: 4_000, 300: 1_200, 1_500: 260, 8_000: 50}  # words in each, and how many; half are read before
ROUNDS = 5
SPANS = [("at 100,000 names, as at 100", 100_000, 3.0), ("at 10,000 names, as at 100", 10_000, 3.0)]
NEEDED = ("corpus/background.jsonl", *(f"actors/misp-{name}.json" for name in (*CLUSTERS, "ransomware")), *SDN)


def measure() -> Result:
    """Return how many goals were missed; the rates and ratios are among the details."""
    if why := missing(*NEEDED):
        raise SystemExit(why)
    found = {size: _measured(size) for size in SIZES}
    goals = _goals(found)
    return goals_result("matching_speed", goals, {"by number of names": found})


def _goals(found: dict[int, dict[str, Any]]) -> list[Goal]:
    def rate(size: int, name: str = "ours", words: int = 300) -> float:
        return float(found[size]["texts_per_s"][str(words)][name])

    ten, exact = rate(10_000), rate(10_000, "ahocorasick_rs, exact")
    return [
        Goal("times the rate of cdist, 10,000 names", _round(ten / rate(10_000, METHODS[3].name)), at_least=150),
        *(Goal(f"times slower {name}", _round(rate(100) / rate(size)), at_most=most) for name, size, most in SPANS),
        Goal("times slower than exact ahocorasick_rs, 10,000 names", _round(exact / ten), at_most=6),
        Goal("seconds to build, 10,000 names", found[10_000]["build_s"], at_most=0.23),
        Goal("MB held, 10,000 names", found[10_000]["held_mb"], at_most=10),
        Goal("seconds to build, 100,000 names", found[100_000]["build_s"], at_most=3.2),
        Goal("MB held, 100,000 names", found[100_000]["held_mb"], at_most=131),
    ]


def _measured(size: int) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.matching_speed", str(size)],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if run.returncode:
        raise SystemExit(run.returncode)
    result: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return result


# ---------------------------------------------------------------- in a process of its own


def _of_size(size: int) -> dict[str, Any]:
    watched = actors(size)
    load_vocabulary()
    gc.collect()
    before, began = _resident_mb(), process_time()
    matcher = Matcher(watched, (), vocabulary=load_vocabulary())
    built = process_time() - began
    gc.collect()
    held = _resident_mb() - before
    del matcher
    others = [(method, method.ready(watched)) for method in METHODS[1:]]
    rates = {}
    for words, most in DOCUMENTS.items():
        # ours anew each time: what it remembers of one length would help it with the next
        rates[words] = _rates([(METHODS[0], METHODS[0].ready(watched)), *others], size, words, documents(words, most))
    return {"build_s": round(built, 3), "held_mb": round(held, 1), "texts_per_s": rates}


def _rates(searches: Sequence[tuple[Method, Search]], size: int, words: int, texts: Sequence[Text]) -> dict[str, float]:
    """Return the texts a second of each method: the median of rounds in which they take turns, each on new texts."""
    asked = len(texts) // 2 // ROUNDS
    for text in texts[: len(texts) // 2]:
        searches[0][1](text)  # no other remembers anything
    taken: dict[str, list[float]] = {}
    for number in range(ROUNDS):
        unseen = texts[len(texts) // 2 + number * asked :][:asked]
        for method, search in searches:
            if share := unseen[: int(min(asked, method.most / (size * words)))]:
                taken.setdefault(method.name, []).append(_seconds(search, share) / len(share))
    return {name: _round(1 / median(seconds)) for name, seconds in taken.items()}


def _seconds(search: Search, texts: Sequence[Text]) -> float:
    began = process_time()
    for text in texts:
        search(text)
    return process_time() - began


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _round(figure: float) -> float:
    return float(f"{figure:.3g}")


if __name__ == "__main__":
    print(json.dumps(_of_size(int(sys.argv[1]))))
