"""Write imported feeds as the TOML lines of a pack, a file that a configuration includes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from monitor.config.schema.values import InvalidValue, parse_id, parse_language
from monitor.exchange.formats.opml_file import ListedFeed
from monitor.exchange.pack_file import plain_comment, toml_key, toml_list, toml_string

MAX_KEY = 60  # characters


def keyed(
    feeds: Iterable[ListedFeed], taken: Collection[str], known_keys: Mapping[str, str]
) -> list[tuple[str, ListedFeed]]:
    """Give each feed a unique key, and return each key with its feed.

    The key comes from an earlier import of the same address, else from the monitor's own export, else from the title.

    Args:
        feeds: The imported feeds.
        taken: Keys of other feeds in the configuration.
        known_keys: The key that an earlier import gave to each address.
    """
    used = {*taken, *known_keys.values()}
    found = []
    for feed in feeds:
        key = known_keys.get(feed.url) or _unique(_key(feed), used)
        used.add(key)
        found.append((key, feed))
    return found


def feed_lines(feeds: Iterable[tuple[str, ListedFeed]], tags: tuple[str, ...]) -> Iterator[str]:
    """Yield the TOML lines of a pack with *feeds*.

    Args:
        feeds: The feeds, each after its key.
        tags: Tags that every feed gets in addition to its own tags.
    """
    for key, feed in feeds:
        yield ""
        yield f"[feeds.{toml_key(key)}]"
        yield f"url = {toml_string(feed.url)}"
        if feed.title and feed.title != key:
            yield f"outlet = {toml_string(feed.title)}"
        if language := _language(feed.language):
            yield f"language = {toml_string(language)}"
        if all_tags := [*dict.fromkeys((*feed.tags, *tags))]:
            yield from toml_list(all_tags, "tags")
        if feed.disabled:
            yield plain_comment("disabled in the list")
            yield "enabled = false"
        if "entry" in feed.page:
            selectors = ", ".join(f"{name} = {toml_string(value)}" for name, value in feed.page.items())
            yield f"page = {{ {selectors} }}"


def _key(feed: ListedFeed) -> str:
    for written in (feed.key, _slug(feed.title), _slug(urlsplit(feed.url).hostname or "")):
        try:
            return parse_id(written)
        except InvalidValue:
            continue
    return "feed"


def _unique(key: str, used: Collection[str]) -> str:
    number, unique = 1, key
    while unique in used:
        number += 1
        unique = f"{key}-{number}"
    return unique


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_KEY].rstrip("-")


def _language(written: str) -> str:
    try:
        return parse_language(written) if written else ""
    except InvalidValue:
        return ""
