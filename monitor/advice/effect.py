"""Count the stored hits that a change of the watchlist would add or take away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.config.document.edit import Setting
from monitor.matching import load_vocabulary
from monitor.model import Text
from monitor.watchlist import Watchlist, judge


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to past entries."""

    entries: int  # that were read
    lost: int
    gained: int


def count_effect(texts: Iterable[tuple[str, Text]], setting: Setting, before: Watchlist, after: Watchlist) -> Effect:
    """Return the effect of a change on *texts*.

    Only the changed actor is searched for at first; where that makes a difference, the whole lists decide.

    Args:
        texts: Past entries, each with the key of its feed.
        setting: What the change is about.
        before: The watchlist without the change.
        after: The watchlist with it.
    """
    entries = lost = gained = 0
    one, two = _narrowed(before, setting), _narrowed(after, setting)
    for feed, text in texts:
        entries += 1
        found, changed = (bool(judge(watchlist, text, feed=feed).rules) for watchlist in (one, two))
        if found is not changed:
            found, changed = (bool(judge(watchlist, text, feed=feed).rules) for watchlist in (before, after))
            lost += found and not changed
            gained += changed and not found
    return Effect(entries, lost, gained)


def _narrowed(watchlist: Watchlist, setting: Setting) -> Watchlist:
    """Return *watchlist* with the actor that *setting* is about alone; all of it if it is about something else."""
    if setting.section != "actors":
        return watchlist
    actors = {setting.name: watchlist.actors[setting.name]} if setting.name in watchlist.actors else {}
    return Watchlist(actors, watchlist.keywords, watchlist.rules, vocabulary=load_vocabulary())
