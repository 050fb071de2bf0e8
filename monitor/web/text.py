"""Show text from feeds on the page: escaped, with mentions highlighted, shortened, and with differences marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from markupsafe import Markup, escape

from monitor.alerts.content.neutralise import cut
from monitor.model import Mention

MAX_COMPARED = 20_000  # characters of a text
MAX_SENTENCES = 2_000  # compared in their order; difflib takes quadratic time
MAX_EQUAL_PAIRS = 20_000  # of a sentence of one text and one of the other; with repeated sentences it is cubic
AROUND = 220  # characters shown before the first mention and after the last


def marked(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """Return *text* as escaped HTML in which ``<mark>`` highlights *spans*; overlapping spans are merged.

    Args:
        text: The text.
        spans: The start and end of each span, in characters; parts outside the text are ignored.
    """
    parts: list[Markup] = []
    at = 0
    for start, end in _merged(spans, len(text)):
        parts += [escape(text[at:start]), Markup("<mark>"), escape(text[start:end]), Markup("</mark>")]
        at = end
    return Markup("").join([*parts, escape(text[at:])])


def excerpt(text: str, spans: Iterable[tuple[int, int]], around: int = AROUND) -> Markup:
    """Return the part of *text* around the first span as escaped HTML in which ``<mark>`` highlights *spans*.

    Args:
        text: The text.
        spans: The start and end of each span, in characters.
        around: The number of characters to show before and after the first span.
    """
    found = _merged(spans, len(text))
    first = found[0] if found else (0, 0)
    start, end = max(0, first[0] - around), min(len(text), first[1] + around)
    start = 0 if start == 0 else text.find(" ", start, first[0]) + 1 or start
    end = len(text) if end == len(text) else max(text.rfind(" ", first[1], end), first[1])
    inside = [(max(s, start) - start, min(e, end) - start) for s, e in found if s < end and e > start]
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return Markup("{}{}{}").format(before, marked(text[start:end], inside), after)


def spans_in(mentions: Iterable[Mention], field: str) -> list[tuple[int, int]]:
    """Return the start and end of each mention in *field* (title, summary or content)."""
    return [(m.start, m.end) for m in mentions if m.field == field]


def _merged(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(0, s), min(e, length)) for s, e in spans if s < e):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def changes(before: str, after: str, limit: int = MAX_COMPARED) -> list[Markup]:
    """Return the sentences in which two texts differ: removed ones as ``<del>``, added ones as ``<ins>``.

    Args:
        before: The earlier text.
        after: The later text.
        limit: The number of characters to show of a sentence.
    """
    old, new = _sentences(before), _sentences(after)
    if _is_costly(old, new):
        steps = [(_only_in(old, new), _only_in(new, old))]
    else:
        codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        steps = [(old[a:b], new[c:d]) for kind, a, b, c, d in codes if kind != "equal"]
    found: list[Markup] = []
    for removed, added in steps:
        found += [Markup("<del>{}</del>").format(cut(line, limit)) for line in removed]
        found += [Markup("<ins>{}</ins>").format(cut(line, limit)) for line in added]
    return found


def _is_costly(old: Sequence[str], new: Sequence[str]) -> bool:
    """Return whether comparing the order of sentences would take long: there are many, or they repeat."""
    times = Counter(new)
    return max(len(old), len(new)) > MAX_SENTENCES or sum(times[line] for line in old) > MAX_EQUAL_PAIRS


def _only_in(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """Return the sentences that *one* has more often than *other*, as often as it has them more."""
    return list((Counter(one) - Counter(other)).elements())


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.!?。！？])\s+|\n", text[:MAX_COMPARED]) if part.strip()]
