"""What STIX and MISP exports have in common: identifiers, markings, names of actors."""

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
    """What an export needs to know besides its hits."""

    origin: DatabaseOrigin
    actors: Mapping[str, Actor]  # those of the active watchlist, by id
    base_url: str = ""  # of the page, without a slash at the end; empty: there is none
    tlp: Tlp | None = None  # None: not marked

    def uuid(self, kind: str, name: object) -> str:
        """Return the identifier of something, the same in every export of this database (UUID version 5, RFC 9562).

        Args:
            kind: What it is.
            name: What distinguishes it from all others of its kind.
        """
        return str(uuid5(_NAMESPACE, f"{self.origin.id}\n{kind}\n{name}"))

    def page_of(self, hit: int) -> str:
        """Return the address of the page of a hit; empty if there is no page."""
        return f"{self.base_url}/hits/{hit}" if self.base_url else ""

    def name_of(self, actor: str, stored: str) -> str:
        """Return the name of an actor: that in the active watchlist, else the one stored with the hit."""
        configured = self.actors.get(actor)
        return printable(configured.name if configured else stored) or printable(actor) or "unnamed"

    def addresses_of(self, actor: str, hit: ExportedHit) -> list[SeenIndicator]:
        """Return the addresses that *hit* names and that the active watchlist has among those of *actor*."""
        configured = self.actors.get(actor)
        known = {comparable_address(address) for address in configured.addresses} if configured else set()
        return [found for found in hit.indicators if found.kind is IndicatorKind.ADDRESS and found.key[2] in known]

    def aliases_of(self, actor: str) -> list[str]:
        """Return the other names of an actor, without the marks of the watchlist's spellings.

        Regular expressions are no names and are left out.
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
    """Return the identifier of the monitor as the author of exports."""
    return str(uuid5(_NAMESPACE, "tool"))


def without_secrets(hit: ExportedHit, hide: Callable[[Any], Any]) -> ExportedHit:
    """Return *hit* with its texts as *hide* returns them."""
    texts = [hit.title, hit.summary, hit.content, hit.link, hit.outlet, hit.story.title]
    hidden = hide(texts)
    if hidden == texts:
        return hit
    title, summary, content, link, outlet, story = hidden
    story = replace(hit.story, title=story)
    return replace(hit, title=title, summary=summary, content=content, link=link, outlet=outlet, story=story)


def title_of(text: str) -> str:
    """Return a headline on one line; of an entry without one, ``(no title)``."""
    return printable(text) or "(no title)"


def source_of(hit: ExportedHit) -> str:
    """Return who published the article of a hit: the outlet, or if it has no name, the key of the feed."""
    return printable(hit.outlet) or printable(hit.feed)


def uri_of(link: str) -> str:
    """Return a web address as a URI (RFC 3986), without blanks and other letters than ASCII; empty if it is none."""
    return quote(safe_url(link), safe=_URI_SAFE)


def excerpt_of(hit: ExportedHit) -> str:
    """Return the beginning of the article: of its summary, or of its content if it has no summary."""
    return printable((hit.summary or hit.content)[:MAX_TEXT])


def list_texts(hit: ExportedHit) -> list[str]:
    """Return which actors of a hit are on a published list, such as a sanctions list, one line each."""
    return list(map(printable, list_lines(hit.lists, hit.actors)))


def _plain(written: str) -> str:
    try:
        alias = parse_alias(written)
    except ValueError:
        return ""
    return "" if alias.kind is AliasKind.REGEX else printable(alias.core)
