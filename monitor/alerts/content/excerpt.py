"""The words around a mention, with every mention in them marked. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.alerts.content.neutralise import ELLIPSIS, whole_before
from monitor.alerts.content.pieces import Piece, Pieces
from monitor.alerts.content.wording import title_words
from monitor.model import Hit, Mention, Text

WIDTH = 160  # characters of an excerpt
_WORD_SEARCH = 24  # how far a cut moves to fall between words; scripts without spaces are cut where it falls


def headline(hit: Hit) -> Pieces:
    """Return the whole title with its mentions marked; ``(no title)`` when there is nothing to see."""
    title = title_words(hit)
    return _pieces(title, 0, len(title), _spans(hit, "title"))


def words_around(hit: Hit, width: int = WIDTH) -> Pieces:
    """Return about *width* characters around the best mention outside the title, nothing when there is none.

    An ellipsis says where the text goes on. An actor counts more than a keyword, what comes first more than what
    follows. The title is shown anyway.
    """
    outside = [m for m in _sound(hit) if m.field != "title"]
    best = min(outside, key=lambda m: (m.actor is None, _rank(m)), default=None)
    if best is None:
        return ()
    text = _field(hit.entry.text, best.field)
    start, end = _window(text, best, width)
    spans = [s for s in _spans(hit, best.field, also=best) if start <= s[0] and s[1] <= end]
    before = (Piece(ELLIPSIS),) if start > 0 else ()
    after = (Piece(ELLIPSIS),) if end < len(text) else ()
    return (*before, *_pieces(text, start, end, spans), *after)


def _field(text: Text, name: str) -> str:
    return dict(text.fields()).get(name, "")


def _rank(mention: Mention) -> tuple[int, int]:
    return ("title", "summary", "content").index(mention.field), mention.start


def _sound(hit: Hit) -> list[Mention]:
    """Return the mentions whose span still quotes the text; an entry that was edited later has others."""
    text = hit.entry.text
    return [m for m in hit.judgement.mentions if m.text and _field(text, m.field)[m.start : m.end] == m.text]


def _spans(hit: Hit, field: str, also: Mention | None = None) -> list[tuple[int, int]]:
    """Return the spans to mark in *field*: the actors, joined where they overlap."""
    wanted = sorted((m.start, m.end) for m in _sound(hit) if m.field == field and (m.actor or m is also))
    joined: list[tuple[int, int]] = []
    for start, end in wanted:
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _pieces(text: str, start: int, end: int, spans: Iterable[tuple[int, int]]) -> Pieces:
    pieces = []
    at = start
    for first, last in spans:
        pieces += [Piece(text[at:first]), Piece(text[first:last], marked=True)]
        at = last
    pieces.append(Piece(text[at:end]))
    return tuple(piece for piece in pieces if piece.text)


def _window(text: str, mention: Mention, width: int) -> tuple[int, int]:
    """Return where to cut: a third of the room before the mention; what a side leaves goes to the other."""
    room = max(0, width - (mention.end - mention.start))
    start = max(0, mention.start - room // 3)
    end = min(len(text), mention.end + room - (mention.start - start))
    start = max(0, min(start, mention.start - (room - (end - mention.end))))
    return _word_start(text, start, mention.start), _word_end(text, end, mention.end)


def _word_start(text: str, at: int, latest: int) -> int:
    if at == 0:
        return 0
    ahead = range(at - 1, min(at + _WORD_SEARCH, latest))
    return next((i + 1 for i in ahead if text[i].isspace()), whole_before(text, at))


def _word_end(text: str, at: int, earliest: int) -> int:
    if at >= len(text):
        return len(text)
    back = range(at, max(at - _WORD_SEARCH, earliest - 1), -1)
    return next((i for i in back if text[i].isspace()), max(earliest, whole_before(text, at)))
