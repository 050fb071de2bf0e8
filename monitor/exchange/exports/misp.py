"""Export hits as MISP events (MISP core format): one event for each story, or one event for the whole export.

Each identifier is computed from the database's id and the exported object, so a second import updates the event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from monitor.exchange.exports.sharing import (
    TOOL,
    ExportContext,
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

MispObject = dict[str, Any]

_THREAT_LEVELS = {Severity.CRITICAL: "1", Severity.HIGH: "1", Severity.MEDIUM: "2", Severity.LOW: "3"}
_COINS = {"BTC": "btc", "XMR": "xmr", "DASH": "dash"}  # chains whose addresses have an attribute type of their own
# the object template for the addresses of all other chains: misp-objects, coin-address
_COIN_ADDRESS = {
    "name": "coin-address",
    "meta-category": "financial",
    "description": "An address used in a cryptocurrency",
    "template_uuid": "d0e6997e-78da-4815-a6a1-cfc1c1cb8a46",
    "template_version": "7",
}
_WHOSE = "named in a news report, which says whose it is"
_MAX_INFO = 500  # characters of the title of an event


class MispExport:
    """Converts hits to MISP events."""

    def __init__(self, context: ExportContext) -> None:
        self._context = context

    def story_events(self, hits: Iterable[ExportedHit]) -> Iterator[str]:
        """Yield a JSON document with one event for each story, as text.

        The hits of the same story must follow one another.
        """
        yield '{"response": ['
        for number, (story, group) in enumerate(groupby(hits, key=lambda hit: hit.story)):
            event = _Event(self._context, self._context.uuid("story event", story.id), title_of(story.title))
            contents = [found for hit in group for found in event.contents_of(hit)]
            head = event.head() | {
                "Attribute": [found for key, found in contents if key == "Attribute"],
                "Object": [found for key, found in contents if key == "Object"],
            }
            yield f"{',' if number else ''}\n{dump({'Event': head})}"
        yield "\n]}\n"

    def run_event(self, hits: Iterable[ExportedHit], name: str, now: datetime) -> Iterator[str]:
        """Yield a JSON document with one event for all *hits*, as text, one attribute at a time.

        Args:
            hits: The hits, in any order.
            name: A description of what was exported; a second export with the same name updates the event.
            now: The current time, the date of the event if there is no hit.
        """
        event = _Event(self._context, self._context.uuid("run event", name), f"{TOOL}: {name}", now)
        yield '{"Event": {"Attribute": ['
        objects: list[MispObject] = []  # few: only addresses of chains without an attribute type
        separator = ""
        for hit in hits:
            for key, found in event.contents_of(hit):
                if key == "Object":
                    objects.append(found)
                else:
                    yield f"{separator}\n{dump(found)}"
                    separator = ","
        yield f'\n], "Object": {dump(objects)}, {dump(event.head())[1:-1]}}}}}\n'


class _Event:
    """A MISP event that is built up hit by hit."""

    def __init__(self, context: ExportContext, uuid: str, info: str, at: datetime | None = None) -> None:
        self._context = context
        self._uuid = uuid
        self._info = info[:_MAX_INFO]
        self._at = at
        self._changed_at = at
        self._severity = Severity.LOW
        self._is_judged = False
        self._tags: dict[str, None] = {}
        self._known: set[tuple[str, str] | IndicatorKey] = set()

    def contents_of(self, hit: ExportedHit) -> Iterator[tuple[str, MispObject]]:
        """Yield the attributes and objects for *hit* that the event does not contain yet.

        Each comes with the key of the event that lists it, ``Attribute`` or ``Object``.
        """
        published_at = hit.published_at or hit.seen_at
        self._at = min(self._at or published_at, published_at)
        self._changed_at = max(self._changed_at or hit.changed_at, hit.changed_at)
        self._severity = max(self._severity, hit.severity)
        self._is_judged |= hit.triage == "relevant"
        self._tags |= dict.fromkeys(self._tags_of(hit))
        page = self._context.page_of(hit.id)
        comment = f"hit {hit.id}, {source_of(hit)}"
        for kind, value in (("link", uri_of(hit.link)), ("link", page), ("text", _article(hit))):
            if value and (kind, value) not in self._known:
                self._known.add((kind, value))
                yield "Attribute", self._attribute(hit, kind, value, comment)
        for line in list_texts(hit):
            if ("comment", line) not in self._known:
                self._known.add(("comment", line))
                yield "Attribute", self._attribute(hit, "comment", line, comment)
        for indicator in hit.indicators:
            if indicator.key not in self._known:
                self._known.add(indicator.key)
                yield self._indicator(hit, indicator)

    def head(self) -> MispObject:
        """Return the fields of the event, except its attributes and objects."""
        changed_at = self._changed_at or self._context.origin.created_at
        tlp = [f"tlp:{self._context.tlp}"] if self._context.tlp else []
        return {
            "uuid": self._uuid,
            "info": self._info,
            "date": (self._at or changed_at).strftime("%Y-%m-%d"),
            "timestamp": _seconds(changed_at),
            "threat_level_id": _THREAT_LEVELS[self._severity],
            "analysis": "2" if self._is_judged else "0",
            "distribution": "0",  # your organisation only: MISP asks before it shares more
            "published": False,
            "Orgc": {"name": TOOL, "uuid": tool_uuid()},
            "Tag": [{"name": name} for name in [*tlp, _tag("monitor", "severity", self._severity.word), *self._tags]],
        }

    def _tags_of(self, hit: ExportedHit) -> Iterator[str]:
        for actor, stored in hit.actors:
            yield _tag("misp-galaxy", "threat-actor", self._context.name_of(actor, stored))
        for rule in hit.rules:
            yield _tag("monitor", "rule", rule)
        for listed in hit.lists:
            yield _tag("monitor", "list", f"{listed.title} of {listed.date:%Y-%m-%d}")
        if hit.triage:
            yield _tag("monitor", "triage", hit.triage)

    def _indicator(self, hit: ExportedHit, indicator: SeenIndicator) -> tuple[str, MispObject]:
        kind, chain, _ = indicator.key
        comment = f"{chain} {kind}, {_WHOSE}" if chain else ""
        if kind is IndicatorKind.CVE:
            return "Attribute", self._attribute(hit, "vulnerability", indicator.value, comment)
        if kind is IndicatorKind.TRANSACTION:
            return "Attribute", self._attribute(hit, "text", indicator.value, comment)
        if chain in _COINS:
            return "Attribute", self._attribute(hit, _COINS[chain], indicator.value, comment)
        uuid = self._context.uuid(f"object of {self._uuid}", indicator.key)
        parts = [("address-crypto", indicator.value), ("symbol", chain)]
        attributes = [
            self._attribute(hit, "text", value, "", within=uuid) | {"object_relation": relation}
            for relation, value in parts
        ]
        return "Object", _COIN_ADDRESS | {
            "uuid": uuid,
            "distribution": "0",
            "timestamp": _seconds(hit.changed_at),
            "comment": comment,
            "Attribute": attributes,
        }

    def _attribute(self, hit: ExportedHit, kind: str, value: str, comment: str, within: str = "") -> MispObject:
        """Return a MISP attribute.

        Args:
            hit: The hit that the value comes from.
            kind: The MISP type of the attribute.
            value: The value of the attribute.
            comment: A comment on the value; empty: none.
            within: The UUID of the MISP object that contains the attribute; empty: it belongs to the event.
        """
        coin = kind in _COINS.values()
        return {
            "uuid": self._context.uuid(f"attribute of {within or self._uuid}", f"{kind} {value}"),
            "type": kind,
            "category": "Financial fraud" if coin or within else "External analysis",
            "value": value,
            "to_ids": False,  # a report names victims too
            "comment": comment,
            "distribution": "0",
            "timestamp": _seconds(hit.seen_at),
        }


def _article(hit: ExportedHit) -> str:
    return "\n".join(filter(None, (title_of(hit.title), excerpt_of(hit))))


def _tag(namespace: str, predicate: str, value: str) -> str:
    """Return a MISP machine tag, ``namespace:predicate="value"``; quotation marks in the value are replaced."""
    return f'{namespace}:{predicate}="{value.replace(chr(34), chr(39))}"'


def _seconds(at: datetime) -> str:
    return str(int(at.timestamp()))
