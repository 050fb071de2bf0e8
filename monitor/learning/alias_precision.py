"""Compute how precise each alias is: how many of its hits people triaged as noise. Suggest changes of noisy aliases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from monitor.config import Config
from monitor.learning.refinements import MIN_NOISE, Refinement, refine
from monitor.learning.triaged_hits import TriagedHits
from monitor.store import Reader
from monitor.store.actor_view import SpellingUse, all_spelling_uses, triaged_texts
from monitor.watchlist import compile_watchlist


@dataclass(frozen=True, slots=True)
class AliasPrecision:
    """How many hits an alias caused and how they were triaged, with changes that would make the alias less noisy."""

    actor: str  # its id
    use: SpellingUse
    refinements: tuple[Refinement, ...] = ()  # the best first; empty: it is not noisy, or nothing helps


def alias_precisions(
    db: Reader,
    config: Config,
    since: datetime,
    *,
    actor: str | None = None,
    learned: frozenset[str] = frozenset(),
    progress: Callable[[int], None],
) -> tuple[AliasPrecision, ...]:
    """Return the precision of each alias that caused a hit; the aliases with the most noise hits come first.

    Args:
        db: A reader of the database with the hits and their triage.
        config: The current configuration.
        since: Only hits seen at or after this time count.
        actor: The id of an actor, to return only its aliases; None: the aliases of all actors.
        learned: Words that the daemon has learned from its feeds; they are never taken for typos.
        progress: Called with 1 after each actor. If it raises an exception, the run ends with that exception.
    """
    watchlist = compile_watchlist(config, learned)
    uses = all_spelling_uses(db, since)
    found: list[AliasPrecision] = []
    for id_, used in uses.items():
        if actor not in (None, id_):
            continue
        known = watchlist.actors.get(id_)
        noisy = [use for use in used if use.noise >= MIN_NOISE]
        hits = TriagedHits(known, triaged_texts(db, id_, since), watchlist, learned) if known and noisy else None
        for use in used:
            better = refine(use.alias, hits) if hits and use in noisy else ()
            found.append(AliasPrecision(id_, use, better))
        progress(1)
    return tuple(sorted(found, key=lambda one: (-one.use.noise, -one.use.hits, one.actor, one.use.alias)))
