"""What importers read out of a list: actors with their names, addresses and references, and remarks about the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitor.exchange.names import ListedName

Record = int | str  # where an actor stands in its list: the line, or the identifier that the list gives it


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to look at, and the record of the list that it is about; an empty record: the list as a whole."""

    record: Record
    text: str


@dataclass(frozen=True, slots=True)
class ListedActor:
    """The names of one record of a list, and what the list says about their owner."""

    record: Record
    name: ListedName
    aliases: tuple[ListedName, ...] = ()
    addresses: tuple[str, ...] = ()  # of crypto wallets, on any chain
    refs: tuple[str, ...] = ()  # reports and pages about the actor
    tags: tuple[str, ...] = ()

    def spelled(self) -> tuple[tuple[str, ListedName], ...]:
        """Return every spelling with the name that it comes from, the most certain first."""
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
    """The published list that a pack is made of."""

    id: str  # its key in [lists]
    title: str
    prefix: str = ""  # of the ids of its actors, so that packs of several lists can be loaded together
    date: date | None = None  # of the list, not of the import; None: the file does not say
    url: str = ""
    sanctions: bool = False  # whether it lists sanctioned parties


@dataclass(frozen=True, slots=True)
class ActorList:
    """The actors of one file."""

    source: ListSource
    actors: Sequence[ListedActor]
    notices: Sequence[Notice] = ()


def label(record: Record) -> str:
    """Return *record* for the middle of a sentence: ``line 3``, ``SDN 12345``."""
    return f"line {record}" if isinstance(record, int) else record


def record_key(record: Record) -> str:
    """Return *record* as the comment above its actor has it, by which an update finds the actor again."""
    return " ".join("".join(c if c.isprintable() and c not in ':="' else " " for c in label(record)).split())
