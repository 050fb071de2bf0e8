"""Write the imported actors as the TOML lines of a pack, a file that a configuration includes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from monitor.exchange.listed import ListSource, record_key
from monitor.exchange.name_list import ImportedActor
from monitor.exchange.pack_file import RECORD_END, plain_comment, toml_key, toml_list, toml_list_by_origin, toml_string
from monitor.model import Actor
from monitor.wording import counted


@dataclass(frozen=True, slots=True)
class ActorSettings:
    """The settings that an import gives to all actors of a pack, such as tags, severity and context words."""

    tags: tuple[str, ...] = ()
    severity: str = ""  # empty: the default
    context: tuple[str, ...] = ()  # for actors with weak spellings
    beside_context: tuple[str, ...] = ()  # for actors with spellings that need a context word very near
    beside_within: int | None = None  # how near, in words; None: as for all weak spellings
    fuzzy: bool | None = True  # whether typos match; None: where a misspelling is likely to mean the actor

    def complete(self, actor: ImportedActor) -> Actor:
        """Return the watchlist actor that results from *actor* and these settings."""
        weak = bool(actor.spellings.weak)
        beside = weak and actor.spellings.beside
        made = Actor(
            id=actor.id,
            name=actor.name,
            aliases=actor.spellings.aliases,
            weak=actor.spellings.weak,
            context=(self.beside_context if beside else self.context) if weak else (),
            fuzzy=None if (actor.typos if self.fuzzy is None else self.fuzzy) else 0,
        )
        return replace(made, within=self.beside_within) if beside and self.beside_within else made


def actor_lines(
    source: ListSource, on: date, actors: Iterable[ImportedActor], settings: ActorSettings
) -> Iterator[str]:
    """Yield the TOML lines of a pack: the list that it comes from, then each actor.

    Args:
        source: The published list that the actors come from.
        on: The date of the list.
        actors: The imported actors, in the order in which the pack lists them.
        settings: The settings that all actors share.
    """
    yield ""
    yield f"[lists.{toml_key(source.id)}]"
    yield f"title = {toml_string(source.title)}"
    yield f"date = {on.isoformat()}"
    if source.url:
        yield f"url = {toml_string(source.url)}"
    if source.sanctions:
        yield "sanctions = true"
    for actor in actors:
        yield ""
        yield from _actor(actor, source.id, settings)


def _actor(actor: ImportedActor, list_id: str, settings: ActorSettings) -> Iterator[str]:
    for record, written in actor.written:
        yield plain_comment(f"{record_key(record)}{RECORD_END}{written}")
    yield f"[actors.{toml_key(actor.id)}]"
    yield f"name = {toml_string(actor.name)}"
    yield f"list = {toml_string(list_id)}"
    made = settings.complete(actor)
    if made.aliases:
        yield from toml_list_by_origin(made.aliases, "aliases", actor.spellings.origins)
    if made.weak:
        yield from toml_list_by_origin(made.weak, "weak", actor.spellings.origins)
        yield from toml_list(made.context, "context")
        if actor.spellings.beside and settings.beside_within:
            yield f'within = "{counted(settings.beside_within, "word")}"'
    if actor.addresses:
        yield from toml_list(actor.addresses, "addresses")
    if made.fuzzy == 0:
        yield 'fuzzy = "off"'
    if settings.severity:
        yield f"severity = {toml_string(settings.severity)}"
    if tags := dict.fromkeys((*settings.tags, *actor.tags)):
        yield from toml_list(tags, "tags")
    if actor.refs:
        yield from toml_list(actor.refs, "refs")
