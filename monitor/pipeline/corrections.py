"""What an edit by the publisher changed in a stored article, and which destinations are notified of the edit.

An edit that adds an actor or a matching rule is a hit, and is treated like any other hit. An edit that removes an
actor, or adds a removed actor again, causes a correction to each destination that was notified of that actor in the
article.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.content.edit_summary import EditSummary, edit_lines, summarise_edit
from monitor.alerts.policy.suppression import silenced
from monitor.alerts.policy.timing import slot_of
from monitor.model import Annotation, DeliveryKind, Entry, Judgement, NewDelivery, Text, Verdict
from monitor.model.delivery import NO_GROUP
from monitor.model.reason import ArticleEdited
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.store import Reader, Writer, hits, outbox, retractions, triage_and_silences
from monitor.store.retractions import NotifiedDestination
from monitor.watchlist import judge

MAX_CHANGES = 4  # corrections of one actor in one article; outlets that test headlines swap them all day


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit changed in an article, and whether the edited article is a hit."""

    edit: EditSummary
    is_news: bool  # the edit adds an actor or a rule that neither the previous text nor a hit of the article has
    names: dict[str, str]  # display names of the actors, by id

    @property
    def lines(self) -> tuple[str, ...]:
        """Return all changes of the edit in words, one line each."""
        return edit_lines(self.edit, self.names, self.edit.added | self.edit.removed)


def assess_edit(
    db: Reader, active: ActiveConfiguration, entry_id: int, before: Text, entry: Entry, judgement: Judgement
) -> Edited:
    """Return what an edit changed in an article, and whether the edited article is a hit.

    Args:
        db: The database.
        active: The active configuration.
        entry_id: The id of the article.
        before: The article before the edit.
        entry: The article after the edit.
        judgement: The judgement of *entry*.
    """
    actors = active.watchlist.actors
    judged_before = judge(active.watchlist, before, feed=entry.feed)
    yields_to = {actor: actors[actor].yields_to for actor in (*judged_before.actors, *judgement.actors)}
    edit = summarise_edit(before, judged_before, entry.text, judgement, yields_to)
    new = edit.added | set(edit.rules)
    is_news = bool(judgement.rules and new - hits.rules_and_actors_of_entry(db, entry_id))
    return Edited(edit, is_news, {change.actor: actors[change.actor].name for change in edit.changes})


def send_corrections(
    db: Writer, active: ActiveConfiguration, entry_id: int, version: int, edited: Edited, now: datetime
) -> None:
    """Enqueue a correction for each destination that was notified of an actor that the edit removed or added again.

    A destination that is notified of a hit of the same version gets no correction: the hit shows the change.

    Args:
        db: The writing connection, in a transaction.
        active: The active configuration.
        entry_id: The id of the article.
        version: The version of its text after the edit, stored already.
        edited: What the edit changed.
        now: The current time.
    """
    notable = [
        actor for actor in edited.edit.added | edited.edit.removed if _is_notable(db, entry_id, actor, edited.edit)
    ]
    informed = _informed_by_hit(db, entry_id, version)
    affected: dict[str, dict[str, NotifiedDestination]] = defaultdict(dict)  # by destination, then by actor
    for actor in notable:
        for to in retractions.destinations_notified_of_actor(db, entry_id, actor):
            if to.destination in active.config.destinations and to.destination not in informed:
                affected[to.destination][actor] = to
    for name, notified in affected.items():
        _send_correction(db, active, name, notified, edited, now)


def _send_correction(
    db: Writer,
    active: ActiveConfiguration,
    name: str,
    notified: Mapping[str, NotifiedDestination],
    edited: Edited,
    now: datetime,
) -> None:
    """Enqueue one correction about the actors in *notified* for the destination *name*.

    Do nothing if these actors or the rules are silenced, or the stories were triaged as noise.
    """
    config, actors = active.config, list(notified)
    corrected = [hit for number in {to.hit for to in notified.values()} if (hit := hits.load_hit(db, number))]
    if all(triage_and_silences.noise_of_story(db, story) for story in {hit.story for hit in corrected}):
        return
    silences = triage_and_silences.active_silences(db, now)
    rules = [match.rule for hit in corrected for match in hit.judgement.rules if name in match.send_to]
    if silenced(silences, rules=rules, actors=actors, known=config.rules, now=now):
        return
    severity = max(hit.severity for hit in corrected)
    ready_at = max(now, *(to.due_at for to in notified.values()))  # not before the delivery that it corrects
    slot = slot_of(config.destinations[name], severity, ready_at=ready_at, now=now, zone=config.alerts.timezone)
    annotation = Annotation(reasons=(ArticleEdited(),), lines=edit_lines(edited.edit, edited.names, actors))
    due_at, numbers = max(slot.due_at, ready_at), tuple(hit.id for hit in corrected)
    outbox.open_delivery(db, NewDelivery(name, DeliveryKind.CORRECTION, NO_GROUP, due_at, numbers, annotation), now)


def _is_notable(db: Writer, entry_id: int, actor: str, edit: EditSummary) -> bool:
    """Record that the edit removed *actor* or added it again; return whether destinations must be notified of that."""
    if actor not in hits.rules_and_actors_of_entry(db, entry_id):
        return False
    return 1 <= retractions.record_retraction(db, entry_id, actor, gone=actor in edit.removed) <= MAX_CHANGES


def _informed_by_hit(db: Reader, entry_id: int, version: int) -> set[str]:
    """Return the destinations that are notified of a hit of this version of the article, and so need no correction."""
    hit = hits.hit_of_version(db, entry_id, version)
    decided = outbox.decisions_of(db, hit) if hit else []
    return {d.decision.destination for d in decided if d.decision.verdict is not Verdict.SUPPRESS}
