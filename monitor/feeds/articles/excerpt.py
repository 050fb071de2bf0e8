"""The words of an article around its mentions: all that is stored of it, unless whole articles are kept. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from monitor.model import Judgement, Text

CONTEXT = 240  # characters on each side of a mention: a sentence or two
_GAP = " … "
_WORD_SEARCH = 24  # characters that a cut may move to fall between words


class _Span(Protocol):
    @property
    def field(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


S = TypeVar("S", bound=_Span)
Range = tuple[int, int]  # start and end in the content


def excerpt_around_mentions(text: Text, judgement: Judgement) -> tuple[Text, Judgement]:
    """Return *text* with the content reduced to the words around each mention, and *judgement* with positions to match.

    The words around addresses and other indicators are kept too; amounts only near a mention. The word and sentence
    numbers of the mentions stay those of the whole text. A content without mentions and indicators becomes empty.
    """
    ranges = [_widened(text.content, m.start, m.end) for m in judgement.mentions if m.field == "content"]
    ranges += [(i.start, i.end) for i in judgement.indicators if i.field == "content"]
    kept = _merged(ranges)
    places, at = [], 0
    for start, end in kept:
        places.append((start, end, at - start))
        at += end - start + len(_GAP)
    content = _GAP.join(text.content[start:end] for start, end in kept)
    return replace(text, content=content), replace(
        judgement,
        mentions=_moved(judgement.mentions, places),
        amounts=_moved(judgement.amounts, places),
        indicators=_moved(judgement.indicators, places),
    )


def _widened(content: str, start: int, end: int) -> Range:
    """Return a range around a mention that starts and ends between words."""
    left, right = max(0, start - CONTEXT), min(len(content), end + CONTEXT)
    if left and (space := content.find(" ", left, min(start, left + _WORD_SEARCH))) >= 0:
        left = space + 1
    if right < len(content) and (space := content.rfind(" ", max(end, right - _WORD_SEARCH), right)) >= 0:
        right = space
    return left, right


def _merged(ranges: Iterable[Range]) -> list[Range]:
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1] + len(_GAP):
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _moved(spans: Iterable[S], places: Sequence[tuple[int, int, int]]) -> tuple[S, ...]:
    """Return *spans* with their new positions; those in the part of the content that was dropped are left out."""
    found: list[S] = []
    for span in spans:
        if span.field != "content":
            found.append(span)
            continue
        shift = next((by for start, end, by in places if start <= span.start and span.end <= end), None)
        if shift is not None:
            found.append(replace(span, start=span.start + shift, end=span.end + shift))  # type: ignore[type-var]
    return tuple(found)
