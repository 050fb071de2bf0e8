"""The results of reading a published list: actors with names, addresses and references, and notices about problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitor.exchange.names import ListedName

Record = int | str  # where an actor stands in its list: the line, or the identifier that the list gives it


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice for the user about a record of a list, or about the whole list if the record is empty."""

    record: Record
    text: str


@dataclass(frozen=True, slots=True)
class ListedActor:
    """One record of a published list: the names of an actor, and its addresses, references and tags."""

    record: Record
    name: ListedName
    aliases: tuple[ListedName, ...] = ()
    addresses: tuple[str, ...] = ()  # of crypto wallets, on any chain
    refs: tuple[str, ...] = ()  # reports and pages about the actor
    tags: tuple[str, ...] = ()

    def spelled(self) -> tuple[tuple[str, ListedName], ...]:
        """Return all spellings of the actor, each with the name in the list that it comes from.

        Complete names come first, then short forms, then names in brackets.
        """
        names = (self.name, *self.aliases)
        parts = (
            *((spelling, name) for name in names for spelling in name.full),
            *((spelling, name) for name in names for spelling in name.short),
            *((spelling, name) for name in names for spelling in name.others),
        )
        first: dict[str, ListedName] = {}
        for spelling, name in parts:
            first.setdefault(spelling, name)
        return tuple(first.items())


@dataclass(frozen=True, slots=True)
class ListSource:
    """The published list that a pack was made from."""

    id: str  # its key in [lists]
    title: str
    prefix: str = ""  # of the ids of its actors, so that packs of several lists can be loaded together
    date: date | None = None  # of the list, not of the import; None: the file does not say
    url: str = ""
    sanctions: bool = False  # whether it lists sanctioned parties


@dataclass(frozen=True, slots=True)
class ActorList:
    """The actors that a file lists, and notices about what was left out."""

    source: ListSource
    actors: Sequence[ListedActor]
    notices: Sequence[Notice] = ()


def label(record: Record) -> str:
    """Return how a sentence refers to a record of a list: ``line 3``, ``SDN 12345``."""
    return f"line {record}" if isinstance(record, int) else record


def record_key(record: Record) -> str:
    """Return how the comment above an actor in a pack names *record*; an update finds the actor by this text."""
    return " ".join("".join(c if c.isprintable() and c not in ':="' else " " for c in label(record)).split())
