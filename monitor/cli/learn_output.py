"""Print the report of ``monitor learn``: as text for people, or as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from monitor.cli.output import Table, printable, table_lines
from monitor.wording import counted

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.learning.alias_precision import AliasPrecision
    from monitor.learning.near_misses import NearMiss
    from monitor.learning.new_aliases import NewAlias, NewAliases, Quotation
    from monitor.learning.refinements import Refinement
    from monitor.learning.run import LearningReport
    from monitor.learning.suggested_toml import SuggestedToml
    from monitor.learning.unmatched_thefts import UnmatchedTheft

MOST_ROWS = 20  # of each section
_PRECISION = Table(
    ("actor", "alias", "hits", "relevant", "noise", "undecided", "precision", "at_least"),
    "",
    wide=("alias",),
)


class Verbatim(str):
    """A line of TOML or of a comment in it, which is never wrapped, so that it can be pasted."""

    __slots__ = ()


def report_lines(report: LearningReport, config: Config) -> Iterator[str]:
    """Yield the report of ``monitor learn`` as lines of text.

    Args:
        report: The report.
        config: The configuration that the suggestions change.
    """
    if report.first_at and report.last_at:
        seen = f" seen {report.first_at:%Y-%m-%d} to {report.last_at:%Y-%m-%d}"
        yield f"{counted(report.entries, 'text')} of entries{seen} {'was' if report.entries == 1 else 'were'} read."
    else:
        yield "No entries in that period."
    yield from _precision(report.aliases, config)
    yield from _new_aliases(report.new_aliases, config)
    yield from map(Verbatim, _near_misses(report.near_misses, config))
    yield from _thefts(report.unmatched)
    yield ""
    yield "After a change: monitor check, monitor test, monitor backtest"


# ---------------------------------------------------------------- aliases by triage


def _precision(aliases: Sequence[AliasPrecision], config: Config) -> Iterator[str]:
    if not aliases:
        return
    yield ""
    yield "PRECISION OF ALIASES: the share of triaged hits that are relevant (at_least: lower Wilson bound, 95 %)"
    rows = [_precision_row(one) for one in aliases]
    shown = [{**row, "precision": _percent(row["precision"]), "at_least": _percent(row["at_least"])} for row in rows]
    yield from table_lines(shown[:MOST_ROWS], _PRECISION)
    yield from _more(len(rows) - MOST_ROWS)
    for one in aliases:
        for number, refinement in enumerate(one.refinements, 1):
            yield ""
            yield from map(Verbatim, _refinement(number, refinement, config))


def _refinement(number: int, refinement: Refinement, config: Config) -> Iterator[str]:
    from monitor.learning.suggested_toml import suggest_actor

    effect = refinement.effect
    yield f'# {refinement.actor.id}, "{printable(refinement.alias)}", {number}: {_change(refinement)}'
    yield f"#   {_effect(refinement)}"
    for hit in refinement.evidence:
        yield f"#   noise: hit {hit.hit}, {printable(hit.outlet)}: {printable(hit.text.title)}"
    if effect.undecided_lost:
        yield f"#   {counted(effect.undecided_lost, 'hit')} that nobody triaged would be lost too"
    yield from _toml(suggest_actor(config, refinement.actor), config)


def _change(refinement: Refinement) -> str:
    from monitor.learning.refinements import RefinementKind

    words = ", ".join(f'"{printable(word)}"' for word in refinement.words)
    number = len(refinement.words)
    return {
        RefinementKind.EXCLUDE: f"exclude {counted(number, 'phrase')} in which the alias is noise",
        RefinementKind.EXACT: f"match only {words} with these capitals",
        RefinementKind.WEAK: "make the alias weak: it counts only near a context word of the actor",
        RefinementKind.CONTEXT: f"make the alias weak, with the context words {words}",
        RefinementKind.NARROW: f"remove {counted(number, 'context word')} that only noise hits contain: {words}",
        RefinementKind.WITHIN: f"require a context word within {counted(int(refinement.words[0]), 'word')}"
        if refinement.kind is RefinementKind.WITHIN
        else "",
        RefinementKind.NO_TYPOS: "match no typos of the actor's names",
    }[refinement.kind]


def _effect(refinement: Refinement) -> str:
    effect = refinement.effect
    lost = "no relevant hit" if not effect.relevant_lost else f"{effect.relevant_lost:,}"
    return (
        f"on past hits of the actor: {effect.noise_removed:,} of {counted(effect.noise, 'noise hit')} removed, "
        f"{lost} of {effect.relevant:,} lost"
    )


# ---------------------------------------------------------------- new aliases


def _new_aliases(found: NewAliases, config: Config) -> Iterator[str]:
    from monitor.learning.new_aliases import with_alias
    from monitor.learning.suggested_toml import suggest_actor

    if found.suggested:
        yield ""
        yield "NEW ALIASES that the news give tracked actors"
    suggested = sorted(found.suggested[:MOST_ROWS], key=lambda alias: alias.actor)
    for actor, group in groupby(suggested, key=lambda alias: alias.actor):
        yield ""
        changed = config.actors[actor]
        for alias in group:
            yield from map(Verbatim, _new_alias(alias))
            changed = with_alias(changed, alias)
        yield from map(Verbatim, _toml(suggest_actor(config, changed), config))
    yield from _more(len(found.suggested) - MOST_ROWS)
    yield from _listed("Weaker evidence (one outlet, a name in brackets, or an overlap of two groups)", found.unsure)
    yield from _listed("Names that the watchlist already has for another actor", found.shared)
    yield from _listed("Subgroups and affiliates, which may be actors of their own", found.parts)


def _new_alias(alias: NewAlias) -> Iterator[str]:
    phrases = ", ".join(f'"{printable(phrase)}"' for phrase in alias.phrases[:3])
    yield (
        f'# {alias.actor}: "{printable(alias.name)}" by {phrases}, '
        f"{counted(alias.entries, 'entry')} of {counted(len(alias.outlets), 'outlet')}"
    )
    yield from _evidence(alias.evidence)
    for name, _, why in alias.spellings.doubts:
        yield f'#   "{printable(name)}" is {why}: it matches only as written below'


def _listed(title: str, aliases: Sequence[NewAlias]) -> Iterator[str]:
    if not aliases:
        return
    yield ""
    yield f"{title}:"
    for alias in aliases[:MOST_ROWS]:
        others = f", in the watchlist a name of {', '.join(alias.others)}" if alias.others else ""
        yield f'  {alias.actor}: "{printable(alias.name)}" ({counted(len(alias.outlets), "outlet")}{others})'
        for quotation in alias.evidence[:1]:
            yield f"    {printable(quotation.outlet)}: {printable(quotation.sentence)}"
    yield from _more(len(aliases) - MOST_ROWS)


# ---------------------------------------------------------------- what was missed


def _near_misses(misses: Sequence[NearMiss], config: Config) -> Iterator[str]:
    from monitor.learning.suggested_toml import suggest_actor
    from monitor.matching import Rejection

    if not misses:
        return
    yield ""
    yield "NEAR MISSES in entries about thefts and attacks: texts that almost match an alias"
    for miss in misses[:MOST_ROWS]:
        yield ""
        yield (
            f'# {miss.actor}: "{printable(miss.text)}" for "{printable(miss.alias)}", '
            f"{counted(miss.entries, 'entry')} of {counted(len(miss.outlets), 'outlet')}"
        )
        yield f"#   {printable(miss.reason)}"
        yield from _evidence(miss.evidence)
        if miss.actor_after is not None:
            yield f"#   with the change, {miss.found:,} of {counted(miss.tried, 'entry')} would mention the actor"
            toml = [*_toml(suggest_actor(config, miss.actor_after), config)]
            if miss.rejection in (Rejection.EDITS, Rejection.NO_EDITS):
                yield "#   read the evidence first: the text may mean something else"
                toml = [line if line.startswith("#") else f"# {line}" for line in toml]
            yield from toml
    yield from _more(len(misses) - MOST_ROWS)


def _thefts(thefts: Sequence[UnmatchedTheft]) -> Iterator[str]:
    if not thefts:
        return
    yield ""
    yield "THEFTS WITHOUT A TRACKED ACTOR that several outlets reported"
    for theft in thefts[:MOST_ROWS]:
        yield f"  {printable(theft.title)}"
        amounts = ", ".join(map(printable, theft.amounts))
        yield f"    {counted(len(theft.outlets), 'outlet')} ({', '.join(map(printable, theft.outlets[:4]))}): {amounts}"
        if theft.names:
            names = ", ".join(f"{printable(name)} ({count})" for name, count in theft.names)
            yield f"    names that are not in the watchlist: {names}"
            yield from (f"    {line}" for line in _new_actor_lines(theft))
    yield from _more(len(thefts) - MOST_ROWS)


def _new_actor_lines(theft: UnmatchedTheft) -> Iterator[str]:
    """Yield the TOML of a new actor as a comment, because a person must decide whether the name is the thief's."""
    from monitor.learning.suggested_toml import new_actor

    yield f"# if this is the name of the actor: {'; '.join(new_actor(theft.names[0][0]).lines)}"


# ---------------------------------------------------------------- parts


def _evidence(quotations: Iterable[Quotation]) -> Iterator[str]:
    for one in quotations:
        yield f"#   {printable(one.outlet)}: {printable(one.sentence)}"
        if one.link:
            yield f"#   {printable(one.link)}"


def _toml(toml: SuggestedToml, config: Config) -> Iterator[str]:
    yield f"# {config.path.name}: {toml.instruction}"
    yield from map(printable, toml.lines)


def _more(number: int) -> Iterator[str]:
    if number > 0:
        yield f"and {number:,} more; --json shows all"


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share:.0%}"


# ---------------------------------------------------------------- JSON


def report_row(report: LearningReport, config: Config) -> dict[str, Any]:
    """Return *report* in the shape that ``learn --json`` prints.

    Args:
        report: The report.
        config: The configuration that the suggestions change.
    """
    new = report.new_aliases
    return {
        "entries": report.entries,
        "first_at": report.first_at,
        "last_at": report.last_at,
        "aliases": [
            _precision_row(one) | {"refinements": [_refinement_row(r, config) for r in one.refinements]}
            for one in report.aliases
        ],
        "new_aliases": [_alias_row(alias, config) for alias in new.suggested],
        "weaker_evidence": [_alias_row(alias, config) for alias in new.unsure],
        "of_another_actor": [_alias_row(alias, None) for alias in new.shared],
        "subgroups": [_alias_row(alias, None) for alias in new.parts],
        "near_misses": [_miss_row(miss, config) for miss in report.near_misses],
        "thefts_without_actor": [_theft_row(theft) for theft in report.unmatched],
    }


def _precision_row(one: AliasPrecision) -> dict[str, Any]:
    use = one.use
    return {
        "actor": one.actor,
        "alias": use.alias,
        "hits": use.hits,
        "relevant": use.relevant,
        "noise": use.noise,
        "undecided": use.undecided,
        "precision": use.precision,
        "at_least": use.least_precision,
    }


def _refinement_row(refinement: Refinement, config: Config) -> dict[str, Any]:
    from monitor.learning.suggested_toml import suggest_actor

    effect = refinement.effect
    return {
        "kind": str(refinement.kind),
        "words": list(refinement.words),
        "noise": effect.noise,
        "noise_removed": effect.noise_removed,
        "relevant": effect.relevant,
        "relevant_lost": effect.relevant_lost,
        "undecided_lost": effect.undecided_lost,
        "evidence": [{"hit": hit.hit, "outlet": hit.outlet, "title": hit.text.title} for hit in refinement.evidence],
        **_toml_row(suggest_actor(config, refinement.actor)),
    }


def _alias_row(alias: NewAlias, config: Config | None) -> dict[str, Any]:
    from monitor.learning.new_aliases import with_alias
    from monitor.learning.suggested_toml import suggest_actor

    row = {
        "actor": alias.actor,
        "name": alias.name,
        "relation": str(alias.relation),
        "phrases": list(alias.phrases),
        "entries": alias.entries,
        "outlets": list(alias.outlets),
        "evidence": _evidence_rows(alias.evidence),
        "others": list(alias.others),
    }
    if config is None:
        return row
    return row | _toml_row(suggest_actor(config, with_alias(config.actors[alias.actor], alias)))


def _miss_row(miss: NearMiss, config: Config) -> dict[str, Any]:
    from monitor.learning.suggested_toml import suggest_actor

    row = {
        "actor": miss.actor,
        "alias": miss.alias,
        "text": miss.text,
        "rejection": str(miss.rejection),
        "reason": miss.reason,
        "entries": miss.entries,
        "outlets": list(miss.outlets),
        "evidence": _evidence_rows(miss.evidence),
        "words": list(miss.words),
        "tried": miss.tried,
        "found": miss.found,
    }
    return row if miss.actor_after is None else row | _toml_row(suggest_actor(config, miss.actor_after))


def _theft_row(theft: UnmatchedTheft) -> dict[str, Any]:
    return {
        "title": theft.title,
        "amounts": list(theft.amounts),
        "entries": theft.entries,
        "outlets": list(theft.outlets),
        "names": [{"name": name, "entries": count} for name, count in theft.names],
        "evidence": _evidence_rows(theft.evidence),
    }


def _evidence_rows(quotations: Iterable[Quotation]) -> list[dict[str, str]]:
    return [{"sentence": one.sentence, "outlet": one.outlet, "link": one.link} for one in quotations]


def _toml_row(toml: SuggestedToml) -> dict[str, Any]:
    return {"instruction": toml.instruction, "toml": "\n".join(toml.lines)}
