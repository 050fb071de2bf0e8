"""How precise each alias is, by the triage of its hits, and what would make noisy ones better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from monitor.learning.refinements import MIN_NOISE, Refinement, refine
from monitor.learning.triaged_hits import TriagedHits
from monitor.store import Reader
from monitor.store.actor_view import SpellingUse, all_spelling_uses, triaged_texts
from monitor.watchlist import Watchlist


@dataclass(frozen=True, slots=True)
class AliasPrecision:
    """How an alias did in past hits, and how to make it better."""

    actor: str  # its id
    use: SpellingUse
    refinements: tuple[Refinement, ...] = ()  # the best first; empty: it is not noisy, or nothing helps


def alias_precisions(
    db: Reader, watchlist: Watchlist, since: datetime, *, actor: str | None = None, progress: Callable[[int], None]
) -> tuple[AliasPrecision, ...]:
    """Return the aliases that were found in hits, those with most noise first.

    Args:
        db: A reader.
        watchlist: The compiled watchlist of today.
        since: Only hits seen then or later.
        actor: Only the aliases of this actor; None: of all.
        progress: Called with 1 after each actor; what it raises ends the run.
    """
    uses = all_spelling_uses(db, since)
    found: list[AliasPrecision] = []
    for id_, used in uses.items():
        if actor not in (None, id_):
            continue
        known = watchlist.actors.get(id_)
        noisy = [use for use in used if use.noise >= MIN_NOISE]
        hits = TriagedHits(known, triaged_texts(db, id_, since), watchlist) if known and noisy else None
        for use in used:
            better = refine(use.alias, hits) if hits and use in noisy else ()
            found.append(AliasPrecision(id_, use, better))
        progress(1)
    return tuple(sorted(found, key=lambda one: (-one.use.noise, -one.use.hits, one.actor, one.use.alias)))
