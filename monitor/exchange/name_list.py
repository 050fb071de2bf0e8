"""Turn the records of a published list into actors of the watchlist, and report what a person should check."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.exchange.listed import ListedActor, Notice, Record, label, record_key
from monitor.exchange.names import NameKind, Strictness, identity
from monitor.exchange.strictness import Spellings, plain_spelling, spellings, words_of
from monitor.matching import folded_words
from monitor.model import Actor

MAX_ID = 60  # characters
MIN_TYPO_LETTERS = 12  # of a name of which typos are accepted

_USES = {
    Strictness.EXACT: "matched only with the capitals of a name",
    Strictness.WEAK: "made weak: it counts only near a context word",
    Strictness.BESIDE: "made weak: it counts only near a context word",
    Strictness.NONE: "left out",
}


@dataclass(frozen=True, slots=True)
class ImportedActor:
    """An actor made from one record of a published list, or from several records with the same name."""

    id: str
    name: str
    spellings: Spellings
    written: tuple[tuple[Record, str], ...]  # each record and the name as in the list
    addresses: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    typos: bool = True  # whether a misspelling of its names is likely to mean it


@dataclass(frozen=True, slots=True)
class NameList:
    """The imported actors and the notices about them, both in the order of the list."""

    actors: tuple[ImportedActor, ...]
    notices: tuple[Notice, ...]
    rows: int


def build_actors(
    rows: Sequence[ListedActor],
    notices: Iterable[Notice],
    *,
    taken: frozenset[str] = frozenset(),
    known_ids: Mapping[str, str] | None = None,
    prefix: str = "",
    merge: bool = True,
) -> NameList:
    """Turn the records of a list into actors, with ids and spellings for the watchlist.

    Args:
        rows: The records of the list, in its order.
        notices: Notices that reading the list gave; they become part of the result.
        taken: Ids of other actors in the configuration.
        known_ids: The ids that an earlier import gave to the records; they are kept.
        prefix: The beginning of every new id.
        merge: Whether records with the same words in their name, in any order, become one actor; False for lists with
            identifiers of their own, in which different records are different actors.
    """
    by_name: dict[object, list[ListedActor]] = {}
    found = [*notices]
    for row in rows:
        same = by_name.setdefault(identity(row.name.name) if merge else row.record, [])
        if same:
            text = f'"{row.name.written}" is the same name as in {label(same[0].record)}; both are one actor'
            found.append(Notice(row.record, text))
        same.append(row)
    shared = _shared_words(by_name.values())
    kept = dict(known_ids or {})
    ids = {*taken, *kept.values()}
    actors = []
    for same in by_name.values():
        known = kept.pop(record_key(same[0].record), "")  # once: two records may have the same key
        actor, doubts = _actor(same, known or _id(same[0], ids, prefix), shared)
        found += doubts
        if not (actor.spellings.aliases or actor.spellings.weak or actor.addresses):
            found.append(Notice(same[0].record, "has no name that a text could be searched for; left out"))
            continue
        ids.add(actor.id)
        actors.append(actor)
    found += _shared(actors)
    return NameList(tuple(actors), _in_order(found, rows), len(rows))


def build_one_actor(rows: Sequence[ListedActor], notices: Iterable[Notice], *, actor_id: str) -> NameList:
    """Turn all records of a list into one actor that has all names as its spellings.

    Args:
        rows: The records of the list.
        notices: Notices that reading the list gave; they become part of the result.
        actor_id: The id of the actor, which is also its name.
    """
    actor, doubts = _actor(rows, actor_id)
    return NameList((replace(actor, name=actor_id),), _in_order([*notices, *doubts], rows), len(rows))


def names_of_others(imported: Iterable[ImportedActor], others: Iterable[Actor]) -> Iterator[Notice]:
    """Yield a notice for each spelling of an *imported* actor that one of the *others* in the configuration has too."""
    known = {
        folded_words(spelling.lstrip("=")): actor.id for actor in others for spelling in (*actor.aliases, *actor.weak)
    }
    for actor in imported:
        shared: dict[str, list[str]] = {}
        for spelling in {words_of(spelling): spelling for spelling in reversed(actor.spellings.all())}.values():
            if other := known.get(words_of(spelling)):
                shared.setdefault(other, []).append(spelling.lstrip("="))
        for other, names in shared.items():
            yield _shared_notice(actor, names, f"[actors.{other}] of your configuration")


def _in_order(notices: list[Notice], rows: Iterable[ListedActor]) -> tuple[Notice, ...]:
    """Return *notices* in the order of the records they are about; notices about the whole list come first."""
    order: dict[Record, int] = {row.record: number for number, row in enumerate(rows)}
    return tuple(sorted(notices, key=lambda n: n.record if isinstance(n.record, int) else order.get(n.record, -1)))


def _shared_words(actors: Iterable[Sequence[ListedActor]]) -> frozenset[tuple[str, ...]]:
    """Return the spellings that several actors have, each as its words in lower case."""
    owner: dict[tuple[str, ...], int] = {}
    shared: set[tuple[str, ...]] = set()
    for number, rows in enumerate(actors):
        for row in rows:
            for spelling, _ in row.spelled():
                words = words_of(spelling)
                if owner.setdefault(words, number) != number:
                    shared.add(words)
    return frozenset(shared)


def _actor(
    rows: Sequence[ListedActor], actor_id: str, shared: frozenset[tuple[str, ...]] = frozenset()
) -> tuple[ImportedActor, list[Notice]]:
    found = spellings([pair for row in rows for pair in row.spelled()], shared)
    first_record = {plain_spelling(spelling): row.record for row in reversed(rows) for spelling, _ in row.spelled()}
    by_reason: dict[tuple[Record, Strictness, str], list[str]] = {}
    for name, use, why in found.doubts:
        by_reason.setdefault((first_record.get(name, rows[0].record), use, why), []).append(name)
    notices = [
        Notice(record, f"{_quoted(names)} {'is' if len(names) == 1 else 'are'} {why}; {_USES[use]}")
        for (record, use, why), names in by_reason.items()
    ]
    actor = ImportedActor(
        actor_id,
        rows[0].name.name,
        found,
        tuple((row.record, row.name.written) for row in rows),
        addresses=_distinct(address for row in rows for address in row.addresses),
        refs=_distinct(ref for row in rows for ref in row.refs),
        tags=_distinct(tag for row in rows for tag in row.tags),
        typos=_accepts_typos(rows),
    )
    return actor, notices


def _accepts_typos(rows: Iterable[ListedActor]) -> bool:
    """Return whether typos of the names may match: all must be long names of persons.

    Short names of different persons differ in one letter ("Jang Han", "Kang Han"), and names of organisations consist
    of common words that are often one edit away from other words.
    """
    names = [name for row in rows for name in (row.name, *row.aliases) if name.kind is NameKind.PERSON]
    shortest = min((sum(map(len, words_of(spelling))) for name in names for spelling in name.full), default=0)
    return shortest >= MIN_TYPO_LETTERS


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _shared(actors: Iterable[ImportedActor]) -> Iterator[Notice]:
    first: dict[tuple[str, ...], ImportedActor] = {}
    for actor in actors:
        shared: dict[str, list[str]] = {}
        by_words = {words_of(spelling): spelling for spelling in reversed(actor.spellings.all())}
        for words, spelling in reversed(by_words.items()):
            other = first.setdefault(words, actor)
            if other is not actor:
                shared.setdefault(label(other.written[0][0]), []).append(spelling.lstrip("="))
        for owner, names in shared.items():
            yield _shared_notice(actor, names, owner)


def _shared_notice(actor: ImportedActor, names: list[str], owner: str) -> Notice:
    what = "is also a spelling" if len(names) == 1 else "are also spellings"
    a_text = f"a text with {'it' if len(names) == 1 else 'one of them'}"
    text = f"{_quoted(names[:3])}{' ...' if len(names) > 3 else ''} {what} of {owner}; {a_text} mentions both actors"
    return Notice(actor.written[0][0], text)


def _id(row: ListedActor, taken: set[str], prefix: str) -> str:
    slug = _slug(row.name.name)
    slug = prefix + (slug if any(map(str.isalpha, slug)) else _slug(label(row.record)) or "actor")
    number, unique = 1, slug
    while unique in taken:
        number += 1
        unique = f"{slug}-{number}"
    return unique


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_ID].rstrip("-")
