"""Read the sanctions list SDN_ADVANCED.XML of OFAC (US Treasury), whose format the United Nations defined.

The file gives each part of a name separately and replaces many values by ids, which tables in the file explain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from monitor.exchange.formats.ofac_record import ADDRESS_TYPE, OfacName, OfacRecord, party_type
from monitor.exchange.formats.xml_file import Element, children, iterate, local_name, text

_LAST_NAME = "last name"
_ORDER = ("first name", "middle name", "patronymic", "matronymic", "nickname")  # before the last name
_REFERENCES = ("AliasType", "FeatureType", "NamePartType", "PartyType", "PartySubType")


@dataclass(slots=True)
class _References:
    """The tables in the file that explain its ids, such as the id of "Vessel" among the party types."""

    values: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    general: dict[str, str] = field(default_factory=dict)  # id of the type of each sub-type of parties

    def add(self, table: str, element: Element) -> None:
        ident = element.get("ID", "")
        self.values[table][ident] = (element.text or "").strip()
        self.general[ident] = element.get("PartyTypeID", "") if table == "PartySubType" else self.general.get(ident, "")

    def of(self, table: str, ident: str | None) -> str:
        return self.values[table].get(ident or "", "")

    def party_type(self, ident: str | None) -> str:
        """Return the type of a party (individual, entity, vessel or aircraft) from the id of its sub-type."""
        sub_type = party_type(self.of("PartySubType", ident))
        return party_type(self.of("PartyType", self.general.get(ident or ""))) if sub_type == "entity" else sub_type


def advanced_records(file: Path) -> Iterator[OfacRecord | date]:
    """Yield the date of the edition and a record for each party of the list.

    Raises:
        UsageError: The file cannot be read, or is not well-formed XML.
    """
    programs = _programs(file)
    references = _References()
    for element in iterate(file, (*_REFERENCES, "DateOfIssue", "DistinctParty")):
        name = local_name(element)
        if name == "DistinctParty":
            yield from _records(element, references, programs)
        elif name == "DateOfIssue":
            yield from _date(element)
        else:
            references.add(name, element)


def _programs(file: Path) -> dict[str, list[str]]:
    """Return the sanctions programs of each party, by the id of its profile.

    The file lists the programs after all parties, so it has to be read twice.
    """
    found: dict[str, list[str]] = {}
    for entry in iterate(file, ("SanctionsEntry",)):
        comments = (text(measure, "Comment") for measure in children(entry, "SanctionsMeasure"))
        found.setdefault(entry.get("ProfileID", ""), []).extend(filter(None, comments))
    return found


def _date(element: Element) -> Iterator[date]:
    try:
        yield date(*(int(text(element, part)) for part in ("Year", "Month", "Day")))
    except ValueError:
        return


def _records(party: Element, references: _References, programs: Mapping[str, list[str]]) -> Iterator[OfacRecord]:
    for profile in children(party, "Profile"):
        names = [name for identity in children(profile, "Identity") for name in _names(identity, references)]
        addresses = []
        for feature in children(profile, "Feature"):
            if kind := ADDRESS_TYPE.match(references.of("FeatureType", feature.get("FeatureTypeID"))):
                addresses += [
                    (kind[1], (detail.text or "").strip())
                    for detail in children(feature, "FeatureVersion", "VersionDetail")
                ]
        yield OfacRecord(
            uid=party.get("FixedRef", ""),
            type=references.party_type(profile.get("PartySubTypeID")),
            names=sorted(names, key=lambda name: name.kind != "name"),
            programs=programs.get(profile.get("ID", ""), ()),
            addresses=addresses,
        )


def _names(identity: Element, references: _References) -> Iterator[OfacName]:
    parts = {
        group.get("ID", ""): references.of("NamePartType", group.get("NamePartTypeID")).casefold()
        for group in children(identity, "NamePartGroups", "MasterNamePartGroup", "NamePartGroup")
    }
    for alias in children(identity, "Alias"):
        primary = alias.get("Primary") == "true"
        kind = "name" if primary else references.of("AliasType", alias.get("AliasTypeID")).lower() or "a.k.a."
        for documented in children(alias, "DocumentedName"):
            name = _name([(parts.get(part.get("NamePartGroupID", ""), ""), part) for part in _values(documented)])
            yield replace(name, kind=kind, weak=alias.get("LowQuality") == "true")


def _values(documented: Element) -> Iterator[Element]:
    return children(documented, "DocumentedNamePart", "NamePartValue")


def _name(parts: list[tuple[str, Element]]) -> OfacName:
    """Return the name that consists of *parts*; each part comes after its type, such as "last name"."""
    by_type: dict[str, list[str]] = {}
    for kind, value in parts:
        by_type.setdefault(kind, []).append((value.text or "").strip())
    if _LAST_NAME not in by_type:
        return OfacName(" ".join(word for words in by_type.values() for word in words))
    first = [word for kind in _ORDER for word in by_type.get(kind, ())]
    return OfacName(" ".join(by_type[_LAST_NAME]), " ".join(first))
