"""What an edit of an article that was seen before says, and who has to hear of it.

An actor or a rule that comes with an edit is a hit, which goes the way of every other. An actor that goes, or comes
back, is told to those who were told that the article names it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.content.edit_summary import EditSummary, edit_lines, summarise_edit
from monitor.alerts.policy.silences import silenced
from monitor.alerts.policy.timing import slot_of
from monitor.model import Annotation, DeliveryKind, Entry, Judgement, Text, Verdict
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.store import Reader, Writer, hits, messages, outbox, retractions, silence_records
from monitor.store.retractions import NotifiedDestination
from monitor.watchlist import judge

MOST = 4  # changes of one actor in one article that are told: outlets try headlines against each other all day
WHY = "the article was edited"


@dataclass(frozen=True, slots=True)
class Edited:
    """An edit: what it changed, and whether that is a hit."""

    edit: EditSummary
    is_news: bool  # it says something that neither the text before nor a hit of the article has said
    names: dict[str, str]  # of the actors, to show

    @property
    def lines(self) -> tuple[str, ...]:
        """Return all that changed, in words."""
        return edit_lines(self.edit, self.names, self.edit.added | self.edit.removed)


def look_at_edit(
    db: Reader, active: ActiveConfiguration, entry_id: int, before: Text, entry: Entry, judgement: Judgement
) -> Edited:
    """Return what *entry*, which *judgement* is about, says that its text *before* does not."""
    actors = active.watchlist.actors
    judged_before = judge(active.watchlist, before, feed=entry.feed)
    yields_to = {actor: actors[actor].yields_to for actor in (*judged_before.actors, *judgement.actors)}
    edit = summarise_edit(before, judged_before, entry.text, judgement, yields_to)
    new = edit.added | set(edit.rules)
    is_news = bool(judgement.rules and new - hits.rules_and_actors_of_entry(db, entry_id))
    return Edited(edit, is_news, {change.actor: actors[change.actor].name for change in edit.changes})


def tell_who_was_told(
    db: Writer, active: ActiveConfiguration, entry_id: int, version: int, edited: Edited, now: datetime
) -> None:
    """Tell of actors that went or came back whoever was told that the article names them; once *version* is stored.

    Who gets a hit of this very version reads it there.
    """
    moved = {actor: _changed(db, entry_id, actor, edited.edit) for actor in edited.edit.added | edited.edit.removed}
    reads_it = _told_by_hit(db, entry_id, version)
    told: dict[str, list[tuple[str, NotifiedDestination]]] = defaultdict(list)
    for actor in (actor for actor, is_told in moved.items() if is_told):
        for to in retractions.destinations_notified_of_actor(db, entry_id, actor):
            if to.destination in active.config.destinations and to.destination not in reads_it:
                told[to.destination].append((actor, to))
    for name, about in told.items():
        _tell(db, active, name, about, edited, group_key=f"edit {entry_id} {version}", now=now)


def _tell(
    db: Writer,
    active: ActiveConfiguration,
    name: str,
    about: Sequence[tuple[str, NotifiedDestination]],
    edited: Edited,
    *,
    group_key: str,
    now: datetime,
) -> None:
    """Tell one destination, when it may be told, of the actors in *about*, unless somebody silenced that."""
    config = active.config
    carried = [hit for number in {to.hit for _, to in about} if (hit := hits.load_hit(db, number))]
    silences = silence_records.silences_in_force(db, now)
    rules = [match.rule for hit in carried for match in hit.judgement.rules if name in match.send_to]
    actors = [actor for actor, _ in about]
    if silenced(silences, rules=rules, actors=actors, known=config.rules, now=now):
        return
    severity = max(hit.severity for hit in carried)
    ready_at = max(now, *(to.due_at for _, to in about))  # not before what it takes back
    slot = slot_of(config.destinations[name], severity, ready_at=ready_at, now=now, zone=config.alerts.timezone)
    messages.announce(
        db,
        name,
        Annotation(why=WHY, lines=edit_lines(edited.edit, edited.names, actors)),
        kind=DeliveryKind.FOLLOW_UP,
        group_key=group_key,
        now=now,
        due_at=max(slot.due_at, ready_at),
        hits=[hit.id for hit in carried],
    )


def _changed(db: Writer, entry_id: int, actor: str, edit: EditSummary) -> bool:
    """Keep that *actor* went or came back, when a hit of the article has told of it; return whether that is told."""
    if actor not in hits.rules_and_actors_of_entry(db, entry_id):
        return False
    return 1 <= retractions.note_change(db, entry_id, actor, gone=actor in edit.removed) <= MOST


def _told_by_hit(db: Reader, entry_id: int, version: int) -> set[str]:
    hit = hits.hit_of_version(db, entry_id, version)
    decided = outbox.decisions_of(db, hit) if hit else []
    return {d.decision.destination for d in decided if d.decision.verdict is not Verdict.NO}
