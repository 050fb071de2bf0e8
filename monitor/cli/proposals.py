"""Print the proposals of ``monitor explain``: changes to paste into the configuration, each with its effect."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.cli.output import echo, printable, progress
from monitor.wording import counted

if TYPE_CHECKING:
    from monitor.advice.proposals import ExplainedText, Proposal
    from monitor.config import Config
    from monitor.model import Text
    from monitor.watchlist import Watchlist

DAYS = 30  # of stored entries that a proposal is tried on
MAX_ENTRIES = 20_000


def show_proposals(subject: ExplainedText, config: Config, watchlist: Watchlist) -> None:
    """Print changes of the configuration that make the text a hit, or no hit if it is one; nothing if there are none.

    Args:
        subject: The explained text.
        config: The configuration.
        watchlist: The watchlist compiled from *config*.
    """
    from monitor.advice.proposals import propose

    with progress("trying changes", None):
        proposals = propose(subject, config, watchlist, os.environ)
    is_hit = bool(subject.explanation.judgement.rules)
    if not proposals:
        if subject.actor or is_hit:
            echo("No proposal: no small change of the configuration has the intended effect")
        return
    goal = "keep this text from being a hit" if is_hit else "make this text a hit"
    echo(f"To {goal}, {'one of these changes' if len(proposals) > 1 else 'this change'} of {config.path}")
    past = _past_texts(config)
    for number, proposal in enumerate(proposals, 1):
        known = proposal.setting.name in getattr(config, proposal.setting.section)
        for line in _lines(number, proposal, known=known):
            echo(line)
        echo(f"     {_tested(proposal)}{_effect(past, proposal, watchlist)}")
    echo("Then: monitor check, monitor test, monitor backtest; a running daemon loads the file when it is saved")


def _lines(number: int, proposal: Proposal, *, known: bool) -> Iterator[str]:
    """Yield the lines that show one proposal.

    *known* says whether the configuration already defines the table that the proposal changes.
    """
    setting = proposal.setting
    what = f"{setting.key} in {setting.table}" if known else f"the new actor {setting.table}"
    yield f"  {number}. {what}: {proposal.edit.instruction}"
    yield from (f"       {printable(line)}" for line in proposal.edit.lines)


def _tested(proposal: Proposal) -> str:
    if proposal.failing:
        titles = ", ".join(f'"{printable(title)}"' for title in proposal.failing)
        return f"tried; but then {counted(len(proposal.failing), 'example')} of [[tests]] would fail: {titles}"
    if not proposal.tests:
        return "tried"
    return f"tried; {counted(proposal.tests, 'example')} of [[tests]] run as before"


def _effect(past: list[tuple[str, Text]] | None, proposal: Proposal, watchlist: Watchlist) -> str:
    """Return how many hits among past entries the change would add or remove, as a clause; may be empty."""
    from monitor.advice.effect import count_effect

    if not past:
        return ""
    effect = count_effect(past, proposal.setting, watchlist, proposal.watchlist)
    if not (effect.lost or effect.gained):
        change = "no other hit changes"
    else:
        change = f"{counted(effect.lost, 'hit')} lost, {counted(effect.gained, 'hit')} gained"
    return f"; among {counted(effect.entries, 'entry')} of the last {DAYS} days: {change}"


def _past_texts(config: Config) -> list[tuple[str, Text]] | None:
    """Return feed and text of the newest stored entries; None if there is no database."""
    from monitor import clock
    from monitor.errors import StoreError
    from monitor.store import open_reader
    from monitor.store.stored_texts import stored_texts

    try:
        db = open_reader(config.storage.path)
    except StoreError:
        return None
    try:
        texts = stored_texts(db, clock.now() - timedelta(days=DAYS))
        return [*deque(((seen.entry.feed, seen.entry.text) for seen in texts), maxlen=MAX_ENTRIES)]
    finally:
        db.close()
