"""A party of the SDN list of OFAC (US sanctions), independent of the file format, and its conversion to an actor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.exchange.listed import ListedActor, Notice
from monitor.exchange.names import ListedName, NameKind, is_empty, read_name, read_person
from monitor.facts import parse_address
from monitor.matching import folded_words
from monitor.matching.spelling import is_acronym

LIST_URL = "https://sanctionslist.ofac.treas.gov/Home/SdnList"
DETAILS_URL = "https://sanctionssearch.ofac.treas.gov/Details.aspx?id="
_KINDS = {"individual": NameKind.PERSON, "entity": NameKind.ORGANISATION}
_SHIPS = ("vessel", "aircraft")
_ADDRESS = re.compile(r"Digital Currency Address\s*-\s*(\w{2,10})\s+([^\s;,]+)")
ADDRESS_TYPE = re.compile(r"\s*Digital Currency Address\s*-\s*(\w{2,10})\s*$")
_ALSO_KNOWN_AS = re.compile(r"\b([afn])\.k\.a\.\s+['\"‘](.+?)['\"’](?=[;.,\s]*(?:[;.]|$))", re.I)
_PROGRAM = re.compile(r"[^\[\];,]+")


@dataclass(frozen=True, slots=True)
class OfacName:
    """A name of a sanctioned party, as the list writes it."""

    last: str  # or the whole name of whoever has no first name
    first: str = ""
    kind: str = "name"  # "a.k.a.", "f.k.a."
    weak: bool = False


@dataclass(frozen=True, slots=True)
class OfacRecord:
    """A sanctioned party: a person, organisation, vessel or aircraft."""

    uid: str
    type: str  # "individual", "entity", "vessel" or "aircraft"
    names: Sequence[OfacName]  # the primary name first
    programs: Sequence[str] = ()
    remarks: str = ""
    addresses: Sequence[tuple[str, str]] = ()  # currency and address, beside those in the remarks
    countries: Sequence[str] = ()


def party_type(written: str) -> str:
    """Return the type of a party in the words of this module; "entity" if the list does not state a type."""
    word = written.strip().casefold()
    return word if word in ("individual", "vessel", "aircraft") else "entity"


def read_record(record: OfacRecord) -> tuple[ListedActor | None, list[Notice]]:
    """Return the party as an actor, and notices about what was left out; the actor is None if the party has no name."""
    label = f"SDN {record.uid}"
    names = [name for one in (*record.names, *_names_in(record.remarks)) if (name := _listed(one, record, label))]
    if not names:
        return None, [Notice(label, "has no name; left out")]
    addresses, notices = _valid_addresses([*record.addresses, *_addresses_in(record.remarks)], label)
    actor = ListedActor(
        label,
        names[0],
        tuple(names[1:]),
        addresses=tuple(dict.fromkeys(addresses)),
        refs=(f"{DETAILS_URL}{record.uid}",),
        tags=(*_program_tags(record.programs), *_country_tags(record.countries)),
    )
    return actor, notices


def _listed(name: OfacName, record: OfacRecord, label: str) -> ListedName | None:
    """Return *name* in the spellings that news items may use; None if it is empty.

    Names of ships and aircraft and acronyms are made weak, because they also mean other things: they need a context
    word.

    Args:
        name: The name as the list writes it.
        record: The party.
        label: How comments in the pack refer to the party: ``SDN 12345``.
    """
    last, first = ("" if is_empty(part) else part.strip() for part in (name.last, name.first))
    kind = _KINDS.get(record.type, NameKind.UNKNOWN)
    if kind is NameKind.PERSON and "," not in last:
        kind = NameKind.UNKNOWN  # of "The Chess Player", the last word is no last name
    if last and first:
        read = read_person(last, first)
    elif last or first:
        read = read_name(last or first, kind)
    else:
        return None
    if not folded_words(read.name):
        return None
    origin = f"{label}, {'weak ' if name.weak else ''}{name.kind}"
    return replace(read, origin=origin, weak=name.weak or record.type in _SHIPS or is_acronym(read.name))


def _names_in(remarks: str) -> Iterator[OfacName]:
    """Yield the weak names in the remarks, where SDN.CSV has them: ``a.k.a. 'ZHOU, William'``."""
    for letter, name in _ALSO_KNOWN_AS.findall(remarks):
        yield OfacName(name, kind=f"{letter.lower()}.k.a.", weak=True)


def _addresses_in(remarks: str) -> Iterator[tuple[str, str]]:
    for currency, address in _ADDRESS.findall(remarks):
        yield currency, address.rstrip(".")


def _valid_addresses(written: Iterable[tuple[str, str]], label: str) -> tuple[list[str], list[Notice]]:
    """Return the crypto addresses that the monitor supports, and a notice about each address that it does not.

    Args:
        written: Currency and address of each, as in the list.
        label: How notices refer to the party: ``SDN 12345``.
    """
    valid, notices = [], []
    for currency, address in written:
        try:
            parse_address(address)
        except ValueError as error:
            reason = str(error).removeprefix(f'"{address}" ').partition("; ")[0]
            notices.append(Notice(label, f"the {currency} address {address} {reason}; left out"))
        else:
            valid.append(address.strip())
    return valid, notices


def _program_tags(programs: Iterable[str]) -> Iterator[str]:
    """Yield a tag for each sanctions program: ``SDGT] [IFSR`` gives ``sdgt`` and ``ifsr``."""
    for program in dict.fromkeys(part for written in programs for part in _PROGRAM.findall(written)):
        if not is_empty(program) and (tag := _slug(program)):
            yield tag


def _country_tags(countries: Iterable[str]) -> Iterator[str]:
    for country in dict.fromkeys(countries):
        if not is_empty(country) and (tag := _slug(country)):
            yield f"country-{tag}"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
