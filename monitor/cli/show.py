"""``monitor show``: print everything about one hit, with the decision to notify or not for each destination."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.match import indicator_words
from monitor.cli.options import config_option, load_active_config
from monitor.cli.output import dump, echo, printable
from monitor.cli.parameters import NUMBER
from monitor.errors import UsageError
from monitor.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from monitor.model import DailyMentions, Delivery, Reason
    from monitor.pipeline.hit_record import HitRecord

    Words = Callable[[Iterable[Reason]], str]


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
    from monitor.pipeline.hit_record import hit_row, load_hit_record
    from monitor.store import forgetting, open_reader

    config = load_active_config(config_path)
    with closing(open_reader(config.storage.path)) as db:
        record = load_hit_record(db, hit_id)
        forgotten = None if record else forgetting.forgetting_of_hit(db, hit_id)
    if forgotten:
        raise UsageError(f"hit #{hit_id} was deleted on request on {forgotten.at[:10]}; monitor db check says why")
    if record is None:
        raise UsageError(f"there is no hit #{hit_id}; monitor hits lists all hits")
    if as_json:
        click.echo(dump(hit_row(record, clock.now())))
        return
    words = partial(reasons_text, zone=UTC, now=clock.now())
    for line in [
        *_lines(record, words),
        *_series_lines(record.daily_mentions),
        *_story_lines(record),
        *_later_lines(record, words),
    ]:
        echo(line)


def _story_lines(record: HitRecord) -> list[str]:
    from monitor.cli.story_entries import story_lines

    return story_lines(record.hit.story, record.story_entries)


def _series_lines(series: Sequence[DailyMentions]) -> list[str]:
    """Return how many stories mentioned each actor on the days up to the hit."""
    from monitor.alerts.content.hit_wording import daily_mentions_line

    lines = [f"  {one.actor} {daily_mentions_line(one)}" for one in series]
    return ["", f"Stories by day, up to {series[0].last:%Y-%m-%d}", *lines] if series else []


def _outcome(delivery: Delivery, words: Words) -> str:
    """Return why a delivery was given up or dropped, or why its last attempt failed; may be empty."""
    return words((delivery.end_reason,)) if delivery.end_reason else delivery.cause


def _later_lines(record: HitRecord, words: Words) -> list[str]:
    """Return the lines below the decisions: later messages that contain the hit, and its triage history."""
    causes = {number: words(reasons) for number, reasons in record.causes.items()}
    first = {d.delivery for d in record.decisions}
    later = [
        f"  {d.destination}: {d.kind}; delivery {d.id} is {d.state}"
        + (", late" if d.late else "")
        + (f"; {printable(causes[d.id])}" if causes[d.id] else "")
        for d in record.deliveries
        if d.id not in first
    ]
    history = [
        f"  {t.triage} by {printable(t.author)}, {t.at:%Y-%m-%d %H:%M} UTC{f': {printable(t.why)}' if t.why else ''}"
        for t in record.triages
    ]
    return [*(["", "Later messages", *later] if later else []), *(["", "Triage", *history] if history else [])]


def _lines(record: HitRecord, words: Words) -> list[str]:
    hit, entry = record.hit, record.hit.entry
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

        lines += [
            "",
            "Published lists",
            *(f"  {printable(line)}" for line in list_lines(hit.judgement.lists, hit.names)),
        ]
    lines += ["", f"Rules (watchlist version {hit.watchlist_version})"]
    lines += [f"  {r.rule} [{r.severity.word}]: {printable(r.why)}" for r in hit.judgement.rules]
    lines += ["", "Notifications"]
    outcomes = {delivery.id: _outcome(delivery, words) for delivery in record.deliveries}
    for d in record.decisions:
        state = f"; delivery {d.delivery} is {d.state}" if d.delivery else ""
        if outcome := outcomes.get(d.delivery or 0):
            state += f" ({printable(outcome)})"
        reason = printable(words(d.decision.reasons))  # may quote the author of a silence
        lines.append(f"  {d.decision.destination}: {d.decision.verdict}, {reason}{state}")
    return lines
