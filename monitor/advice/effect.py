"""Count how many past entries would become hits, or no longer be hits, if the watchlist were changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.config.document.edit import Setting
from monitor.matching import load_vocabulary
from monitor.model import Text
from monitor.watchlist import Watchlist, judge


@dataclass(frozen=True, slots=True)
class Effect:
    """How many past entries a change of the watchlist turns into hits, or into no hits."""

    entries: int  # that were read
    lost: int
    gained: int


def count_effect(texts: Iterable[tuple[str, Text]], setting: Setting, before: Watchlist, after: Watchlist) -> Effect:
    """Return how many of *texts* a change of the watchlist would turn into hits, or into no hits.

    Each text is first judged with only the changed actor; if the result differs, with the complete watchlists.

    Args:
        texts: Past entries, each with the key of its feed.
        setting: The change.
        before: The watchlist without the change.
        after: The watchlist with the change.
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
    """Return *watchlist* with only the actor that *setting* changes; all of it if *setting* changes no actor."""
    if setting.section != "actors":
        return watchlist
    actors = {setting.name: watchlist.actors[setting.name]} if setting.name in watchlist.actors else {}
    return Watchlist(actors, watchlist.keywords, watchlist.rules, vocabulary=load_vocabulary())
