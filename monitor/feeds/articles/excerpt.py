"""Cut an article down to the text around its mentions, which is all that is stored unless whole articles are kept."""

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
    """Return *text* with its content cut down to the parts around mentions, and *judgement* with adjusted positions.

    The text around addresses and other indicators is kept too, that around amounts only if it is near a mention. The
    word and sentence numbers of the mentions still refer to the whole text. A content without mentions and indicators
    becomes empty.
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
    """Return start and end of the excerpt around a mention: CONTEXT characters on each side, cut between words."""
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
    """Return *spans* with their positions in the excerpt; spans in parts of the content that were cut are left out.

    Args:
        spans: Mentions, amounts or indicators, with positions in the whole content.
        places: For each kept part, its start and end in the whole content, and by how much positions in it shift.
    """
    found: list[S] = []
    for span in spans:
        if span.field != "content":
            found.append(span)
            continue
        shift = next((by for start, end, by in places if start <= span.start and span.end <= end), None)
        if shift is not None:
            found.append(replace(span, start=span.start + shift, end=span.end + shift))  # type: ignore[type-var]
    return tuple(found)
