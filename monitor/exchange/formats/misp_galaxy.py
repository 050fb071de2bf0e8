"""Read cluster files of the MISP galaxy: threat groups, ransomware and campaigns with the names that vendors use.

The format: https://www.misp-standard.org/rfc/misp-standard-galaxy-format.html. The files differ in the keys of
``meta``: Tidal has no references, 360.net spells out the country, most ransomware has no synonyms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from monitor.errors import UsageError
from monitor.exchange.formats.source_file import read_json
from monitor.exchange.group_names import is_bare_id, read_group_name
from monitor.exchange.listed import ActorList, ListedActor, ListSource, Notice
from monitor.exchange.names import NameKind

REF_KEYS = ("refs", "references", "links")
ID_KEYS = ("external_id", "group_attack_id", "campaign_attack_id", "software_attack_id")
MALWARE_TYPES = frozenset(
    ("ransomware", "malpedia", "tool", "rat", "stealer", "backdoor", "botnet", "banker", "android", "cryptominers",
     "exploit-kit", "mitre-malware", "mitre-tool", "software", "tds")
)  # fmt: skip
MAX_REFS = 20  # of one actor
_COUNTRY = re.compile(r"[A-Za-z]{2}")


def read_misp_galaxy(file: Path) -> ActorList:
    """Return the actors in a cluster file of the MISP galaxy.

    Raises:
        UsageError: The file cannot be read, or is not such a file.
    """
    document = read_json(file)
    values = document.get("values") if isinstance(document, dict) else None
    if not isinstance(values, list):
        raise UsageError(f'{file}: is not a cluster of the MISP galaxy: it has no list "values"{_way_out(document)}')
    if not values:
        raise UsageError(f'{file}: lists nothing: "values" is empty')
    title = _text(document.get("name")) or file.stem
    kind = _text(document.get("type")) or file.stem
    version = document.get("version")
    source = ListSource(
        id=f"misp-{_slug(kind)}",
        prefix=f"{_slug(kind)}-",
        title=f"MISP galaxy, {title}" + (f", version {version}" if isinstance(version, int | str) else ""),
        url=f"https://github.com/MISP/misp-galaxy/blob/main/clusters/{_slug(kind)}.json",
    )
    name_kind = NameKind.MALWARE if kind in MALWARE_TYPES else NameKind.GROUP
    actors: list[ListedActor] = []
    notices: list[Notice] = []
    seen: dict[str, int] = {}
    for number, value in enumerate(values, 1):
        record = _record(value, number, seen)
        actor = _actor(value, record, name_kind) if isinstance(value, dict) else None
        if actor is None:
            notices.append(Notice(record, "has no name; left out"))
        elif isinstance(value, dict) and value.get("revoked") is True:
            notices.append(Notice(record, "is revoked; left out"))
        else:
            actors.append(actor)
            notices += _left_out(value, record)
    return ActorList(source, actors, notices)


def _record(value: Any, number: int, seen: dict[str, int]) -> str:
    """Return the name by which messages refer to a cluster: its value, with its position if the value occurs before.

    Args:
        value: The cluster, as in the file.
        number: The position of the cluster in the file, from 1.
        seen: How often each value occurred so far; the function updates it.
    """
    name = _text(value.get("value")) if isinstance(value, dict) else ""
    if not name:
        return f"value {number}"
    seen[name] = seen.get(name, 0) + 1
    return name if seen[name] == 1 else f"{name} (value {number})"


def _actor(value: Mapping[str, Any], record: str, kind: NameKind) -> ListedActor | None:
    meta = value.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    names = [read_group_name(_text(value.get("value")), kind, origin="name")]
    names += [
        read_group_name(written, kind, origin=f"synonym {written}" if "(" in written else "synonym")
        for written in _texts(meta.get("synonyms"))
    ]
    found = [name for name in names if name]
    if not found:
        return None
    country = _text(meta.get("country"))
    refs = [ref for key in REF_KEYS for ref in _texts(meta.get(key)) if ref.startswith(("http://", "https://"))]
    ids = [f"mitre:{ident}" for key in ID_KEYS for ident in _texts(meta.get(key)) if is_bare_id(ident)]
    return ListedActor(
        record,
        found[0],
        tuple(found[1:]),
        refs=(*ids, *refs[:MAX_REFS]),
        tags=(f"country-{country.lower()}",) if _COUNTRY.fullmatch(country) else (),
    )


def _left_out(value: Mapping[str, Any], record: str) -> Iterator[Notice]:
    meta = value.get("meta")
    synonyms = _texts(meta.get("synonyms")) if isinstance(meta, dict) else []
    if nameless := [name for name in synonyms if read_group_name(name) is None]:
        names = ", ".join(f'"{name}"' for name in nameless)
        yield Notice(record, f"{names} {'is not a name' if len(nameless) == 1 else 'are not names'}; left out")


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    """Return *value* as a list of texts; it may be a list or a single text."""
    values = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(filter(None, map(_text, values))))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "list"


def _way_out(document: Any) -> str:
    """Return a hint for an error message: the command that can read *document*, or where to find a suitable file."""
    if isinstance(document, dict) and document.get("type") == "bundle":
        return "; this is a STIX bundle: use  monitor import mitre"
    if isinstance(document, dict) and "schema" in document and "properties" in document:
        return "; this is FollowTheMoney data: use  monitor import opensanctions"
    return "; use a file of https://github.com/MISP/misp-galaxy/tree/main/clusters"
