"""The sources of a report (its outlet, link and citations), and how many independent sources report a story."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

_ENDINGS = (".com", ".co", ".org", ".net", ".io", ".news", ".uk")
_CAMPAIGN = re.compile(r"^(?:utm_\w+|ref|source|src|cmp|cmpid|fbclid|gclid|mc_[ce]id|at_\w+|pk_\w+|ns_\w+|ito)$")

_NAME = r"(?:[Tt]he\s)?((?:[A-Z][\w&.’'-]*\s?){1,3})"
_CITED_BEFORE = re.compile(rf"(?:[Aa]ccording\sto|[Rr]eported\sby|[Tt]old|[Vv]ia|[Aa]s\sper|[Ff]irst\sin|:)\s{_NAME}")
_CITED_AFTER = re.compile(rf"{_NAME}(?:\s?(?:first\s)?(?:reported|reports|has\slearned))")
_SAYS = re.compile(r"report(?:ed|s)|has\slearned")  # to try every name takes ten times as long
_LONGEST_NAME = 3  # words
_SHORTEST_COPY = 5  # words; two outlets do not write the same headline of this length by chance


def outlet_key(outlet: str) -> str:
    """Return a key by which the names of one outlet are equal: "theblock" for "The Block" and "www.theblock.com"."""
    name = outlet.strip().lower().removeprefix("www.").removeprefix("the ")
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return "".join(c for c in name if c.isalnum())


def count_outlets(outlets: Iterable[str]) -> int:
    """Return how many different outlets there are; an outlet that occurs twice counts once."""
    return len({outlet_key(outlet) for outlet in outlets})


def count_sources(reports: Iterable[tuple[str, str, int]]) -> int:
    """Return how many independent sources report a story, as a sum of weights.

    Reports of the same outlet, or with the same headline (a syndicated copy), count as one source, with the largest of
    their weights.

    Args:
        reports: The outlet, headline and weight of each report.
    """
    sources: list[tuple[frozenset[str], int]] = []
    for outlet, headline, weight in reports:
        marks = frozenset({f"outlet {outlet_key(outlet)}", *_headline_marks(headline)})
        same = [source for source in sources if source[0] & marks]
        merged = marks.union(*(of for of, _ in same)), max([weight, *(heavy for _, heavy in same)])
        sources = [*(source for source in sources if source not in same), merged]
    return sum(weight for _, weight in sources)


def _headline_marks(headline: str) -> Iterator[str]:
    words = "".join(c if c.isalnum() else " " for c in headline.casefold()).split()
    # two editors may choose the same few words by chance
    if len(words) >= _SHORTEST_COPY:
        yield f"headline {' '.join(words)}"


def link_key(link: str) -> str:
    """Return a URL normalised for comparison; empty if it is the home page of a site and not an article.

    The key has no scheme, no "www." and no tracking parameters (``utm_source``).
    """
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
        fields = parse_qsl(parts.query) if parts.query else []
        query = (
            urlencode([(name, value) for name, value in fields if not _CAMPAIGN.match(name.lower())]) if fields else ""
        )
    except ValueError:  # not a URL, or half of a surrogate pair in its query
        return ""
    rest = parts.path.rstrip("/") + (f"?{query}" if query else "")
    return f"{host.removeprefix('www.')}{rest}" if rest else ""


def cited_in(text: str) -> frozenset[str]:
    """Return the keys of the outlets that *text* may cite: "according to The Block", "Bloomberg reported"."""
    found: set[str] = set()
    after = _CITED_AFTER.finditer(text) if _SAYS.search(text) else ()
    for citation in (*_CITED_BEFORE.finditer(text), *after):
        words = citation[1].split()[:_LONGEST_NAME]
        found.update(outlet_key(" ".join(words[:n])) for n in range(1, len(words) + 1))
    return frozenset(found - {""})
