"""Proposes selectors for a web page without a feed: its repeated blocks with a link, most of them with a date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from monitor.errors import FeedError
from monitor.feeds.parse.web_page import parse_html, read_page
from monitor.feeds.text.dates import parse_date
from monitor.model import PageSelectors, ParsedFeed

FEWEST = 3  # entries that make a list
MOST_PROPOSALS = 3
_LEAST_TITLE = 18  # characters: shorter links are menus
_MAX_ELEMENTS = 30_000
_DATE_TAGS = ("time", "span", "div", "p", "td", "small", "dd", "em")
_MENUS = frozenset({"nav", "header", "footer", "aside", "form"})
_LONGEST_DATE = 40  # characters


@dataclass(frozen=True, slots=True)
class Proposal:
    """Selectors, and the entries that they give."""

    selectors: PageSelectors
    feed: ParsedFeed


def propose_selectors(body: bytes, url: str) -> tuple[Proposal, ...]:
    """Return the best proposals for the page in *body*, at most MOST_PROPOSALS; none if it has no list of links.

    A list with dates comes before one without, then the one with more and longer titles.

    Args:
        body: The page, in UTF-8.
        url: Of the response.
    """
    page = parse_html(body)
    if page is None:
        return ()
    groups: dict[str, list[etree._Element]] = defaultdict(list)
    for number, element in enumerate(page.iter()):
        if number > _MAX_ELEMENTS:
            break
        if isinstance(element.tag, str) and (css := _css(element)) and _title_link(element) is not None:
            groups[css].append(element)
    found: dict[tuple[str, ...], tuple[tuple[bool, int, int], Proposal]] = {}
    for css, blocks in groups.items():
        if len(blocks) < FEWEST or any(_in_menu(block) for block in blocks[:FEWEST]):
            continue
        selectors = _selectors(css, blocks)
        try:
            feed = read_page(body, url, selectors)
        except FeedError:
            continue
        links = tuple(entry.link for entry in feed.entries)
        if len(set(links)) < FEWEST:
            continue
        dated = sum(entry.published_at is not None for entry in feed.entries)
        rank = (dated * 2 > len(links), min(len(links), 50), -len(css))
        if links not in found or rank > found[links][0]:
            found[links] = rank, Proposal(selectors, feed)
    best = sorted(found.values(), key=lambda one: one[0], reverse=True)
    return tuple(proposal for _, proposal in best[:MOST_PROPOSALS])


def _css(element: etree._Element) -> str:
    """Return a selector for elements like this one: its tag with a class, or within a parent with one."""
    if named := _class(element):
        return f"{element.tag}.{named}"
    parent = element.getparent()
    if parent is not None and isinstance(parent.tag, str) and (named := _class(parent)):
        return f"{parent.tag}.{named} > {element.tag}"
    return str(element.tag) if element.tag in ("article", "li", "tr") else ""


def _class(element: etree._Element) -> str:
    names = str(element.get("class") or "").split()
    # generated names ("css-1a2b3c") change with every release of a site
    return next((n for n in names if n.replace("-", "").replace("_", "").isalpha() and n.isascii()), "")


def _title_link(element: etree._Element) -> etree._Element | None:
    """Return the first link within *element* that has a text like a headline, or *element* itself if it is one."""
    links = [element] if element.tag == "a" else element.iter("a")
    return next((a for a in links if a.get("href") and len(" ".join(_words(a))) >= _LEAST_TITLE), None)


def _words(element: etree._Element) -> list[str]:
    return "".join(map(str, element.itertext())).split()


def _in_menu(element: etree._Element) -> bool:
    return any(ancestor.tag in _MENUS for ancestor in element.iterancestors())


def _selectors(css: str, blocks: list[etree._Element]) -> PageSelectors:
    own = css.rpartition(" ")[2].partition(".")[0] == "a"
    title = "" if own else _link_css(blocks)
    return PageSelectors(
        entry=css, title=title, link=f"{title}@href", date=_most_common(_date_css(block) for block in blocks)
    )


def _link_css(blocks: list[etree._Element]) -> str:
    """Return the selector of the link with the headline: "a", or more where other links come first."""
    if all(_title_link(block) is next(block.iter("a"), None) for block in blocks):
        return "a"
    return _most_common(_path_of(link) for block in blocks if (link := _title_link(block)) is not None) or "a"


def _path_of(link: etree._Element) -> str:
    if named := _class(link):
        return f"a.{named}"
    parent = link.getparent()
    return f"{parent.tag} a" if parent is not None and isinstance(parent.tag, str) else "a"


def _date_css(block: etree._Element) -> str:
    for element in block.iter(*_DATE_TAGS):
        if element.tag == "time" and parse_date(str(element.get("datetime") or "")):
            return "time@datetime"
        text = " ".join((element.text or "").split())
        if text and len(text) <= _LONGEST_DATE and parse_date(text):
            return f"{element.tag}.{named}" if (named := _class(element)) else str(element.tag)
    return ""


def _most_common(values: Iterable[str]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for value in values:
        counts[value] += 1
    counts.pop("", None)
    return max(counts, key=counts.__getitem__, default="")
