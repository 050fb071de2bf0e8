"""Export hits as a STIX 2.1 bundle (OASIS): reports, and the actors, addresses and vulnerabilities that they name.

Each identifier is computed from the database's id and the exported object, and ``modified`` only changes if the object
changes. A platform that imports two exports therefore merges them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from monitor.alerts.content.neutralise import printable
from monitor.exchange.exports.sharing import (
    TOOL,
    ExportContext,
    Tlp,
    excerpt_of,
    list_texts,
    source_of,
    title_of,
    tool_uuid,
    uri_of,
)
from monitor.json_text import dump
from monitor.model import IndicatorKind, Severity
from monitor.store.hit_export import ExportedHit, IndicatorKey, SeenIndicator

StixObject = dict[str, Any]

_TOOL_CREATED = "2026-01-01T00:00:00.000Z"
_IDENTITY = f"identity--{tool_uuid()}"
_MAX_LISTED = 100  # hits of a story that its description lists
# of the confidence scale None/Low/Med/High (STIX 2.1, appendix A.1): a person has judged the hit
_CONFIDENCE = {"relevant": 85, "noise": 15}

# predefined by STIX 2.1, section 7.2.1.4, which knows TLP 1.0: its "white" is the "clear" of TLP 2.0
_TLP_1 = {
    Tlp.CLEAR: ("white", "613f2e26-407d-48c7-9eca-b8e91df99dc9"),
    Tlp.GREEN: ("green", "34098fce-860f-48ae-8e50-ebd3cc5e41da"),
    Tlp.AMBER: ("amber", "f88d31f6-486f-44da-b317-01333bde0b82"),
    Tlp.RED: ("red", "5e57c739-391a-4eb3-b6be-7d15ca92d5ed"),
}
# of the extension of OASIS for TLP 2.0
_AMBER_STRICT: StixObject = {
    "type": "marking-definition",
    "spec_version": "2.1",
    "id": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "created": "2022-10-01T00:00:00.000Z",
    "name": "TLP:AMBER+STRICT",
    "extensions": {
        "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {
            "extension_type": "property-extension",
            "tlp_2_0": "amber+strict",
        }
    },
}


@dataclass(frozen=True, slots=True)
class StixOptions:
    """How hits become STIX objects: one report for each story or for each hit, and the STIX type of actors."""

    per_story: bool = True  # one report for each story; False: one for each hit
    actor_type: str = "threat-actor"  # or "intrusion-set"


def bundle_text(objects: Iterable[StixObject]) -> Iterator[str]:
    """Yield a STIX bundle as JSON text, one object at a time.

    The id of the bundle is computed from the ids of its objects.
    """
    names = uuid5(NAMESPACE_URL, "stix bundle")
    yield '{"type": "bundle", "objects": ['
    for number, found in enumerate(objects):
        names = uuid5(names, found["id"])
        yield f"{',' if number else ''}\n{dump(found)}"
    yield f'\n], "id": "bundle--{names}"}}\n'


class StixExport:
    """Converts hits to STIX objects; an actor or indicator in several hits becomes one object."""

    def __init__(
        self, context: ExportContext, first_seen: dict[IndicatorKey, datetime], options: StixOptions | None = None
    ) -> None:
        self._context = context
        self._first_seen = first_seen
        self._options = options or StixOptions()
        self._known: set[str] = set()
        self._marking = _marking(context.tlp) if context.tlp else None

    def objects(self, hits: Iterable[ExportedHit]) -> Iterator[StixObject]:
        """Yield the STIX objects of *hits*; each object comes after the objects that it refers to.

        The hits of the same story must follow one another.
        """
        if self._marking:
            yield self._marking
        yield self._common("identity", tool_uuid(), _TOOL_CREATED, _TOOL_CREATED, is_author=True) | {
            "name": TOOL,
            "identity_class": "system",
        }
        group_of = (lambda hit: hit.story.id) if self._options.per_story else (lambda hit: hit.id)
        for _, group in groupby(hits, key=group_of):
            yield from self._report_with_contents([*group])

    def _report_with_contents(self, hits: list[ExportedHit]) -> Iterator[StixObject]:
        kind = self._options.actor_type
        names = dict(pair for hit in hits for pair in hit.actors)
        actors = {f"{kind}--{self._context.uuid(kind, actor)}": (actor, stored) for actor, stored in names.items()}
        for identifier, (actor, stored) in actors.items():
            if identifier not in self._known:
                self._known.add(identifier)
                yield self._actor(actor, stored)
        indicators = {found["id"]: found for found in self._indicators(hits)}
        for identifier, found in indicators.items():
            if identifier not in self._known:
                self._known.add(identifier)
                yield found
        relationships = {found["id"]: found for found in self._relationships(hits)}
        for identifier, found in relationships.items():
            if identifier not in self._known:
                self._known.add(identifier)
                yield found
        yield self._report(hits, [*actors, *indicators, *relationships])

    def _report(self, hits: list[ExportedHit], refs: list[str]) -> StixObject:
        per_story, first = self._options.per_story, hits[0]
        if per_story:
            identifier, created = self._context.uuid("story report", first.story.id), first.story.opened_at
        else:
            identifier, created = self._context.uuid("hit report", first.id), first.seen_at
        modified = max(created, *(hit.changed_at for hit in hits))
        severity = max(hit.severity for hit in hits)
        report = self._common("report", identifier, created, modified) | {
            "name": title_of(first.story.title if per_story else first.title),
            "report_types": ["threat-report"],
            "published": min(hit.published_at or hit.seen_at for hit in hits),
            "object_refs": refs or [_IDENTITY],  # a report must refer to something
            "labels": _labels(hits, severity),
            "external_references": [*self._references(hits)],
        }
        published = dict.fromkeys(line for hit in hits for line in list_texts(hit))
        if description := "\n".join(
            filter(None, (_headlines(hits) if len(hits) > 1 else excerpt_of(first), *published))
        ):
            report["description"] = description
        # the last judgement of a person; none: the report states no confidence
        judged = max((hit for hit in hits if hit.triage in _CONFIDENCE), key=lambda hit: hit.changed_at, default=None)
        if judged and judged.triage:
            report["confidence"] = _CONFIDENCE[judged.triage]
        return report

    def _references(self, hits: list[ExportedHit]) -> Iterator[StixObject]:
        for hit in hits:
            if link := uri_of(hit.link):
                yield {"source_name": source_of(hit), "url": link}
            own = {"source_name": TOOL, "external_id": f"hit {hit.id}"}
            page = self._context.page_of(hit.id)
            yield own | ({"url": page} if page else {})

    def _actor(self, actor: str, stored: str) -> StixObject:
        """Return the STIX object of an actor.

        Args:
            actor: The id of the actor.
            stored: The name that was stored with the hit, used if the active watchlist no longer has the actor.
        """
        kind, origin = self._options.actor_type, self._context.origin
        configured = self._context.actors.get(actor)
        identifier = self._context.uuid(kind, actor)
        found = self._common(kind, identifier, origin.created_at, origin.watchlist_at) | {
            "name": self._context.name_of(actor, stored),
            "description": "An actor of a news monitor's watchlist. A name match is no identification.",
            "external_references": [
                {"source_name": TOOL, "external_id": f"actor {printable(actor)}"},
                *(_reference(text) for text in (configured.refs if configured else ()) if printable(text)),
            ],
        }
        if aliases := self._context.aliases_of(actor):
            found["aliases"] = aliases
        if tags := sorted(map(printable, configured.tags)) if configured else []:
            found["labels"] = tags
        return found

    def _relationships(self, hits: list[ExportedHit]) -> Iterator[StixObject]:
        """Yield a relationship "indicates" for each address that a published list attributes to an actor of the hit."""
        kind, origin = self._options.actor_type, self._context.origin
        for hit in hits:
            for listed in hit.lists:
                for indicator in self._context.addresses_of(listed.actor, hit) if listed.by_address else ():
                    address = self._indicator_id(indicator)
                    identifier = self._context.uuid("relationship", f"{address} {kind} {listed.actor}")
                    yield self._common("relationship", identifier, origin.created_at, origin.watchlist_at) | {
                        "relationship_type": "indicates",
                        "source_ref": address,
                        "target_ref": f"{kind}--{self._context.uuid(kind, listed.actor)}",
                        "description": f"The address is one of the actor's on the {printable(listed.title)}.",
                    }

    def _indicator_id(self, indicator: SeenIndicator) -> str:
        kind, chain, value = indicator.key
        return f"indicator--{self._context.uuid(str(kind), f'{chain} {value}')}"

    def _indicators(self, hits: list[ExportedHit]) -> Iterator[StixObject]:
        for hit in hits:
            for indicator in hit.indicators:
                seen_at = self._first_seen.get(indicator.key, hit.seen_at)
                kind, chain, value = indicator.key
                identifier = self._context.uuid(str(kind), f"{chain} {value}")
                if kind is IndicatorKind.CVE:
                    yield self._common("vulnerability", identifier, seen_at, seen_at) | {
                        "name": indicator.value,
                        "external_references": [{"source_name": "cve", "external_id": indicator.value}],
                    }
                else:
                    yield self._common("indicator", identifier, seen_at, seen_at) | _indicator(indicator, seen_at)

    def _common(
        self, kind: str, identifier: str, created: datetime | str, modified: datetime | str, *, is_author: bool = False
    ) -> StixObject:
        """Return the properties that all STIX objects have: type, id, times, author and marking.

        Args:
            kind: The STIX type of the object.
            identifier: The UUID of the object.
            created: When the object was created.
            modified: When the object was last changed.
            is_author: Whether the object is the identity that all other objects name as their author.
        """
        found: StixObject = {"type": kind, "spec_version": "2.1", "id": f"{kind}--{identifier}"}
        found |= {"created": created, "modified": modified}
        if not is_author:
            found["created_by_ref"] = _IDENTITY
        if self._marking:
            found["object_marking_refs"] = [self._marking["id"]]
        return found


def _indicator(indicator: SeenIndicator, seen_at: datetime) -> StixObject:
    """Return the properties of the STIX indicator for a crypto address or a transaction.

    STIX has no type for either, so the pattern is a regular expression that finds the value in a text.
    """
    _, chain, value = indicator.key
    any_case = "" if value != value.lower() else "(?i)"  # base58 is case-sensitive, and hardly ever all lower case
    name = f"{chain} {indicator.kind} {indicator.value}".strip()
    return {
        "name": name,
        "description": f"The {name} is named in a news report, which says whose it is.",
        "indicator_types": ["unknown"],
        "pattern": rf"{any_case}\b{re.escape(value)}\b",
        "pattern_type": "pcre",
        "valid_from": seen_at,
    }


def _marking(tlp: Tlp) -> StixObject:
    if tlp is Tlp.AMBER_STRICT:
        return _AMBER_STRICT
    word, identifier = _TLP_1[tlp]
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": f"marking-definition--{identifier}",
        "created": "2017-01-20T00:00:00.000Z",
        "definition_type": "tlp",
        "name": f"TLP:{word.upper()}",
        "definition": {"tlp": word},
    }


def _labels(hits: list[ExportedHit], severity: Severity) -> list[str]:
    rules = dict.fromkeys(rule for hit in hits for rule in hit.rules)
    triage = dict.fromkeys(hit.triage for hit in hits if hit.triage)
    return [f"severity:{severity.word}", *(f"rule:{rule}" for rule in rules), *(f"triage:{word}" for word in triage)]


def _headlines(hits: list[ExportedHit]) -> str:
    """Return the headlines of the hits of a story, one line each."""
    lines = [
        f"{hit.published_at or hit.seen_at:%Y-%m-%d %H:%M} UTC {source_of(hit)}: {title_of(hit.title)}"
        for hit in hits[:_MAX_LISTED]
    ]
    more = len(hits) - len(lines)
    return "\n".join([*lines, *([f"and {more} more"] if more > 0 else [])])


def _reference(text: str) -> StixObject:
    url = uri_of(text)
    return (
        {"source_name": urlsplit(url).hostname, "url": url}
        if url
        else {
            "source_name": "watchlist",
            "description": printable(text),
        }
    )
