"""Read entities of OpenSanctions, one JSON object of the FollowTheMoney model per line, in bounded memory.

The model: https://followthemoney.tech/explorer; the files: https://www.opensanctions.org/docs/bulk/json/. Persons and
organisations become actors; crypto wallets become addresses of their holders, which may come earlier or later in the
file.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from monitor.errors import UsageError
from monitor.exchange.formats.source_file import opened
from monitor.exchange.listed import ActorList, ListedActor, ListSource, Notice
from monitor.exchange.names import ListedName, NameKind, read_name
from monitor.facts import parse_address
from monitor.matching import folded_words
from monitor.matching.spelling import is_acronym
from monitor.wording import counted

ENTITY_URL = "https://www.opensanctions.org/entities/"
WALLET = "CryptoWallet"
PERSONS = frozenset({"Person"})
ORGANISATIONS = frozenset({"Organization", "Company", "LegalEntity", "PublicBody"})
SHIPS = frozenset({"Vessel", "Airplane", "Vehicle"})
SCHEMAS = PERSONS | ORGANISATIONS | SHIPS
MAX_LINE = 10_000_000  # bytes; the longest entities have some 100 kB
MAX_NOTICES_OF_LINES = 20
MAX_NAMES = 200  # of one entity: some have the same name in a hundred transliterations
MIN_CHECKED = 50  # lines after which a file without one entity is no export
_NAMES = (("name", False), ("alias", False), ("weakAlias", True))  # properties, and whether their names are weak


@dataclass(slots=True)
class _Read:
    """The actors, wallets and notices read so far."""

    actors: dict[str, ListedActor] = field(default_factory=dict)
    wallets: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)  # address and ids of the holders
    notices: list[Notice] = field(default_factory=list)
    bad_lines: int = 0
    last_change: str = ""
    datasets: set[str] = field(default_factory=set)


def read_opensanctions(file: Path, topics: Collection[str] = ()) -> ActorList:
    """Return the persons and organisations in an OpenSanctions file, with the addresses of their crypto wallets.

    Args:
        file: ``entities.ftm.json`` or ``targets.nested.json``, one object per line; may be compressed with gzip.
        topics: Return only entities with one of these topics, such as "sanction" or "crime"; empty: all.

    Raises:
        UsageError: The file cannot be read, or is not such a file.
    """
    read = _Read()
    for number, entity in _entities(file, read):
        _add(entity, read, topics, number)
    if read.bad_lines > MAX_NOTICES_OF_LINES:
        read.notices.append(
            Notice("", f"{counted(read.bad_lines - MAX_NOTICES_OF_LINES, 'more line')} without an entity; left out")
        )
    if not read.actors:
        chosen = f" with the topic {' or '.join(topics)}" if topics else ""
        raise UsageError(f"{file}: has no person or organisation{chosen}")
    _link_wallets(read)
    datasets = sorted(read.datasets)
    source = ListSource(
        id="opensanctions",
        title=f"OpenSanctions, {datasets[0]}" if len(datasets) == 1 else "OpenSanctions",
        prefix="os-",
        date=_date(read.last_change),
        url="https://www.opensanctions.org/datasets/",
        sanctions=any("sanction" in actor.tags for actor in read.actors.values()),
    )
    return ActorList(source, [*read.actors.values()], read.notices)


def _entities(file: Path, read: _Read) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the line number and the entity of each valid line; *read* gets a notice about each other line."""
    found = 0
    with opened(file) as source:
        number = 0
        while line := source.readline(MAX_LINE):
            number += 1
            fault = ""
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                raise UsageError(
                    f"{file}:{number}: is longer than {MAX_LINE // 1_000_000} MB; is it one entity per line?"
                )
            if not line.strip():
                continue
            try:
                entity = json.loads(line)
            except (ValueError, RecursionError) as error:
                fault = f"is not JSON: {error}"
            else:
                if (
                    isinstance(entity, dict)
                    and isinstance(entity.get("schema"), str)
                    and isinstance(entity.get("properties"), dict)
                ):
                    found += 1
                    yield number, entity
                    continue
                fault = 'has no "schema" and "properties"'
            _report_line(file, number, fault, read, found)
    if not found:
        raise UsageError(f"{file}: has no entity; download entities.ftm.json of a dataset of OpenSanctions")


def _report_line(file: Path, number: int, fault: str, read: _Read, found: int) -> None:
    if not found and (number == 1 or number >= MIN_CHECKED):
        raise UsageError(
            f"{file}:{number}: {fault[:200]}; this is not FollowTheMoney data, which has one entity per line: download "
            "entities.ftm.json of a dataset of OpenSanctions"
        )
    read.bad_lines += 1
    if read.bad_lines <= MAX_NOTICES_OF_LINES:
        read.notices.append(Notice(number, f"{fault[:200]}; left out"))


def _add(entity: Mapping[str, Any], read: _Read, topics: Collection[str], number: int) -> None:
    schema, properties = entity["schema"], entity["properties"]
    read.last_change = max(read.last_change, _text(entity.get("last_change")))
    if schema == WALLET:
        holders = (*_ids(properties.get("holder")), *_ids(properties.get("owner")))
        read.wallets += [(address, holders) for address in _texts(properties.get("publicKey"))]
        return
    found = _texts(properties.get("topics"))
    if schema not in SCHEMAS or entity.get("target") is False or (topics and not set(topics) & set(found)):
        return
    ident = _text(entity.get("id")) or f"line {number}"
    actor = _actor(ident, schema, properties, found)
    if actor is None:
        read.notices.append(Notice(ident, "has no name; left out"))
        return
    if ident in read.actors:
        read.notices.append(Notice(ident, f"occurs again in line {number}; the second record is left out"))
        return
    read.datasets.update(_texts(entity.get("datasets")))
    read.actors[ident] = actor
    nested = properties.get("cryptoWallets")  # nested exports contain the wallets of each entity
    for wallet in nested if isinstance(nested, list) else ():
        if isinstance(wallet, dict) and isinstance(wallet.get("properties"), dict):
            read.wallets += [(key, (ident,)) for key in _texts(wallet["properties"].get("publicKey"))]


def _actor(ident: str, schema: str, properties: Mapping[str, Any], topics: list[str]) -> ListedActor | None:
    kind = NameKind.PERSON if schema in PERSONS else NameKind.ORGANISATION
    names: list[ListedName] = []
    for key, is_weak in _NAMES:
        for written in _texts(properties.get(key)):
            origin = f"{ident}, {'weak alias' if is_weak else key}"
            if name := _name(written, kind, weak=is_weak or schema in SHIPS, origin=origin):
                names.append(name)
    if not names:
        return None
    ref = f"{ENTITY_URL}{ident}/"
    urls = [url for url in _texts(properties.get("sourceUrl")) if url.startswith(("http://", "https://"))]
    countries = [f"country-{code.lower()}" for code in _texts(properties.get("country"))]
    return ListedActor(ident, names[0], tuple(names[1:MAX_NAMES]), refs=(ref, *urls[:10]), tags=(*topics, *countries))


def _name(written: str, kind: NameKind, *, weak: bool, origin: str) -> ListedName | None:
    name = read_name(written, kind)
    if not folded_words(name.name):
        return None
    return replace(name, weak=weak or is_acronym(name.name), origin=origin)


def _link_wallets(read: _Read) -> None:
    """Add the address of each wallet to its holders.

    Add notices about wallets without a holder and invalid addresses.
    """
    addresses: dict[str, list[str]] = {}
    unowned = 0
    for address, holders in read.wallets:
        known = [holder for holder in holders if holder in read.actors]
        unowned += not known
        try:
            parse_address(address)
        except ValueError as error:
            text = str(error).partition("; ")[0]
            read.notices.append(Notice(known[0] if known else "", f"{text}; left out"))
            continue
        for holder in known:
            addresses.setdefault(holder, []).append(address.strip())
    for holder, found in addresses.items():
        read.actors[holder] = replace(read.actors[holder], addresses=tuple(dict.fromkeys(found)))
    if unowned:
        read.notices.append(Notice("", f"{counted(unowned, 'wallet')} without a holder among the actors; left out"))


def _ids(value: Any) -> list[str]:
    """Return the ids in *value*, a list of ids or, in nested exports, of whole entities."""
    values = value if isinstance(value, list) else [value]
    return [_text(one.get("id") if isinstance(one, dict) else one) for one in values]


def _date(written: str) -> date | None:
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(filter(None, map(_text, values))))
