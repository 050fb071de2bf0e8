"""Options of ``monitor hits`` and ``monitor export`` that select hits, such as ``--actor``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitor.cli.parameters import SINCE, UNTIL
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.store.hit_list import HitQuery

_OPTIONS = (
    click.option("--since", type=SINCE, help='Only hits seen since TIME: "3d", "yesterday", a date or a time (UTC).'),
    click.option("--until", type=UNTIL, help="Only hits seen until TIME; a date includes the whole day."),
    click.option("--actor", help="Only hits that mention this actor."),
    click.option("--feed", help="Only hits from this feed."),
    click.option("--rule", help="Only hits that match this rule."),
    click.option("--severity", metavar="WORD", help="The lowest severity: low, medium, high or critical."),
    click.option(
        "--triage",
        type=click.Choice(["relevant", "noise", "ack", "none"]),
        help="Only hits marked so by monitor triage; none: hits not triaged yet.",
    ),
)

F = TypeVar("F", bound=Callable[..., Any])


def hit_filter_options(command: F) -> F:
    """Add the options that select hits to *command*, which passes their values on to ``hit_query``."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def hit_query(filters: Mapping[str, Any], *, limit: int | None, canaries: bool = False) -> HitQuery:
    """Return the database query for the hits that the options of a command select.

    Args:
        filters: The values of the options added by ``hit_filter_options``.
        limit: The maximum number of hits; None selects all.
        canaries: Whether to include the hits of canaries.

    Raises:
        UsageError: The option ``--severity`` names no severity.
    """
    from monitor.model.severity import Severity
    from monitor.store.hit_list import HitQuery

    filters = dict(filters)
    word = filters.pop("severity")
    try:
        severity = Severity.of(word) if word else None
    except ValueError as error:
        raise UsageError(f"--severity: {error}") from error
    return HitQuery(**filters, min_severity=severity, canaries=canaries, limit=limit)


def warn_of_misspelling(filters: Mapping[str, Any]) -> None:
    """Print to stderr that a name in *filters* may be misspelled; call this if they select no hit."""
    names = [f'{what} "{filters[what]}"' for what in ("actor", "feed", "rule") if filters[what]]
    if names:
        click.echo(f"check the spelling of {' and '.join(names)}", err=True)
