"""Read the SDN list of OFAC (US sanctions) from SDN.XML, SDN_ENHANCED.XML or SDN_ADVANCED.XML, in bounded memory.

Their schemas: https://ofac.treasury.gov/specially-designated-nationals-list-data-formats-data-schemas
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime
from pathlib import Path

from monitor.errors import UsageError
from monitor.exchange.formats.ofac_advanced_xml import advanced_records
from monitor.exchange.formats.ofac_record import (
    ADDRESS_TYPE,
    LIST_URL,
    OfacName,
    OfacRecord,
    party_type,
    read_record,
)
from monitor.exchange.formats.xml_file import Element, children, iterate, local_name, root_tag, text
from monitor.exchange.listed import ActorList, ListedActor, ListSource, Notice

Item = OfacRecord | date  # a party, or the date of the edition


def read_ofac_xml(file: Path, types: Collection[str]) -> ActorList:
    """Return the sanctioned parties in an XML file of the SDN list.

    Args:
        file: The file, in one of the three formats.
        types: The types of parties to return: "individual", "entity", "vessel", "aircraft"; empty: all.

    Raises:
        UsageError: The file cannot be read, or is other XML.
    """
    formats: dict[str, Callable[[Path], Iterator[Item]]] = {
        "sdnList": _plain_records,
        "sanctionsData": _enhanced_records,
        "Sanctions": advanced_records,
    }
    root = root_tag(file)
    if root not in formats:
        known = ", ".join(f"<{name}>" for name in formats)
        found = f"its root is <{root}>" if root else "it is not XML"
        raise UsageError(f"{file}: is not an SDN list of OFAC, whose root is one of {known}: {found}")
    on: date | None = None
    actors: list[ListedActor] = []
    notices: list[Notice] = []
    for item in formats[root](file):
        if isinstance(item, date):
            on = item
        elif not types or item.type in types:
            actor, doubts = read_record(item)
            notices += doubts
            actors += [actor] if actor else []
    source = ListSource(id="ofac-sdn", title="OFAC SDN list", prefix="ofac-", date=on, url=LIST_URL, sanctions=True)
    return ActorList(source, actors, notices)


def _plain_records(file: Path) -> Iterator[Item]:
    for element in iterate(file, ("sdnEntry", "Publish_Date")):
        if local_name(element) == "Publish_Date":
            yield from _date(element.text or "", "%m/%d/%Y")
            continue
        names = [OfacName(text(element, "lastName"), text(element, "firstName"))]
        names += [
            OfacName(
                text(aka, "lastName"),
                text(aka, "firstName"),
                text(aka, "type") or "a.k.a.",
                weak=text(aka, "category").casefold() == "weak",
            )
            for aka in children(element, "akaList", "aka")
        ]
        yield OfacRecord(
            uid=text(element, "uid"),
            type=party_type(text(element, "sdnType")),
            names=names,
            programs=[found.text or "" for found in children(element, "programList", "program")],
            remarks=text(element, "remarks"),
            addresses=[
                (kind[1], text(one, "idNumber"))
                for one in children(element, "idList", "id")
                if (kind := ADDRESS_TYPE.match(text(one, "idType")))
            ],
            countries=[text(one, "country") for one in children(element, "addressList", "address")],
        )


def _enhanced_records(file: Path) -> Iterator[Item]:
    for element in iterate(file, ("entity", "dataAsOf")):
        if local_name(element) == "dataAsOf":
            yield from _date((element.text or "")[:10], "%Y-%m-%d")
            continue
        names = sorted(children(element, "names", "name"), key=lambda name: text(name, "isPrimary") != "true")
        yield OfacRecord(
            uid=element.get("id", ""),
            type=party_type(text(element, "generalInfo", "entityType")),
            names=[name for one in names for name in _enhanced_names(one)],
            programs=[found.text or "" for found in children(element, "sanctionsPrograms", "sanctionsProgram")],
            addresses=[
                (kind[1], text(one, "value"))
                for one in children(element, "features", "feature")
                if (kind := ADDRESS_TYPE.match(text(one, "type")))
            ],
            countries=[text(one, "country") for one in children(element, "addresses", "address")],
        )


def _enhanced_names(name: Element) -> Iterator[OfacName]:
    """Yield the name in each script (Latin, Cyrillic, ...) in which SDN_ENHANCED.XML gives it."""
    kind = "name" if text(name, "isPrimary") == "true" else text(name, "aliasType").lower() or "a.k.a."
    weak = text(name, "isLowQuality") == "true"
    for one in children(name, "translations", "translation"):
        last, first = text(one, "formattedLastName"), text(one, "formattedFirstName")
        yield OfacName(last or text(one, "formattedFullName"), first, kind, weak)


def _date(written: str, form: str) -> Iterator[date]:
    try:
        yield datetime.strptime(written.strip(), form).date()  # noqa: DTZ007  # a date has no time zone
    except ValueError:
        return
