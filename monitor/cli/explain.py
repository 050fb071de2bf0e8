"""``monitor explain``: show what matches in a text, which rules match, who is notified, and what prevents a match."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.match import indicator_words, read_items
from monitor.cli.options import config_option, load_config
from monitor.cli.output import colour_wanted, echo, printable
from monitor.cli.parameters import NUMBER
from monitor.cli.proposals import show_proposals
from monitor.cli.web_text import HTTP, texts_at
from monitor.errors import UsageError
from monitor.wording import counted

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.matching import ExplainedMatch
    from monitor.model import Text
    from monitor.watchlist import Explanation, RuleResult, Watchlist


@click.command(name="explain")
@config_option
@click.argument("text", metavar="TEXT|URL|-", required=False)
@click.option("--hit", "hit_id", type=NUMBER, help="Explain the stored text of this hit instead of TEXT.")
@click.option("--feed", default="", help="Explain TEXT as if it came from this feed.")
@click.option(
    "--history",
    "--entries",
    "history",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Items (NDJSON, as for match) that came before TEXT, for rules with surge or first_in.",
)
@click.option("--actor", help="Propose changes that would make TEXT mention this actor.")
@click.option("--all", "show_all", is_flag=True, help="Include candidates hidden by a better match of the same words.")
@click.option("--no-proposals", is_flag=True, help="Do not propose changes of the watchlist.")
def command(
    config_path: Path | None,
    text: str | None,
    hit_id: int | None,
    feed: str,
    history: Path | None,
    actor: str | None,
    show_all: bool,
    no_proposals: bool,
) -> None:
    """Show what matches in TEXT, what prevents a match, which rules match and who would be notified.

    Then propose the smallest changes of the configuration that make TEXT a hit, or no hit if it is one. Each proposal
    was tried on TEXT and on the [[tests]].

    The first line of TEXT is the title, the rest the summary; "-" reads TEXT from stdin. If a URL is given, the monitor
    fetches it and explains each entry of the feed, or the title and text of the page.
    """
    from monitor.config.schema.values import did_you_mean
    from monitor.watchlist import compile_watchlist

    if (text is None) is (hit_id is None):
        raise UsageError("give a text to explain, or the number of a hit, as in --hit 17")
    config = load_config(config_path)
    if actor is not None and actor not in config.actors:
        near = did_you_mean(actor, config.actors) or "monitor packs and your configuration list them"
        raise UsageError(f'--actor: there is no actor "{actor}"; {near}')
    watchlist = compile_watchlist(config)
    if hit_id is not None:
        feed, stored = _stored(config, hit_id)
        texts = [stored]
    else:
        texts = _texts(text or "")
    explanations = _explanations(texts, feed, history, config, watchlist)
    for number, (one, explanation) in enumerate(zip(texts, explanations, strict=True)):
        if number:
            click.echo()
        if len(texts) > 1:
            click.echo(click.style(printable(one.title), bold=True), color=colour_wanted())
        for line in explained(explanation, config, show_all=show_all):
            echo(line)
    if len(texts) == 1 and not no_proposals:
        from monitor.advice.proposals import ExplainedText

        show_proposals(ExplainedText(texts[0], feed, actor, explanations[0]), config, watchlist)


def _explanations(
    texts: list[Text], feed: str, history: Path | None, config: Config, watchlist: Watchlist
) -> list[Explanation]:
    from monitor import clock
    from monitor.cli.match_history import NO_HISTORY, lookups_of_database, lookups_of_items, needs_history
    from monitor.watchlist import explain

    with ExitStack() as stack:
        lookups = NO_HISTORY
        if history is not None:
            found = lookups_of_items(read_items(history, watchlist), watchlist)
            if found is None:
                raise UsageError(f'--history: {history} has no item with a "date"')
            lookups = found
        elif needs_history(watchlist):
            lookups = stack.enter_context(lookups_of_database(config.storage.path, clock.now()))
        surge_of, mentioned_within = lookups
        return [
            explain(watchlist, text, feed=feed, surge_of=surge_of, mentioned_within=mentioned_within) for text in texts
        ]


def _texts(text: str) -> list[Text]:
    from monitor.feeds.text.plain_text import clean_text
    from monitor.model import Text

    if text.startswith(HTTP):
        return asyncio.run(texts_at(text))
    title, _, rest = (sys.stdin.read() if text == "-" else text).strip().partition("\n")
    return [Text(clean_text(title), clean_text(rest))]


def _stored(config: Config, hit_id: int) -> tuple[str, Text]:
    """Return the key of the feed and the text of the stored hit *hit_id*."""
    from monitor.store import hits, open_reader

    db = open_reader(config.storage.path)
    try:
        hit = hits.load_hit(db, hit_id)
    finally:
        db.close()
    if hit is None:
        raise UsageError(f"there is no hit #{hit_id}; monitor hits lists all hits")
    return hit.entry.feed, hit.entry.text


def explained(explanation: Explanation, config: Config, *, show_all: bool = False) -> Iterator[str]:
    """Yield *explanation* as lines of text: first the matches that count, then those that do not.

    Args:
        explanation: The explanation of one text.
        config: The configuration; its destinations decide who would be notified.
        show_all: Whether to include candidates hidden by a better match of the same words.
    """
    counted_matches = [match for match in explanation.matches if match.counts]
    others = [match for match in explanation.matches if not match.counts]
    shown = [match for match in others if show_all or not any(_overlap(match, other) for other in counted_matches)]
    yield "Matches" if counted_matches else "Matches: none"
    yield from (f"  {_match(match)}" for match in counted_matches)
    if shown:
        yield "Candidates that do not count"
        yield from (f"  {_match(match)}" for match in shown)
    if hidden := len(others) - len(shown):
        yield f"  {counted(hidden, 'candidate')} inside these matches not shown; --all shows them"
    amounts = explanation.judgement.amounts
    if amounts:
        yield "Amounts"
        yield from (f"  {printable(a.text)} = {a.value:f} {a.currency}, in the {a.field}" for a in amounts)
    indicators = explanation.judgement.indicators
    if indicators:
        yield "Addresses, transactions and CVEs"
        yield from (f"  {indicator_words(i)}" for i in indicators)
    if explanation.judgement.lists:
        from monitor.alerts.content.list_wording import list_lines

        names = ((key, config.actors[key].name) for key in explanation.judgement.actors)
        yield "Published lists"
        yield from (f"  {printable(line)}" for line in list_lines(explanation.judgement.lists, names))
    yield "Rules"
    for result in explanation.rules:
        yield from _rule(result)
    yield from _notified(explanation, config)


def _overlap(match: ExplainedMatch, other: ExplainedMatch) -> bool:
    one, two = match.mention, other.mention
    return one.field == two.field and one.start < two.end and two.start < one.end


def _match(match: ExplainedMatch) -> str:
    m = match.mention
    edits = f", {counted(m.edits, 'edit')}" if m.edits else ""
    where = f": {printable(match.edits)}" if match.edits else ""
    alias = "" if m.alias == m.text else f' for "{m.alias}"'
    context = f", for its context is {printable(match.context)}" if match.context else ""
    verdict = f"counts{context}" if match.counts else f"does not count: {printable(match.rejected_because)}"
    who = f"{'actor' if m.actor else 'keyword'} {m.subject}"
    return f'{who}: "{printable(m.text)}"{alias} ({m.kind}{edits}{where}) in {m.field} {m.start}-{m.end}: {verdict}'


def _rule(result: RuleResult) -> Iterator[str]:
    match = result.match
    yield f"  {result.rule.id}: " + (f"matches, {match.severity.word}" if match else "does not match")
    for condition in result.conditions:
        yield f"    {'met' if condition.met else 'not met'}  {condition.key}: {printable(condition.reason)}"


def _notified(explanation: Explanation, config: Config) -> Iterator[str]:
    from monitor import clock
    from monitor.alerts.content.reason_wording import reason_text
    from monitor.alerts.policy.suppression import severity_limit

    severity = explanation.severity
    if severity is None:
        yield "No notification: no rule matches"
        return
    yield f"Notifications, severity {severity.word}, if this were a new entry"
    for name in explanation.send_to:
        limit = severity_limit(config.destinations[name], severity)
        suppressed = reason_text(limit, zone=config.alerts.timezone, now=clock.now()) if limit else ""
        yield f"  {name}: not notified, {suppressed}" if suppressed else f"  {name}"
