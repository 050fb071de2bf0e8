"""Read groups, campaigns and malware from a STIX 2.x bundle, such as the bundles of MITRE ATT&CK.

The format: https://docs.oasis-open.org/cti/stix/v2.1/stix-v2.1.html; extensions of ATT&CK:
https://github.com/mitre/cti/blob/master/USAGE.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from monitor.errors import UsageError
from monitor.exchange.formats.source_file import read_json
from monitor.exchange.group_names import read_group_name
from monitor.exchange.listed import ActorList, ListedActor, ListSource, Notice
from monitor.exchange.names import NameKind

GROUPS = ("intrusion-set", "threat-actor")  # always imported
FURTHER = ("campaign", "malware", "tool")  # on request
MAX_REFS = 20  # of one actor
_MALWARE = ("malware", "tool")
_ALIASES = ("aliases", "x_mitre_aliases")
_COLLECTION = "x-mitre-collection"

_Object = Mapping[str, Any]


def read_stix_bundle(file: Path, include: Collection[str] = ()) -> ActorList:
    """Return the groups in a STIX bundle as actors; revoked and deprecated groups are left out.

    Args:
        file: The bundle, in JSON.
        include: Types of STIX objects to return in addition to groups: "campaign", "malware", "tool".

    Raises:
        UsageError: The file cannot be read, is not a STIX bundle, or contains none of these objects.
    """
    document = read_json(file)
    objects = document.get("objects") if isinstance(document, dict) else None
    if not isinstance(objects, list) or document.get("type") != "bundle":
        raise UsageError(f'{file}: is not a STIX bundle: it has no "type": "bundle" with "objects"{_way_out(document)}')
    found = [one for one in objects if isinstance(one, dict)]
    actors: list[ListedActor] = []
    notices: list[Notice] = []
    wanted = (*GROUPS, *include)
    seen: set[str] = set()
    for one in (one for one in found if one.get("type") in wanted):
        record = _record(one, len(seen))
        if one.get("revoked") is True or one.get("x_mitre_deprecated") is True:
            notices.append(Notice(record, "is revoked or deprecated; left out"))
        elif record in seen:
            notices.append(Notice(record, "occurs twice; left out the second time"))
        elif actor := _actor(one, record):
            seen.add(record)
            actors.append(actor)
        else:
            notices.append(Notice(record, "has no name; left out"))
    if not actors:
        raise UsageError(f"{file}: contains no {' or '.join(wanted)} that is neither revoked nor deprecated")
    return ActorList(_source(found), actors, notices)


def _source(objects: Iterable[_Object]) -> ListSource:
    """Return the title and date of the list: those of the ATT&CK release, else the last change of any object."""
    objects = list(objects)
    collection = next((one for one in objects if one.get("type") == _COLLECTION), None)
    if collection is not None:
        title = " ".join(filter(None, (_text(collection.get("name")), _text(collection.get("x_mitre_version")))))
        return ListSource(
            id="mitre-attack",
            title=f"MITRE {title}".replace("MITRE MITRE", "MITRE"),
            prefix="mitre-",
            date=_date(collection.get("modified")),
            url="https://attack.mitre.org",
        )
    dates = [on for one in objects if (on := _date(one.get("modified")))]
    is_attack = any(_mitre_reference(one) for one in objects)
    return ListSource(
        id="mitre-attack" if is_attack else "stix",
        title="MITRE ATT&CK" if is_attack else "STIX bundle",
        prefix="mitre-" if is_attack else "stix-",
        date=max(dates, default=None),
        url="https://attack.mitre.org" if is_attack else "",
    )


def _actor(one: _Object, record: str) -> ListedActor | None:
    kind = NameKind.MALWARE if one.get("type") in _MALWARE else NameKind.GROUP
    written = [(_text(one.get("name")), "name")]
    written += [(alias, "alias") for key in _ALIASES for alias in _texts(one.get(key))]
    names = [name for text, origin in written if (name := read_group_name(text, kind, origin=f"{record}, {origin}"))]
    if not names:
        return None
    urls = [_text(reference.get("url")) for reference in _references(one)]
    refs = [url for url in urls if url.startswith(("http://", "https://"))]
    ids = [f"mitre:{ident}"] if (ident := _mitre_id(one)) else []
    return ListedActor(record, names[0], tuple(names[1:]), refs=(*ids, *refs[:MAX_REFS]), tags=(str(one.get("type")),))


def _record(one: _Object, number: int) -> str:
    return _mitre_id(one) or _text(one.get("id")) or f"object {number + 1}"


def _mitre_id(one: _Object) -> str:
    reference = _mitre_reference(one)
    return _text(reference.get("external_id")) if reference else ""


def _mitre_reference(one: _Object) -> _Object | None:
    """Return the reference to the ATT&CK page of a STIX object; None if there is none."""
    return next((ref for ref in _references(one) if _text(ref.get("source_name")).startswith("mitre-")), None)


def _references(one: _Object) -> list[_Object]:
    found = one.get("external_references")
    return [ref for ref in found if isinstance(ref, dict)] if isinstance(found, list) else []


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(_text(value)[:10])
    except ValueError:
        return None


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    return [text for one in value if (text := _text(one))] if isinstance(value, list) else []


def _way_out(document: Any) -> str:
    if isinstance(document, dict) and isinstance(document.get("values"), list):
        return "; this is a MISP galaxy: use  monitor import misp-galaxy"
    return "; use for example enterprise-attack.json of https://github.com/mitre-attack/attack-stix-data"
