"""Propose CSS selectors for a web page without a feed, by its repeated blocks with a headline and a link."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import east_asian_width

from lxml import etree

from monitor.feeds.parse.web_page import page_entries, parse_html, read_page, select
from monitor.feeds.text.dates import parse_date
from monitor.model import PageSelectors, ParsedEntry, ParsedFeed

FEWEST = 3  # entries that a list must have
MOST_PROPOSALS = 3
_LEAST_TITLE = 18  # columns; shorter links belong to menus
_LONGEST_TITLE = 250  # columns; longer texts are whole blocks
_LEAST_TEASER = 40  # columns
_MAX_ELEMENTS = 30_000
_MAX_GROUPS = 60  # groups of blocks that are tried
_MAX_SELECTORS = 200
_MOST_ENTRIES = 60  # entries that are read of a group, to compare it with other groups
_SAMPLE = 8  # blocks by which the selectors of the parts are chosen
_LEAST_PURITY = 0.6  # this share of the blocks must be entries, and of the entries must have a link of its own
_LONGEST_DATE = 40  # characters

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CONTAINERS = frozenset({"main", "section", "article", "ul", "ol", "table", "tbody", "dl", "body"})
_MENUS = frozenset({"nav", "header", "footer", "aside", "form"})
_MENU_NAME = re.compile(
    r"(?<![a-z])(?:nav|navbar|menu|breadcrumbs?|footer|sidebar|pagination|pager|social|cookie)(?![a-z])"
)
_TITLE_NAME = re.compile(r"title|headline|heading|subject", re.IGNORECASE)
_STABLE_NAME = re.compile(r"[A-Za-z]+(?:[-_]{1,2}[A-Za-z]+)*")
_GENERATED_NAME = re.compile(r"(?:css|sc|jsx|emotion|svelte|chakra)-|__(?=\w*[a-z])(?=\w*[A-Z])\w{5}$")
_MODULE_NAME = re.compile(r"([A-Za-z]+(?:[-_][A-Za-z]+)*__)(?=\w*[A-Z0-9])\w{5}")
_DATE_ATTRIBUTES = ("datetime", "data-date", "data-time", "content")


Rank = tuple[bool, float, int, int]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Proposed selectors for a web page, and the entries that they find in it."""

    selectors: PageSelectors
    feed: ParsedFeed


def propose_selectors(body: bytes, url: str) -> tuple[Proposal, ...]:
    """Return the best selectors for the entries of a web page, at most MOST_PROPOSALS; none if it has no list of links.

    Lists of dated entries come first, then those with more entries and longer titles.

    Args:
        body: The page, in UTF-8.
        url: The URL of the page, after redirects.
    """
    page = parse_html(body)
    if page is None:
        return ()
    found: dict[frozenset[str], tuple[Rank, PageSelectors]] = {}
    for css, blocks in _groups(page):
        selectors = _selectors(css, blocks[:_SAMPLE], str(page.get("lang") or "").lower())
        if selectors is None:
            continue
        entries, _ = page_entries(page, url, selectors, _MOST_ENTRIES)
        links = frozenset(entry.link for entry in entries)
        if len(links) < max(FEWEST, _LEAST_PURITY * len(entries), _LEAST_PURITY * min(len(blocks), _MOST_ENTRIES)):
            continue
        rank = _rank(selectors, entries)
        if links not in found or rank > found[links][0]:
            found[links] = rank, selectors
    best = sorted(found.values(), key=lambda one: one[0], reverse=True)[:MOST_PROPOSALS]
    return tuple(Proposal(selectors, read_page(body, url, selectors)) for _, selectors in best)


def _rank(selectors: PageSelectors, entries: Sequence[ParsedEntry]) -> Rank:
    number = len(entries)
    dated = sum(entry.published_at is not None for entry in entries)
    columns = sum(min(_columns(entry.text.title), 60) for entry in entries) // number
    written = sum(map(len, (selectors.entry, selectors.title, selectors.link)))
    return dated * 2 > number, round(dated / number, 1), min(number, 30) * columns, -written


def _groups(page: etree._Element) -> Iterator[tuple[str, list[etree._Element]]]:
    """Yield selectors of repeated blocks that may be a list of entries, each with the blocks that it finds."""
    seen: dict[
        tuple[int, ...], list[etree._Element]
    ] = {}  # keeps the elements alive, because ids of freed objects are reused
    for css in _block_selectors(page):
        blocks = select(page, css)
        same = tuple(map(id, blocks))
        if len(blocks) < FEWEST or same in seen:
            continue
        seen[same] = blocks
        if not any(_in_menu(block) for block in blocks[:FEWEST]) and not _is_nested(blocks):
            yield css, blocks
        if len(seen) >= _MAX_GROUPS:
            return


def _block_selectors(page: etree._Element) -> list[str]:
    """Return selectors of repeated elements that contain a headline and a link, the most frequent first."""
    counts: Counter[str] = Counter()
    for number, element in enumerate(page.iter()):
        if number > _MAX_ELEMENTS:
            break
        if isinstance(element.tag, str) and element.tag not in _CONTAINERS - {"article"} and _title_and_link(element):
            counts.update(list(dict.fromkeys(_own_selectors(element))))
    return [
        css for css, number in sorted(counts.items(), key=lambda item: (-item[1], len(item[0]))) if number >= FEWEST
    ][:_MAX_SELECTORS]


def _own_selectors(element: etree._Element) -> Iterator[str]:
    """Yield selectors that find *element* and similar ones: by its classes, its parents, or its place."""
    tag, names = str(element.tag), _stable_classes(element)
    yield from (f"{tag}.{name}" for name in names)
    yield from _module_selectors(element)
    yield from (f"{tag}.{one}.{other}" for one, other in pairwise(names))
    if tag in ("article", "li", "tr", *_HEADINGS):
        yield tag
    path = [tag]
    for parent in element.iterancestors():
        path.insert(0, str(parent.tag))
        if parent_id := _stable_id(parent):
            path[0] = f"#{parent_id}"
        elif names := _stable_classes(parent):
            yield from (" > ".join([f"{parent.tag}.{name}", *path[1:]]) for name in names[:3])
            continue
        if parent_id or parent.tag in _CONTAINERS:
            yield " > ".join(path)
        if parent_id or len(path) > 3 or parent.tag in ("main", "body"):
            return


def _stable_classes(element: etree._Element) -> list[str]:
    """Return the class names of an element that people chose; generated ones change with each release of a site."""
    names = str(element.get("class") or "").split()
    return [n for n in names if _STABLE_NAME.fullmatch(n) and not _GENERATED_NAME.search(n)][:6]


def _module_selectors(element: etree._Element) -> Iterator[str]:
    """Yield selectors by the fixed part of CSS module class names: ``Card_title__`` of ``Card_title__x7Yz1``."""
    for name in str(element.get("class") or "").split()[:6]:
        if found := _MODULE_NAME.fullmatch(name):
            yield f'{element.tag}[class*="{found[1]}"]'


def _stable_id(element: etree._Element) -> str:
    name = str(element.get("id") or "")
    return name if _STABLE_NAME.fullmatch(name) and not _GENERATED_NAME.search(name) else ""


def _title_and_link(block: etree._Element) -> tuple[etree._Element, etree._Element] | None:
    """Return the elements with the headline and the link of an entry; None if *block* is not an entry."""
    links = [link for link in block.iter("a") if link.get("href")]
    if not links:
        return None
    headings = [one for one in block.iter() if one.tag in _HEADINGS or _is_title(one)]
    for heading in headings:
        if _is_headline(heading):
            inside = next((link for link in heading.iter("a") if link.get("href")), None)
            around = next((above for above in heading.iterancestors("a") if above.get("href")), None)
            if around is not None and around is not block and block not in around.iterancestors():
                around = None
            return (inside if inside is not None else heading), _first(inside, around, links[0])
    headline = max(filter(_is_headline, links), key=lambda link: _columns(_words(link)), default=None)
    return None if headline is None else (headline, headline)


def _first(*elements: etree._Element | None) -> etree._Element:
    return next(element for element in elements if element is not None)


def _is_title(element: etree._Element) -> bool:
    return isinstance(element.tag, str) and bool(_TITLE_NAME.search(str(element.get("class") or "")))


def _is_headline(element: etree._Element) -> bool:
    return _LEAST_TITLE <= _columns(_words(element)) <= _LONGEST_TITLE


def _words(element: etree._Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def _columns(text: str) -> int:
    """Return the width of *text* in columns; a Chinese, Japanese or Korean character has two."""
    return len(text) if text.isascii() else sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _in_menu(element: etree._Element) -> bool:
    return any(
        ancestor.tag in _MENUS or _MENU_NAME.search(f"{ancestor.get('class', '')} {ancestor.get('id', '')}".lower())
        for ancestor in (element, *element.iterancestors())
    )


def _is_nested(blocks: Sequence[etree._Element]) -> bool:
    """Return whether many of the blocks are inside others; they are then parts of a page and not entries."""
    all_blocks = set(blocks)
    inside = sum(any(above in all_blocks for above in block.iterancestors()) for block in blocks)
    return inside > (1 - _LEAST_PURITY) * len(blocks)


def _selectors(css: str, blocks: Sequence[etree._Element], language: str) -> PageSelectors | None:
    """Return selectors for title, link, date and summary of an entry; None if most blocks are not entries.

    Args:
        css: The selector of the blocks.
        blocks: Some of the blocks, from which the selectors of the parts are derived.
        language: The language of the page, to read its dates; may be empty.
    """
    parts = [(block, found) for block in blocks if (found := _title_and_link(block))]
    if len(parts) * 2 < len(blocks):
        return None
    title = _common_selector([(block, found[0]) for block, found in parts])
    link = _common_selector([(block, found[1]) for block, found in parts])
    if title is None or link is None:
        return None
    teasers = [(block, teaser) for block, found in parts if (teaser := _teaser(block, found[0])) is not None]
    return PageSelectors(
        entry=css,
        title=title,
        link=f"{link}@href",
        date=_date_selector(blocks, language),
        summary=(_common_selector(teasers) or "") if len(teasers) * 2 > len(parts) else "",
    )


def _teaser(block: etree._Element, title: etree._Element) -> etree._Element | None:
    """Return the paragraph of a block that says more than its headline; None if there is none."""
    paragraphs = (one for one in block.iter("p") if title not in one.iter())
    return next((one for one in paragraphs if _columns(_words(one)) >= _LEAST_TEASER), None)


def _common_selector(wanted: Sequence[tuple[etree._Element, etree._Element]]) -> str | None:
    """Return the selector that finds the wanted element in the most blocks; None if none does.

    Of several equally good selectors, one with a class is preferred, then the shortest.

    Args:
        wanted: Pairs of a block and the element to find in it, such as the headline. If the element is the block
            itself, the selector is empty.
    """
    counts: Counter[str] = Counter()
    for block, element in wanted:
        if element is block:
            counts[""] += 1
            continue
        for css in dict.fromkeys(_inner_selectors(block, element)):
            if next(iter(select(block, css)), None) is element:
                counts[css] += 1
    if not counts:
        return None
    return max(counts, key=lambda css: (counts[css], _names_class(css), -len(css)))


def _names_class(css: str) -> bool:
    """Return whether a selector contains a class; such a selector still works if the site adds elements."""
    return "." in css or "[class" in css


def _inner_selectors(block: etree._Element, element: etree._Element) -> Iterator[str]:
    """Yield selectors for *element* within *block*, the simple ones first."""
    tag, names = str(element.tag), _stable_classes(element)
    yield tag
    yield from (f"{tag}.{name}" for name in names)
    yield from _module_selectors(element)
    parent = element.getparent()
    yield f"{tag}:nth-of-type({len(list(element.itersiblings(tag, preceding=True))) + 1})"
    if parent is None or parent is block:
        return
    yield from (f"{parent.tag}.{name} {tag}" for name in _stable_classes(parent))
    yield f"{parent.tag} {tag}"
    siblings = list(parent.itersiblings(parent.tag, preceding=True))
    yield f"{parent.tag}:nth-of-type({len(siblings) + 1}) {tag}"


def _date_selector(blocks: Sequence[etree._Element], language: str) -> str:
    """Return the selector that finds a date in most of *blocks*; empty if there is none."""
    counts: dict[str, int] = defaultdict(int)
    for block in blocks:
        for css in dict.fromkeys(_date_selectors(block, language)):
            counts[css] += 1
    best = max(counts, key=lambda css: (counts[css], "@" in css, _names_class(css), -len(css)), default="")
    return best if counts[best] * 2 > len(blocks) else ""


def _date_selectors(block: etree._Element, language: str) -> Iterator[str]:
    for element in block.iter():
        if not isinstance(element.tag, str) or element.tag in ("a", "script") or element is block:
            continue
        for name in _DATE_ATTRIBUTES:
            if parse_date(str(element.get(name) or ""), language):
                yield from (f"{css}@{name}" for css in _first_selectors(block, element))
        text = _words(element) if len(element) < 3 else ""
        if text and len(text) <= _LONGEST_DATE and parse_date(text, language):
            yield from _first_selectors(block, element)


def _first_selectors(block: etree._Element, element: etree._Element) -> Iterator[str]:
    for css in _inner_selectors(block, element):
        if next(iter(select(block, css)), None) is element:
            yield css
