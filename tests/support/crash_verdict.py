"""What a process that is killed again and again owes to its destinations, held against what they received. Pure.

Every promised token arrives at least once. It arrives again only when a kill fell between the moment at which the
destination had it and the commit of that; then once more for that kill, and marked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

MARK = "(possible repeat)"

Sent = tuple[str, str]  # a token, and a destination


@dataclass(frozen=True)
class Message:
    """What a destination received."""

    destination: str
    life: int  # of the process that sent it, from 1
    text: str


@dataclass(frozen=True)
class Crash:
    """A kill, and what the database said then."""

    life: int  # that it ended
    point: str  # empty: a random moment
    in_flight: frozenset[Sent]  # leased, and no outcome committed


@dataclass(frozen=True)
class Verdict:
    """What was found; ``problems`` in words, none when all is well."""

    problems: tuple[str, ...]
    messages: int
    lost: int
    repeats: tuple[tuple[str, str], ...]  # that a kill explains: its point, and the destination
    unexplained: int  # repeats that no kill explains
    marked_alone: int  # marked, though the destination had it once only


def judge(
    promised: Mapping[str, Sequence[str]], silent: Sequence[str], messages: Sequence[Message], crashes: Sequence[Crash]
) -> Verdict:
    """Return what is to be said of *messages*.

    Args:
        promised: To which destinations each token goes.
        silent: Tokens that nobody is to be told of.
        messages: In the order of coming.
        crashes: All kills; the last life has none.
    """
    copies = _copies(messages, [*promised, *silent])
    owed = {(token, destination) for token, destinations in promised.items() for destination in destinations}
    lost = owed - copies.keys()
    repeats, unexplained = _repeats(copies, {crash.life: crash for crash in crashes})
    per_kill = Counter((crash.life, destination) for crash, destination in repeats)
    problems = [
        *(f"{token} is lost for {destination}" for token, destination in lost),
        *(f"{token} was told to {destination} for nothing" for token, destination in copies.keys() - owed),
        *unexplained,
        *(f"{n} repeats at {dest} for the kill of life {life}" for (life, dest), n in per_kill.items() if n > 1),
        *_wrong_marks(copies, crashes),
    ]
    return Verdict(
        problems=tuple(problems),
        messages=len(messages),
        lost=len(lost),
        repeats=tuple((crash.point, destination) for crash, destination in repeats),
        unexplained=len(unexplained),
        marked_alone=sum(len(received) == 1 and MARK in received[0].text for received in copies.values()),
    )


def in_window(messages: Sequence[Message], crash: Crash) -> int:
    """Return how many messages had arrived when *crash* came, and were not yet known to have."""
    arrived = [m for m in messages if m.life == crash.life]
    return sum(any(token in m.text and m.destination == dest for m in arrived) for token, dest in crash.in_flight)


def _copies(messages: Sequence[Message], tokens: Sequence[str]) -> dict[Sent, list[Message]]:
    copies: dict[Sent, list[Message]] = {}
    for token in tokens:
        for message in messages:
            if token in message.text:
                copies.setdefault((token, message.destination), []).append(message)
    return copies


def _repeats(
    copies: Mapping[Sent, Sequence[Message]], kills: Mapping[int, Crash]
) -> tuple[list[tuple[Crash, str]], list[str]]:
    """Return the repeats that a kill explains, with that and the destination, and the others in words."""
    explained, unexplained = [], []
    for sent, received in copies.items():
        for before, after in pairwise(received):
            # the process that sent it must have died before it knew
            kill = kills.get(before.life) if after.life > before.life else None
            if kill is not None and sent in kill.in_flight and MARK in after.text:
                explained.append((kill, sent[1]))
            else:
                marked = "marked" if MARK in after.text else "not marked"
                unexplained.append(f"{sent[0]} came to {sent[1]} in life {before.life} and {after.life}, {marked}")
    return explained, unexplained


def _wrong_marks(copies: Mapping[Sent, Sequence[Message]], crashes: Sequence[Crash]) -> Iterator[str]:
    for sent, received in copies.items():
        first = next((crash.life for crash in crashes if sent in crash.in_flight), None)
        for message in received:
            if MARK in message.text and (first is None or message.life <= first):
                yield f"{sent[0]} came to {sent[1]} in life {message.life}, marked, and nothing had been in flight"
