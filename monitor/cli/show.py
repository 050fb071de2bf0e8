"""``monitor show``: print everything about one hit, with the decision to notify or not for each destination."""

from __future__ import annotations

from datetime import UTC
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.match import indicator_words, judgement_row
from monitor.cli.options import config_option, load_active_config
from monitor.cli.output import dump, echo, printable
from monitor.cli.parameters import NUMBER
from monitor.cli.story_entries import story_entry_row, story_lines
from monitor.errors import UsageError
from monitor.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from monitor.model import DailyMentions, Delivery, Hit, Reason
    from monitor.store.outbox import RecordedDecision
    from monitor.store.triage_and_silences import TriageRecord

    Words = Callable[[Iterable[Reason]], str]


MOST_ENTRIES = 30  # of the story that are shown


@click.command(name="show")
@config_option
@click.argument("hit_id", metavar="ID", type=NUMBER)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(config_path: Path | None, hit_id: int, as_json: bool) -> None:
    """Show hit ID: its text, mentions and rules, and for each destination the decision, the reason and the delivery.

    Also list the entries of its story; those with the weakest evidence that they belong to it come first.
    """
    from monitor import clock
    from monitor.alerts.content.reason_wording import reasons_text
    from monitor.store import delivery_list, hits, mentions, open_reader, outbox, stories, triage_and_silences

    config = load_active_config(config_path)
    words = partial(reasons_text, zone=UTC, now=clock.now())
    db = open_reader(config.storage.path)
    try:
        hit = hits.load_hit(db, hit_id)
        decided = outbox.decisions_of(db, hit_id)
        hit_deliveries = delivery_list.deliveries_of_hit(db, hit_id)
        causes = {d.id: words(outbox.annotation_of(db, d.id).reasons) for d in hit_deliveries}
        triages = triage_and_silences.triages_of(db, hit_id)
        members = stories.members_of_story(db, hit.story, MOST_ENTRIES) if hit else []
        series = (
            [mentions.daily_mentions(db, actor, hit.seen_at.date()) for actor in hit.judgement.actors] if hit else []
        )
    finally:
        db.close()
    if hit is None:
        raise UsageError(f"no hit #{hit_id} in {config.storage.path}; monitor hits lists them")
    if as_json:
        story = {
            "story_entries": [story_entry_row(member) for member in members],
            "daily_mentions": [
                {"actor": one.actor, "last_day": one.last.isoformat(), "stories": list(one.stories)} for one in series
            ],
        }
        click.echo(
            dump(_row(hit, decided, words) | story | _deliveries_and_triages(hit_deliveries, triages, causes, words))
        )
        return
    first_lines = _lines(hit, decided, hit_deliveries, words)
    for line in [
        *first_lines,
        *_series_lines(series),
        *story_lines(hit.story, members),
        *_later_lines(decided, hit_deliveries, triages, causes),
    ]:
        echo(line)


def _series_lines(series: list[DailyMentions]) -> list[str]:
    """Return how many stories mentioned each actor on the days up to the hit."""
    from monitor.alerts.content.hit_wording import daily_mentions_words

    lines = [f"  {one.actor} {daily_mentions_words(one)}" for one in series]
    return ["", f"Stories by day, up to {series[0].last:%Y-%m-%d}", *lines] if series else []


def _row(hit: Hit, decided: list[RecordedDecision], words: Words) -> dict[str, Any]:
    entry = hit.entry
    return {
        "id": hit.id,
        "seen_at": hit.seen_at,
        "published_at": entry.published_at,
        "severity": hit.severity.word,
        "title": entry.text.title,
        "summary": entry.text.summary,
        "content": entry.text.content,
        "link": entry.link,
        "feed": entry.feed,
        "outlet": entry.outlet,
        "story": hit.story,
        "version": entry.version,
        "is_update": hit.is_update,
        "changes": list(hit.changes),
        "canary": hit.canary,
        "watchlist_version": hit.watchlist_version,
        "raw_sha256": entry.raw_hash.hex(),
        "why": [{"rule": r.rule, "severity": r.severity.word, "why": r.why} for r in hit.judgement.rules],
        **{k: v for k, v in judgement_row(hit.judgement).items() if k != "severity"},
        "destinations": [_decision(d, words) for d in decided],
    }


def _decision(decided: RecordedDecision, words: Words) -> dict[str, Any]:
    from monitor.model.reason import reason_fields

    return {
        "destination": decided.decision.destination,
        "verdict": str(decided.decision.verdict),
        "reason": words(decided.decision.reasons),
        "reasons": [reason_fields(reason) for reason in decided.decision.reasons],
        "decided_at": decided.decided_at,
        "due_at": decided.decision.due_at,
        "delivery": decided.delivery,
        "state": str(decided.state) if decided.state else None,
    }


def _outcome(delivery: Delivery, words: Words) -> str:
    """Return why a delivery was given up or dropped, or why its last attempt failed; may be empty."""
    return words((delivery.end_reason,)) if delivery.end_reason else delivery.cause


def _deliveries_and_triages(
    hit_deliveries: list[Delivery], triages: list[TriageRecord], causes: Mapping[int, str], words: Words
) -> dict[str, Any]:
    return {
        "deliveries": [
            {
                "id": delivery.id,
                "destination": delivery.destination,
                "kind": str(delivery.kind),
                "state": str(delivery.state),
                "due_at": delivery.due_at,
                "sent_at": delivery.sent_at,
                "late": delivery.late,
                "reason": _outcome(delivery, words),
                "why": causes[delivery.id],
            }
            for delivery in hit_deliveries
        ],
        "triages": [{"triage": t.triage, "author": t.author, "at": t.at, "why": t.why} for t in triages],
    }


def _later_lines(
    decided: list[RecordedDecision],
    hit_deliveries: list[Delivery],
    triages: list[TriageRecord],
    causes: Mapping[int, str],
) -> list[str]:
    """Return the lines below the decisions: later messages that contain the hit, and its triage history.

    Args:
        decided: The notification decisions about the hit.
        hit_deliveries: Every delivery that contains the hit.
        triages: The triage history of the hit.
        causes: Why each delivery was sent, in words, by delivery id; empty if because of the hit itself.
    """
    first = {d.delivery for d in decided}
    later = [
        f"  {d.destination}: {d.kind}; delivery {d.id} is {d.state}"
        + (", late" if d.late else "")
        + (f"; {printable(causes[d.id])}" if causes[d.id] else "")
        for d in hit_deliveries
        if d.id not in first
    ]
    history = [
        f"  {t.triage} by {printable(t.author)}, {t.at:%Y-%m-%d %H:%M} UTC{f': {printable(t.why)}' if t.why else ''}"
        for t in triages
    ]
    return [*(["", "Later messages", *later] if later else []), *(["", "Triage", *history] if history else [])]


def _lines(hit: Hit, decided: list[RecordedDecision], hit_deliveries: list[Delivery], words: Words) -> list[str]:
    entry = hit.entry
    published = f"{entry.published_at:%Y-%m-%d %H:%M} UTC" if entry.published_at else "date unknown"
    lines = [
        f"Hit #{hit.id} [{hit.severity.word.upper()}]",
        printable(entry.text.title),
        printable(entry.link),
        f"{printable(entry.outlet)} (feed {entry.feed}), published {published}, seen {hit.seen_at:%Y-%m-%d %H:%M} UTC",
        *(["A canary: a test entry with which the monitor checks itself."] if hit.canary else []),
        *map(printable, hit.changes),
        "",
    ]
    lines += [f"{name}: {printable(text)}" for name, text in entry.text.fields() if name != "title"]
    lines += ["", "Mentions"]
    for m in hit.judgement.mentions:
        edits = f", {counted(m.edits, 'edit')}" if m.edits else ""
        lines.append(
            f"  {'actor' if m.actor else 'keyword'} {m.subject}: "
            f'"{printable(m.text)}" in {m.field} {m.start}-{m.end} for {m.alias} ({m.kind}{edits})'
        )
    if hit.judgement.amounts:
        lines += ["", "Amounts", *(f"  {printable(a.text)} = {a.value:f} {a.currency}" for a in hit.judgement.amounts)]
    if hit.judgement.indicators:
        lines += ["", "Found", *(f"  {indicator_words(i)}" for i in hit.judgement.indicators)]
    if hit.judgement.lists:
        from monitor.alerts.content.list_wording import list_lines

        lines += ["", "Published lists", *(f"  {printable(line)}" for line in list_lines(hit.judgement, hit.names))]
    lines += ["", f"Rules (watchlist version {hit.watchlist_version})"]
    lines += [f"  {r.rule} [{r.severity.word}]: {printable(r.why)}" for r in hit.judgement.rules]
    lines += ["", "Notifications"]
    outcomes = {delivery.id: _outcome(delivery, words) for delivery in hit_deliveries}
    for d in decided:
        state = f"; delivery {d.delivery} is {d.state}" if d.delivery else ""
        if outcome := outcomes.get(d.delivery or 0):
            state += f" ({printable(outcome)})"
        reason = printable(words(d.decision.reasons))  # may quote the author of a silence
        lines.append(f"  {d.decision.destination}: {d.decision.verdict}, {reason}{state}")
    return lines
