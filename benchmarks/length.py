"""How the time to read a hostile text grows with its length: judging it, and reading amounts and indicators in it.

An expression that goes back and forth over the same letters shows here; the tests count calls, which it does not make.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import Any

from benchmarks.result import Result
from monitor.facts import read_amounts, read_indicators
from monitor.matching import Matcher, load_vocabulary
from monitor.model import Actor, Keyword, Text

LETTERS = 100_000
ROUNDS = 3  # the fastest counts: whatever else the machine does only adds
GOAL = 2.6
HEX, BASE58 = "ab" * 32, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
READERS: dict[str, tuple[Callable[[Text], Any], tuple[str, ...]]] = {
    "amounts": (
        read_amounts,
        (
            *("1,", "1", "12.", "1’", "1.000", "1,0001.5", "9,999 ", "$", "$1 to ", "1 and ", "between "),
            *("a million dollars ", "a and a half "),
            *("hundred ", "million dollars ", "twenty-", "1万", "5億 ", "1亿2万3千", "億", "5억 3000만 달러 "),
        ),
    ),
    "indicators": (
        read_indicators,
        ("a", "1A", "bc1", "0x", f"0x{HEX} ", f"{BASE58} ", f"tx {HEX} ", "CVE-2024-", "\u200b1", "tx hash ", "SOL "),
    ),
}
HERON = Actor(
    "heron", "Night Heron", ("Night Heron",), weak=("Heron",), context=("steal*",), exclude=("Heron Lake",), within=15
)
NAMES = ("Night Heron ", "Nigth Heron ", "Heron Lake ", "Heron ", "Night ", "NightHeron", "n-i-g-h-t ", "Heron steals ")


def measure() -> Result:
    """Return how many times longer the worst of all texts takes when it is twice as long."""
    matcher = Matcher([HERON], [Keyword("theft", ("steal*",))], vocabulary=load_vocabulary())
    readers = READERS | {"names": (matcher.find, NAMES)}
    growth = {
        f"{name}: {piece[:24]!r}": _growth(read, piece) for name, (read, pieces) in readers.items() for piece in pieces
    }
    return Result(
        name="length",
        figure=max(growth.values()),
        unit="times longer for twice the length",
        goal=GOAL,
        details={"letters": LETTERS, "growth": growth},
    )


def _growth(read: Callable[[Text], Any], piece: str) -> float:
    short, long = (Text("", piece * (letters // len(piece))) for letters in (LETTERS, 2 * LETTERS))
    return round(_fastest_s(read, long) / _fastest_s(read, short), 2)


def _fastest_s(read: Callable[[Text], Any], text: Text) -> float:
    taken = []
    for _ in range(ROUNDS):
        began = process_time()
        read(text)
        taken.append(process_time() - began)
    return min(taken)
