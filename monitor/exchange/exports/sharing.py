"""Identifiers, TLP markings, names and texts that STIX and MISP exports share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from monitor.alerts.content.list_wording import list_lines
from monitor.alerts.content.neutralise import printable
from monitor.feeds.text.links import safe_url
from monitor.matching.spelling import AliasKind, parse_alias
from monitor.model import Actor, IndicatorKind
from monitor.model.hit import comparable_address
from monitor.store.hit_export import DatabaseOrigin, ExportedHit, SeenIndicator

TOOL = "crypto-news monitor"
MAX_TEXT = 1000  # characters of the text of an article
_URI_SAFE = "%/?#[]@:!$&'()*+,;=~"  # reserved characters, and what is encoded already
_NAMESPACE = uuid5(NAMESPACE_URL, "crypto-news-monitor/exports")


class Tlp(StrEnum):
    """How far the recipients may share an export (Traffic Light Protocol 2.0, FIRST)."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber+strict"
    RED = "red"


@dataclass(frozen=True, slots=True)
class ExportContext:
    """What a STIX or MISP export needs in addition to the hits, such as the active watchlist and the TLP marking."""

    origin: DatabaseOrigin
    actors: Mapping[str, Actor]  # those of the active watchlist, by id
    base_url: str = ""  # of the page, without a slash at the end; empty: there is none
    tlp: Tlp | None = None  # None: not marked

    def uuid(self, kind: str, name: object) -> str:
        """Return the UUID of an exported object (version 5, RFC 9562), the same in every export of this database.

        Args:
            kind: The kind of object, such as "story report".
            name: A value that distinguishes the object from others of its kind.
        """
        return str(uuid5(_NAMESPACE, f"{self.origin.id}\n{kind}\n{name}"))

    def page_of(self, hit: int) -> str:
        """Return the address of the web page of a hit; empty if no web page is configured."""
        return f"{self.base_url}/hits/{hit}" if self.base_url else ""

    def name_of(self, actor: str, stored: str) -> str:
        """Return the name of an actor for the export.

        Args:
            actor: The id of the actor.
            stored: The name that was stored with the hit, used if the active watchlist no longer has the actor.
        """
        configured = self.actors.get(actor)
        return printable(configured.name if configured else stored) or printable(actor) or "unnamed"

    def addresses_of(self, actor: str, hit: ExportedHit) -> list[SeenIndicator]:
        """Return the crypto addresses in *hit* that the active watchlist attributes to *actor*."""
        configured = self.actors.get(actor)
        known = {comparable_address(address) for address in configured.addresses} if configured else set()
        return [found for found in hit.indicators if found.kind is IndicatorKind.ADDRESS and found.key[2] in known]

    def aliases_of(self, actor: str) -> list[str]:
        """Return the aliases of an actor as plain names, without the marks of the watchlist syntax such as ``=``.

        Regular expressions are left out.
        """
        configured = self.actors.get(actor)
        if configured is None:
            return []
        names = {printable(configured.name).casefold(): ""}
        for written in (*configured.aliases, *configured.weak):
            name = _plain(written)
            names.setdefault(name.casefold(), name)
        return [name for name in names.values() if name]


def tool_uuid() -> str:
    """Return the UUID that names the monitor as the author of exported objects."""
    return str(uuid5(_NAMESPACE, "tool"))


def without_secrets(hit: ExportedHit, hide: Callable[[Any], Any]) -> ExportedHit:
    """Return a copy of *hit* whose texts have passed through *hide*, which masks the secrets of the configuration."""
    texts = [hit.title, hit.summary, hit.content, hit.link, hit.outlet, hit.story.title]
    hidden = hide(texts)
    if hidden == texts:
        return hit
    title, summary, content, link, outlet, story = hidden
    story = replace(hit.story, title=story)
    return replace(hit, title=title, summary=summary, content=content, link=link, outlet=outlet, story=story)


def title_of(text: str) -> str:
    """Return *text* as a headline on one line; ``(no title)`` if it is empty."""
    return printable(text) or "(no title)"


def source_of(hit: ExportedHit) -> str:
    """Return the outlet that published the article of a hit; the key of the feed if the outlet has no name."""
    return printable(hit.outlet) or printable(hit.feed)


def uri_of(link: str) -> str:
    """Return a web address as a URI (RFC 3986) in ASCII, with other characters percent-encoded.

    Empty if it is invalid.
    """
    return quote(safe_url(link), safe=_URI_SAFE)


def excerpt_of(hit: ExportedHit) -> str:
    """Return the first ``MAX_TEXT`` characters of the article's summary, or of its content if it has no summary."""
    return printable((hit.summary or hit.content)[:MAX_TEXT])


def list_texts(hit: ExportedHit) -> list[str]:
    """Return a line for each actor of the hit that is on a published list, such as a sanctions list."""
    return list(map(printable, list_lines(hit.lists, hit.actors)))


def _plain(written: str) -> str:
    try:
        alias = parse_alias(written)
    except ValueError:
        return ""
    return "" if alias.kind is AliasKind.REGEX else printable(alias.core)
