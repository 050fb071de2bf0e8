"""The faults of a run, drawn from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

HOUR_S, DAY_S = 3600.0, 86_400.0


class Fault(StrEnum):
    """What happens to the daemon or its surroundings."""

    KILL = "kill"  # SIGKILL at a random moment, and a restart after some time
    KILL_AT_FAILPOINT = "kill at a failpoint"
    RESTART = "restart"  # SIGTERM, as by an upgrade
    FEEDS = "feed server outage"
    HOOKS = "webhook outage"
    MAIL = "mail server outage"
    DISK = "full disk"
    CLOCK = "wrong clock"
    BROKEN_EDIT = "broken edit of the configuration"
    EDIT = "edit of the configuration"


@dataclass(frozen=True, slots=True)
class Event:
    """A fault.

    Attributes:
        at_s: When it begins, in simulated seconds.
        fault: What happens.
        lasts_s: How long it lasts; 0: it is a moment.
        what: Its kind, such as ``refused``, the failpoint, or the part of the servers; may be empty.
        number: Which server, by how many seconds the clock is wrong, and so on.
    """

    at_s: float
    fault: Fault
    lasts_s: float = 0.0
    what: str = ""
    number: float = 0.0


FEED_OUTAGES = ("refused", "500", "503 with Retry-After", "truncated", "slow", "not a feed")
HOOK_OUTAGES = ("refused", "500", "429", "answer lost")
MAIL_OUTAGES = ("refused", "451", "421", "550", "answer lost")

# average number in a day of 300 feeds; each is drawn at least once, however short the run
RATES = {
    Fault.KILL: 1.0,
    Fault.KILL_AT_FAILPOINT: 0.7,
    Fault.RESTART: 0.3,
    Fault.FEEDS: 3.0,
    Fault.HOOKS: 1.0,
    Fault.MAIL: 1.0,
    Fault.DISK: 0.5,
    Fault.CLOCK: 0.5,
    Fault.BROKEN_EDIT: 0.5,
    Fault.EDIT: 1.0,
}
# the database cannot be opened, or the daemon is not meant to start with what it finds
ALONE = (Fault.DISK, Fault.BROKEN_EDIT)
PROCESS = (Fault.KILL, Fault.KILL_AT_FAILPOINT, Fault.RESTART)
MARGIN_S = 900.0


def draw_plan(days: float, seed: int, failpoints: tuple[str, ...], *, one_process: bool = False) -> list[Event]:
    """Return the faults of *days* simulated days, by time; the first and the last twentieth of them have none.

    Args:
        days: The length of the run.
        seed: Of the random numbers.
        failpoints: The names of the points at which the daemon can kill itself.
        one_process: Whether to leave out the faults that end the process.
    """
    dice = random.Random(seed)
    events: list[Event] = []
    begin_s, end_s = 0.05 * days * DAY_S, 0.95 * days * DAY_S
    for fault, per_day in RATES.items():
        times = [dice.uniform(begin_s, end_s) for _ in range(max(1, round(days * per_day)))]
        if fault is Fault.KILL:
            # crash loops: many kills within an hour
            for _ in range(max(1, round(days / 10))):
                loop_s = dice.uniform(begin_s, max(begin_s, end_s - HOUR_S))
                times += [loop_s + dice.uniform(0, min(HOUR_S, end_s - begin_s)) for _ in range(5)]
        first = dice.randrange(100)
        events += [_event(dice, fault, at_s, number, failpoints) for number, at_s in enumerate(times, first)]
    if one_process:
        events = [event for event in events if event.fault not in PROCESS]
    return _without_collisions(sorted(events, key=lambda event: event.at_s))


def _event(dice: random.Random, fault: Fault, at_s: float, number: int, failpoints: tuple[str, ...]) -> Event:
    if fault in PROCESS:
        down_s = dice.choice([5.0, 60.0, 600.0, dice.uniform(600, 4 * HOUR_S)])
        what = failpoints[number % len(failpoints)] if fault is Fault.KILL_AT_FAILPOINT else ""
        return Event(at_s, fault, down_s if fault is not Fault.RESTART else 5.0, what, dice.randint(1, 3))
    if fault is Fault.FEEDS:
        kind = FEED_OUTAGES[number % len(FEED_OUTAGES)]
        # slow answers take real time
        lasts_s = dice.uniform(300, 1200) if kind == "slow" else dice.choice([600.0, dice.uniform(600, 9 * HOUR_S)])
        return Event(at_s, fault, lasts_s, kind, dice.randrange(10))
    if fault is Fault.HOOKS:
        return Event(at_s, fault, dice.choice([300.0, dice.uniform(600, 8 * HOUR_S)]), HOOK_OUTAGES[number % 4])
    if fault is Fault.MAIL:
        return Event(at_s, fault, dice.choice([300.0, dice.uniform(600, 8 * HOUR_S)]), MAIL_OUTAGES[number % 5])
    if fault is Fault.DISK:
        return Event(at_s, fault, dice.uniform(120, 2 * HOUR_S))
    if fault is Fault.CLOCK:
        wrong_s = dice.choice([-1, 1]) * dice.choice([30.0, 600.0, dice.uniform(600, 6 * HOUR_S)])
        return Event(at_s, fault, dice.uniform(600, 3 * HOUR_S), "", wrong_s)
    if fault is Fault.BROKEN_EDIT:
        return Event(at_s, fault, dice.uniform(120, HOUR_S), ("syntax", "unknown key", "half a file")[number % 3])
    return Event(at_s, fault, 0.0, ("osprey", "comment", "every")[number % 3])


def _without_collisions(events: list[Event]) -> list[Event]:
    """Leave out what would start the process, or another fault of the same kind, in the middle of a fault."""
    kept: list[Event] = []
    for event in events:
        if not any(_collide(before, event) for before in kept):
            kept.append(event)
    return kept


def _collide(before: Event, event: Event) -> bool:
    if event.at_s > before.at_s + before.lasts_s + MARGIN_S:
        return False
    if before.fault is event.fault and event.fault is Fault.FEEDS:
        return before.number == event.number
    if before.fault in PROCESS and event.fault in PROCESS:
        return event.at_s <= before.at_s + before.lasts_s
    edits = (Fault.BROKEN_EDIT, Fault.EDIT)
    return before.fault is event.fault or before.fault in ALONE or event.fault in ALONE or (
        before.fault in edits and event.fault in edits)  # fmt: skip
