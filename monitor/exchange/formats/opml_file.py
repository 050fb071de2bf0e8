"""Read lists of feeds in OPML 1 and 2, as feed readers export them.

The format: http://opml.org/spec2.opml; extensions of FreshRSS:
https://freshrss.github.io/FreshRSS/en/developers/OPML.html. Unknown attributes are ignored. The monitor's own export
also contains the key of each feed and the selectors of pages.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

from monitor.config.literal_secrets import masked
from monitor.errors import UsageError
from monitor.exchange.exports.opml import NAMESPACE
from monitor.exchange.formats.source_file import opened
from monitor.exchange.formats.xml_file import Element, line_of, local_name
from monitor.exchange.listed import Notice

MAX_BYTES = 50_000_000
MAX_TITLE = 200  # characters
READABLE = frozenset({"", "rss", "rss1", "rss2", "rdf", "atom", "atom1", "json", "jsonfeed", "feed", "page", "sitemap"})
LISTS = frozenset({"include", "link", "source"})
PAGE_KEYS = ("entry", "title", "link", "date", "summary")
_AMPERSAND = re.compile(rb"&(#\d+;|#[xX][0-9a-fA-F]+;|\w+;)?")
_XML_ENTITIES = frozenset((b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"))
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """A feed in an OPML file."""

    record: int | str  # the line of its outline
    url: str
    title: str = ""
    key: str = ""  # in the export of a monitor; empty: none
    tags: tuple[str, ...] = ()  # its folders and categories
    language: str = ""
    page: dict[str, str] = field(default_factory=dict)  # selectors of a page that is no feed, by name
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class FeedList:
    """The title and the feeds of an OPML file, and notices about what was left out."""

    title: str
    feeds: tuple[ListedFeed, ...]
    notices: tuple[Notice, ...]


def read_opml(file: Path) -> FeedList:
    """Return the feeds of an OPML file, each address once.

    Raises:
        UsageError: The file cannot be read, or is not OPML.
    """
    notices: list[Notice] = []
    root = _root(file, notices)
    body = next((child for child in root if local_name(child).casefold() == "body"), None)
    if local_name(root).casefold() != "opml" or body is None:
        raise UsageError(f"{file}: is not OPML: it has no <opml> with a <body>, but <{local_name(root)}>")
    feeds: dict[str, ListedFeed] = {}
    for outline, folders in _outlines(body, ()):
        found = _feed(outline, folders, notices)
        if found is None:
            continue
        first = feeds.get(found.url)
        if first:
            tags = tuple(dict.fromkeys((*first.tags, *found.tags)))
            feeds[found.url] = ListedFeed(
                first.record, first.url, first.title, first.key, tags, first.language, first.page, first.disabled
            )
            if set(found.tags) <= set(first.tags):
                notices.append(Notice(found.record, f"is the same address as in line {first.record}; imported once"))
        else:
            feeds[found.url] = found
    titles = (child for child in root.iter() if isinstance(child.tag, str) and local_name(child).casefold() == "title")
    title = next(titles, None)
    return FeedList(_clean(title.text or "") if title is not None else "", tuple(feeds.values()), tuple(notices))


def _root(file: Path, notices: list[Notice]) -> Element:
    with opened(file, MAX_BYTES) as source:
        raw = source.read()
    try:
        return _parse(file, raw)
    except etree.XMLSyntaxError as error:
        try:
            root = _parse(file, _AMPERSAND.sub(_escaped, raw))  # the most frequent mistake, in addresses and titles
        except etree.XMLSyntaxError:
            line, column = error.position
            reason = (error.msg or "is damaged").partition(", line ")[0]
            hint = "is it the complete file?" if raw.lstrip()[:1] == b"<" else "is it an export of a feed reader?"
            raise UsageError(f"{file}:{line}:{column}: is not OPML: {reason}; {hint}") from error
        notices.append(Notice(error.position[0], 'has an "&" that is not written as "&amp;"; read as if it was'))
        return root


def _parse(file: Path, raw: bytes) -> Element:
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True)
    root = etree.fromstring(raw, parser)
    if root.getroottree().docinfo.internalDTD is not None and b"<!ENTITY" in raw:
        raise UsageError(f"{file}: declares entities, which no list of feeds does; it is not read")
    return root


def _escaped(found: re.Match[bytes]) -> bytes:
    name = found[1]
    if name is None:
        return b"&amp;"
    if name.startswith(b"#") or name in _XML_ENTITIES:
        return found[0]
    character = html.unescape(found[0].decode("ascii", "replace"))
    return b"&amp;" + name if character.startswith("&") else b"".join(b"&#%d;" % ord(c) for c in character)


def _outlines(parent: Element, folders: tuple[str, ...]) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """Yield every outline (OPML element) that is not commented out, with the names of the folders around it."""
    for outline in parent:
        if not isinstance(outline.tag, str) or local_name(outline).casefold() != "outline":
            continue
        values = _attributes(outline)
        if values.get("iscomment", "").casefold() == "true":
            continue
        yield outline, folders
        title = _clean(values.get("text", "") or values.get("title", ""))
        yield from _outlines(outline, (*folders, title) if title and "xmlurl" not in values else folders)


def _feed(outline: Element, folders: tuple[str, ...], notices: list[Notice]) -> ListedFeed | None:
    values = _attributes(outline)
    line = line_of(outline)
    title = _clean(values.get("text", "") or values.get("title", ""))[:MAX_TITLE]
    kind = values.get("type", "").strip().casefold()
    url = values.get("xmlurl", "").strip() or (values.get("url", "").strip() if kind in READABLE - {""} else "")
    if not url:
        if kind in LISTS and values.get("url"):
            notices.append(Notice(line, f'"{title}" refers to another list; import that file too'))
        return None
    name = f'"{title}"' if title else "a feed"
    if kind in LISTS:
        notices.append(Notice(line, f"{name} refers to another list; import that file too"))
        return None
    if kind not in READABLE:
        hint = (
            "a page can be read by CSS selectors: see  monitor feeds --discover URL" if "path" in kind else "left out"
        )
        notices.append(Notice(line, f'{name} is of type "{kind}", which is not a feed; {hint}'))
        return None
    address, fault = _address(url)
    if fault:
        notices.append(Notice(line, f"{name} {fault}"))
        return None
    return ListedFeed(
        record=line,
        url=address,
        title=title,
        key=outline.get(f"{{{NAMESPACE}}}key", ""),
        tags=_own_tags(outline) or tuple(dict.fromkeys((*folders, *_categories(values.get("category", ""))))),
        language=values.get("language", "").strip(),
        page={key: value for key in PAGE_KEYS if (value := outline.get(f"{{{NAMESPACE}}}page-{key}"))},
        disabled=values.get("disabled", "").casefold() == "true",
    )


def _address(written: str) -> tuple[str, str]:
    """Return the address of a feed and an empty text, or an empty address and the reason why it cannot be imported."""
    url = written.removeprefix("feed:") if written.casefold().startswith("feed:http") else written
    if url.casefold().startswith("feed://"):
        url = f"http://{url[7:]}"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "", f"has an invalid address, {_shown(url)}; left out"
    if parts.scheme.casefold() not in ("http", "https") or not host:
        return "", f"has no http address, but {_shown(url)}; left out"
    if _BLANKS.search(url) or not url.isprintable() or "${" in url:
        return "", f"has an invalid address, {_shown(url)}; left out"
    if parts.username or parts.password:
        bare = url.replace(f"{parts.netloc.rpartition('@')[0]}@", "", 1)
        fault = f'has a login in its address; left out: add it to your own file with url = "{_shown(bare)}" and '
        return "", fault + 'auth = "${NAME}", and put user:password into the environment variable NAME'
    if masked(("feeds", "x", "url"), url):
        fault = f"has a secret in its address, at {host}; left out: add it to your own file with "
        return "", fault + "${NAME}, an environment variable, in place of the secret"
    return url, ""


def _shown(url: str) -> str:
    """Return the part of an address that may be shown: no login and no query, which may contain secrets."""
    public = url if "@" not in url else f"{url.partition(':')[0]}:..."
    return "".join(c if c.isprintable() else "?" for c in public.partition("?")[0])[:100]


def _own_tags(outline: Element) -> tuple[str, ...]:
    """Return the tags that an export of the monitor states exactly; empty if the outline has none."""
    try:
        stated = json.loads(outline.get(f"{{{NAMESPACE}}}tags", "[]"))
    except (ValueError, RecursionError):
        return ()
    tags = [_clean(tag) for tag in stated if isinstance(tag, str)] if isinstance(stated, list) else []
    return tuple(filter(None, tags))


def _categories(written: str) -> Iterator[str]:
    """Yield the tags in ``/news,/Tech/Security``, one for each part of each path: "news", "Tech", "Security"."""
    for path in written.split(","):
        yield from filter(None, map(_clean, path.split("/")))


def _attributes(outline: Element) -> dict[str, str]:
    """Return the attributes of an outline by name in lower case, without namespaces.

    If an attribute occurs with and without a namespace, the one without wins.
    """
    found: dict[str, str] = {}
    for name, value in sorted(outline.attrib.items(), key=lambda item: str(item[0]).startswith("{")):
        found.setdefault(str(name).rpartition("}")[2].casefold(), str(value))
    return found


def _clean(text: str) -> str:
    """Return *text* on one line, without unprintable characters and without the prefix ``tag:``."""
    printed = "".join(c if c.isprintable() else " " for c in text)
    return _BLANKS.sub(" ", printed).strip().removeprefix("tag:").strip()
