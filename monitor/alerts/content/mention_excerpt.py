"""The headline of a hit and the words around a mention, with all mentions highlighted."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.alerts.content.hit_wording import title_words
from monitor.alerts.content.neutralise import ELLIPSIS, whole_before
from monitor.alerts.content.text_runs import TextRun, TextRuns
from monitor.model import Hit, Mention, Text

WIDTH = 160  # characters of an excerpt
_WORD_SEARCH = 24  # how many characters a cut may move to fall between words


def headline(hit: Hit) -> TextRuns:
    """Return the article's title with its mentions highlighted; ``(no title)`` if it has no printable character."""
    title = title_words(hit)
    return _runs(title, 0, len(title), _mention_spans(hit, "title"))


def words_around(hit: Hit, width: int = WIDTH) -> TextRuns:
    """Return about *width* characters around the hit's best mention outside the title; empty if it has none there.

    A mention of an actor is better than one of a keyword, and an earlier one better than a later one. An ellipsis shows
    where text was cut.
    """
    outside = [m for m in _valid_mentions(hit) if m.field != "title"]
    best = min(outside, key=lambda m: (m.actor is None, _position(m)), default=None)
    if best is None:
        return ()
    text = _field(hit.entry.text, best.field)
    start, end = _window(text, best, width)
    spans = [s for s in _mention_spans(hit, best.field, also=best) if start <= s[0] and s[1] <= end]
    before = (TextRun(ELLIPSIS),) if start > 0 else ()
    after = (TextRun(ELLIPSIS),) if end < len(text) else ()
    return (*before, *_runs(text, start, end, spans), *after)


def _field(text: Text, name: str) -> str:
    return dict(text.fields()).get(name, "")


def _position(mention: Mention) -> tuple[int, int]:
    return ("title", "summary", "content").index(mention.field), mention.start


def _valid_mentions(hit: Hit) -> list[Mention]:
    """Return the mentions whose position still fits the text; an edit of the entry may have moved the words."""
    text = hit.entry.text
    return [m for m in hit.judgement.mentions if m.text and _field(text, m.field)[m.start : m.end] == m.text]


def _mention_spans(hit: Hit, field: str, also: Mention | None = None) -> list[tuple[int, int]]:
    """Return where actors, and the mention *also*, stand in a field of the text; overlapping spans are merged."""
    spans = sorted((m.start, m.end) for m in _valid_mentions(hit) if m.field == field and (m.actor or m is also))
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _runs(text: str, start: int, end: int, spans: Iterable[tuple[int, int]]) -> TextRuns:
    runs = []
    at = start
    for first, last in spans:
        runs += [TextRun(text[at:first]), TextRun(text[first:last], is_mention=True)]
        at = last
    runs.append(TextRun(text[at:end]))
    return tuple(run for run in runs if run.text)


def _window(text: str, mention: Mention, width: int) -> tuple[int, int]:
    """Return where the excerpt around *mention* begins and ends.

    A third of *width* lies before the mention; more if only little text follows it.
    """
    context = max(0, width - (mention.end - mention.start))
    start = max(0, mention.start - context // 3)
    end = min(len(text), mention.end + context - (mention.start - start))
    start = max(0, min(start, mention.start - (context - (end - mention.end))))
    return _word_start(text, start, mention.start), _word_end(text, end, mention.end)


def _word_start(text: str, at: int, latest: int) -> int:
    if at == 0:
        return 0
    # scripts without spaces are cut where the window ends
    ahead = range(at - 1, min(at + _WORD_SEARCH, latest))
    return next((i + 1 for i in ahead if text[i].isspace()), whole_before(text, at))


def _word_end(text: str, at: int, earliest: int) -> int:
    if at >= len(text):
        return len(text)
    back = range(at, max(at - _WORD_SEARCH, earliest - 1), -1)
    return next((i for i in back if text[i].isspace()), max(earliest, whole_before(text, at)))
