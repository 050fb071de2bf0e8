"""The words of an article around what was found in it: all that is kept of it, unless the user wants more. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from monitor.model import Judgement, Text

ROOM = 240  # characters on each side of a mention: a sentence or two
_GAP = " … "
_WORD_SEARCH = 24  # how far a cut moves to fall between words


class _Span(Protocol):
    @property
    def field(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


S = TypeVar("S", bound=_Span)
Stretch = tuple[int, int]


def excerpt_around_mentions(text: Text, judgement: Judgement) -> tuple[Text, Judgement]:
    """Return *text* with no more of its content than the words around each mention, and *judgement* to fit.

    Facts count where they stand with a mention, and addresses and the like by themselves. The numbers of words and
    sentences in the mentions stay those of the whole text. A content without any of it becomes empty.
    """
    own = [_widened(text.content, m.start, m.end) for m in judgement.mentions if m.field == "content"]
    own += [(i.start, i.end) for i in judgement.indicators if i.field == "content"]
    kept = _joined(own)
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


def _widened(content: str, start: int, end: int) -> Stretch:
    """Return a stretch around a mention that begins and ends between words."""
    left, right = max(0, start - ROOM), min(len(content), end + ROOM)
    if left and (space := content.find(" ", left, min(start, left + _WORD_SEARCH))) >= 0:
        left = space + 1
    if right < len(content) and (space := content.rfind(" ", max(end, right - _WORD_SEARCH), right)) >= 0:
        right = space
    return left, right


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1] + len(_GAP):
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _moved(spans: Iterable[S], places: Sequence[tuple[int, int, int]]) -> tuple[S, ...]:
    """Return *spans* where they stand now; those in the content that was not kept are left out."""
    found: list[S] = []
    for span in spans:
        if span.field != "content":
            found.append(span)
            continue
        shift = next((by for start, end, by in places if start <= span.start and span.end <= end), None)
        if shift is not None:
            found.append(replace(span, start=span.start + shift, end=span.end + shift))  # type: ignore[type-var]
    return tuple(found)
