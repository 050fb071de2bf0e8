"""Show the entries of a story in ``monitor show``, each with the evidence that it belongs to the story."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from monitor.cli.output import printable
from monitor.pipeline.hit_record import is_weak
from monitor.wording import counted

if TYPE_CHECKING:
    from monitor.model import StoryEvidence
    from monitor.store.stories import StoryMember


def story_lines(story: int, members: Sequence[StoryMember]) -> list[str]:
    """Return the lines that list the entries of the story with the id *story*; empty if it has only one entry."""
    if len(members) < 2:
        return []
    heading = f"Story {story}: {counted(len(members), 'entry')}, the weakest evidence first"
    return ["", heading, *(line for member in members for line in _lines(member))]


def _lines(member: StoryMember) -> Iterator[str]:
    evidence = member.evidence
    hit = f" (hit #{member.hit})" if member.hit else ""
    yield f"  {printable(member.outlet)}, {member.seen_at:%Y-%m-%d %H:%M} UTC: {printable(member.title)}{hit}"
    if evidence is None:
        yield f"    {printable(member.reason)}"
        return
    weak = ", weak: it may report another event" if is_weak(evidence) else ""
    yield f"    {evidence.reason}, score {evidence.score:g}{weak}; {printable('; '.join(_facts(evidence)))}"


def _facts(evidence: StoryEvidence) -> Iterator[str]:
    if evidence.victim:
        yield f'victim "{evidence.victim}"'
    if evidence.names:
        yield "shared names " + ", ".join(f'"{shared.name}" {shared.weight:g}' for shared in evidence.names)
    if amount := evidence.amount or evidence.near_amount:
        yield f"{'' if evidence.amount else 'nearly '}the same amount {amount}"
    if evidence.indicator:
        yield f"the same address or transaction {evidence.indicator}"
    if evidence.same_link:
        yield "the same link"
    if evidence.is_cited:
        yield "one cites the other"
    yield f"similarity {evidence.similarity:g}" + (f" to the report of {evidence.outlet}" if evidence.outlet else "")
