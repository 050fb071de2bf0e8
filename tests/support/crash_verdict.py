"""Compares what destinations received from a process that was killed repeatedly with what they must receive. Pure.

Every expected token arrives at least once. It arrives again only if a kill came after the destination accepted it and
before that was committed; then once more per kill, marked as a possible repeat.
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
    life: int  # number of the process that sent it, from 1
    text: str


@dataclass(frozen=True)
class Crash:
    """A kill, and what was in flight in the database at that moment."""

    life: int  # number of the process that was killed
    point: str  # the failpoint; empty for a random moment
    in_flight: frozenset[Sent]  # leased, without a committed outcome


@dataclass(frozen=True)
class Verdict:
    """The result; ``problems`` is empty if nothing was lost, repeated without a reason, or marked wrongly."""

    problems: tuple[str, ...]
    messages: int
    lost: int
    repeats: tuple[tuple[str, str], ...]  # explained by a kill: its failpoint and the destination
    unexplained: int  # repeats that no kill explains
    marked_alone: int  # marked, although the destination received it only once


def judge(
    promised: Mapping[str, Sequence[str]], silent: Sequence[str], messages: Sequence[Message], crashes: Sequence[Crash]
) -> Verdict:
    """Return the verdict on *messages*.

    Args:
        promised: The destinations that must receive each token.
        silent: Tokens that no destination may receive.
        messages: In the order of arrival.
        crashes: All kills; the last process was not killed.
    """
    copies = _copies(messages, [*promised, *silent])
    owed = {(token, destination) for token, destinations in promised.items() for destination in destinations}
    lost = owed - copies.keys()
    repeats, unexplained = _repeats(copies, {crash.life: crash for crash in crashes})
    per_kill = Counter((crash.life, destination) for crash, destination in repeats)
    problems = [
        *(f"{token} is lost for {destination}" for token, destination in lost),
        *(f"{token} was sent to {destination} without a reason" for token, destination in copies.keys() - owed),
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
    """Return how many messages had arrived at the time of *crash* but had no committed outcome."""
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
    """Return the repeats that a kill explains, with the kill and the destination, and descriptions of the others."""
    explained, unexplained = [], []
    for sent, received in copies.items():
        for before, after in pairwise(received):
            # the process must have been killed before it committed the outcome
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
                yield f"{sent[0]} came to {sent[1]} in life {message.life}, marked, but nothing had been in flight"
