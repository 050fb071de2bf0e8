"""Compares what destinations received with what the generator of the entries says they must receive. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from benchmarks.soak.newsroom import EDITED_AFTER_S, KINDS, Item
from benchmarks.soak.servers import Message

ZONE = ZoneInfo("Europe/Berlin")
DIGEST_HOUR = 8
DIGEST_TAKES = timedelta(minutes=10)
CALM = (7, 22)  # hours of the day in which ``calm`` receives what is not critical
FOUND_WITHIN_S = 30 * 3600.0  # an entry, however long its server was down
AFTER_FAULT_S = 1200.0  # retries take as long

_TOKEN = re.compile(r"Q\d{6}Q")
_LINK = re.compile(r"site-\d+\.example/(Q\d{6}Q)")
Sent = tuple[str, str]  # a token, and a destination


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which a fault was present, in simulated seconds."""

    begin_s: float
    end_s: float
    what: str


@dataclass(frozen=True, slots=True)
class Observed:
    """What happened in a run."""

    start: datetime
    messages: Sequence[Message]
    spans: Sequence[Span]  # faults, and the times when the daemon was down
    killed_lives: frozenset[int]
    osprey: Sequence[tuple[float, bool]]  # when the actor was added or removed; absent before


@dataclass
class Verdict:
    """The result; ``problems`` is empty if all was delivered exactly as it must be."""

    entries: int = 0
    expected: int = 0  # pairs of an entry and a destination that must receive it
    undecided: int = 0  # pairs near an edit of the configuration: may be delivered or not
    delivered: int = 0  # of the expected ones
    lost: int = 0
    uncalled_for: int = 0  # received by a destination that must not receive it
    repeats: Counter[str] = field(default_factory=Counter)  # marked and explained, by explanation
    unexplained_repeats: int = 0
    wrong_time: int = 0
    delays_s: dict[str, list[float]] = field(default_factory=dict)  # from publication to arrival, by destination
    problems: list[str] = field(default_factory=list)


def tokens_of(message: Message) -> list[str]:
    """Return the tokens of the hits in *message*, each once."""
    return list(dict.fromkeys((_LINK if message.destination == "mail" else _TOKEN).findall(message.text)))


def judge(items: Sequence[Item], observed: Observed) -> Verdict:
    """Compare the messages of a run with the entries that were published in it."""
    verdict = Verdict(entries=len(items))
    must, may = _expected(items, observed)
    verdict.expected, verdict.undecided = len(must), len(may)
    copies: dict[Sent, list[Message]] = {}
    for message in observed.messages:
        for token in tokens_of(message):
            copies.setdefault((token, message.destination), []).append(message)
    by_token = {item.token: item for item in items}
    for token, to in must - copies.keys():
        verdict.lost += 1
        item = by_token[token]
        verdict.problems.append(f"lost: {token} ({item.kind}, published at {item.at_s:.0f} s) for {to}")
    for token, to in copies.keys() - must - may:
        verdict.uncalled_for += 1
        kind = by_token[token].kind if token in by_token else "unknown"
        verdict.problems.append(
            f"sent without a reason: {token} ({kind}) to {to} at {copies[token, to][0].elapsed_s:.0f} s"
        )
    verdict.delivered = len(must & copies.keys())
    _judge_repeats(verdict, copies, observed)
    _judge_times(verdict, by_token, observed)
    for (token, to), received in copies.items():
        item = by_token[token]
        published_s = item.at_s + (EDITED_AFTER_S if KINDS[item.kind].edited else 0.0)
        verdict.delays_s.setdefault(to, []).append(received[0].elapsed_s - published_s)
    return verdict


def _expected(items: Sequence[Item], observed: Observed) -> tuple[set[Sent], set[Sent]]:
    """Return which destinations must, and which may or may not, receive which token."""
    must: set[Sent] = set()
    may: set[Sent] = set()
    for item in items:
        if item.at_s < 0:
            continue  # older than the daemon: stored without an alert
        pairs = {(item.token, to) for to in KINDS[item.kind].to}
        if item.kind != "osprey":
            must |= pairs
            continue
        states = _states(observed.osprey, item.at_s, item.at_s + FOUND_WITHIN_S)
        if states == {True}:
            must |= pairs
        elif True in states:
            may |= pairs
    return must, may


def _states(changes: Sequence[tuple[float, bool]], begin_s: float, end_s: float) -> set[bool]:
    before = [is_on for at_s, is_on in changes if at_s <= begin_s]
    return {before[-1] if before else False, *(is_on for at_s, is_on in changes if begin_s < at_s <= end_s)}


def _judge_repeats(verdict: Verdict, copies: Mapping[Sent, Sequence[Message]], observed: Observed) -> None:
    last: dict[tuple[str, int], Message] = {}  # to each destination, from each process
    for message in observed.messages:
        last[message.destination, message.life] = message
    counted: set[tuple[int, int]] = set()
    for (token, to), received in copies.items():
        for before, after in pairwise(received):
            why = _explanation(before, after, last[to, before.life], observed)
            if why and (id(before), id(after)) not in counted:
                counted.add((id(before), id(after)))
                verdict.repeats[why] += 1
            if not why:
                verdict.unexplained_repeats += 1
                mark = "marked" if after.possible_repeat else "not marked"
                verdict.problems.append(
                    f"repeated: {token} came to {to} at {before.elapsed_s:.0f} s in life {before.life}"
                    f" and at {after.elapsed_s:.0f} s in life {after.life}, {mark}"
                )


def _explanation(before: Message, after: Message, last: Message, observed: Observed) -> str:
    """Return why a message came again; empty: for no reason that is allowed, or without a mark."""
    if not after.possible_repeat:
        return ""
    if before.answer_lost:
        return "the answer was lost"
    # one message to a destination is in flight at a time: only the last one can have been
    if after.life > before.life and before is last and before.life in observed.killed_lives:
        return "killed before the outcome was committed"
    return ""


def _judge_times(verdict: Verdict, items: Mapping[str, Item], observed: Observed) -> None:
    for message in observed.messages:
        tokens = tokens_of(message)
        if not tokens:
            continue
        reading = observed.start + timedelta(seconds=message.elapsed_s + message.clock_offset_s)
        local = reading.astimezone(ZONE)
        problem = ""
        if message.destination == "digest":
            due = _last_hour(local, DIGEST_HOUR)
            since_s = message.elapsed_s - (local - due).total_seconds()
            if local - due > DIGEST_TAKES and not _is_excused(observed, since_s, message.elapsed_s):
                problem = "a digest came"
        elif message.destination == "calm":
            critical = any(items[token].kind in ("theft", "misspelled", "apart") for token in tokens)
            awake = CALM[0] <= local.hour < CALM[1]
            clock_wrong = _is_excused(observed, message.elapsed_s, message.elapsed_s, "clock")
            quiet_s = message.elapsed_s - (local - _last_hour(local, CALM[1])).total_seconds()
            # what was due before the quiet hours is sent as soon as the fault is over
            held_up = any(
                span.begin_s <= quiet_s and span.end_s + AFTER_FAULT_S >= message.elapsed_s for span in observed.spans
            )
            if not (critical or awake or clock_wrong or held_up):
                problem = "an alert that is not critical came in quiet hours"
        if problem:
            verdict.wrong_time += 1
            verdict.problems.append(f"{problem} at {local:%Y-%m-%d %H:%M} ({message.elapsed_s:.0f} s)")


def _last_hour(local: datetime, hour: int) -> datetime:
    """Return when it was *hour* o'clock the last time before *local*."""
    today = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today <= local else today - timedelta(days=1)


def _is_excused(observed: Observed, begin_s: float, end_s: float, what: str = "") -> bool:
    return any(
        span.begin_s <= end_s and span.end_s + AFTER_FAULT_S >= begin_s and what in span.what for span in observed.spans
    )


def summary(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Yield the rows of the report."""
    yield "entries published", f"{verdict.entries:,}"
    yield "pairs of entry and destination that must be delivered", f"{verdict.expected:,}"
    yield "delivered", f"{verdict.delivered:,}"
    yield "lost", f"{verdict.lost:,}"
    yield "delivered without a reason", f"{verdict.uncalled_for:,}"
    for why, number in verdict.repeats.most_common():
        yield f"messages repeated and marked: {why}", f"{number:,}"
    yield "repeated without an explanation or a mark", f"{verdict.unexplained_repeats:,}"
    yield "digests and alerts outside their hours", f"{verdict.wrong_time:,}"
    yield "pairs near an edit of the watchlist, not judged", f"{verdict.undecided:,}"
