"""The words of a text: folded for comparison, with exact spans in the text as it is stored.

Stored text may hold anything that feeds write: invisible characters and combining marks inside a word,
full-width and look-alike letters, an entity that was escaped twice. None of it may hide a name, and every
span must quote the text as it stands. So nothing here changes the length of the text before the words are cut
out of it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import accumulate, compress, pairwise, repeat
from operator import add, itemgetter, sub
from sys import intern

from monitor.model import Text

LONG = 7  # letters, more than a short form has that takes a stop without an end
FEW = 6  # spans that are worked out one by one; those of all words at once are cheaper than more of them
FIELD_BREAK = "\n|\n"  # holds no word, ends a sentence, and no name reaches across it

# scripts written without spaces, or with particles glued to the name: words apart from what they touch
CJK = (
    "\u1100-\u11ff\u3005-\u3007\u3041-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0002fa1f"
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\ufe00-\ufe0f\ufe20-\ufe2f"
)
_INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f\U000e0100-\U000e01ef"
)
_LETTER = rf"[^\W_{CJK}]"
_WORD = re.compile(rf"{_LETTER}+(?:[{_MARKS}{_INVISIBLE}]+{_LETTER}+)*[{_MARKS}]*|[{CJK}]+(?:[{_INVISIBLE}]+[{CJK}]+)*")
_HAS_CJK = re.compile(f"[{CJK}]")

# most texts hold nothing beyond Latin-1 but these, and are cut three times as fast by a table of 256 bytes
_TYPOGRAPHY = "’‘“”–—…•‑€™"
_SOFT_HYPHEN = b"\xad"  # belongs to the word it stands in
_LETTERS = bytes(ord(chr(n).lower()) if chr(n).isalnum() else ord(" ") for n in range(256))

# white space or a quote that was escaped twice in the feed: one level is decoded before the text is stored
_ENTITY = re.compile(r"&(?:nbsp|[lr][sd]quo|quot|apos|amp|[nm]dash|hellip|#\d{1,6}|#x[0-9a-f]{1,5});", re.IGNORECASE)

# Cyrillic, Greek, Armenian and stroked letters that look like Latin ones: applied to names and texts alike,
# so that a name written wholly in Cyrillic still equals itself
_SKELETON = str.maketrans(
    "авеёікмнорстухѕјһԁԛԝӏԍ" + "αβεηικνορτυχγϲϳ" + "օսցհղոռ" + "ıɑɡłøđħŧ",
    "abeeikmhopctyxsjhdqwlg" + "abenikvoptuxycj" + "ough" + "nnn" + "iaglodht",
)

_STOPS, _WIDE_STOPS = ".!?|", "…。！？"
_STOP = re.compile(rf"(?P<stop>[{_STOPS}{_WIDE_STOPS}]+)[\"'’”»)\]]*(?P<blank>\s*)")
_IDEOGRAPHIC = frozenset("。！？")  # these need no blank behind them
_NO_END = re.compile(
    r"(?:^|[\s(“\"'])(?:\w|(?:\w\.)+\w|mr|mrs|ms|dr|prof|gen|sen|rep|gov|st|vs|no|inc|ltd|co|corp|approx)$"
)


def fold(word: str) -> str:
    """Return what *word* is compared by: no case, marks, width, invisible characters or look-alike letters.

    Empty when nothing is left. Hangul stays composed.
    """
    return word.lower() if word.isascii() else _fold(word)


@lru_cache(maxsize=50_000)  # the same names and words come again and again
def _fold(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    kept = "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Me", "Cf"))
    return unicodedata.normalize("NFC", kept.translate(_SKELETON))


def has_cjk(text: str) -> bool:
    """Return whether *text* holds a letter of Chinese, Japanese or Korean."""
    return not text.isascii() and _HAS_CJK.search(text) is not None


def _lower(text: str) -> str:
    """Return *text* in lower case, exactly as long as before, with escaped entities blanked."""
    # U+0130 is the one character whose lower case is longer than itself
    return _without_entities(text).replace("İ", "i").lower()


def _without_entities(text: str) -> str:
    return _ENTITY.sub(lambda m: " " * len(m.group()), text) if "&" in text else text


def _only_letters(text: str) -> str | None:
    """Return *text* in lower case, a blank for all but letters and digits; None when it takes more than a table."""
    text = _without_entities(text)
    if not text.isascii():
        for mark in _TYPOGRAPHY:
            text = text.replace(mark, " ")
    try:
        encoded = text.encode("latin-1")
    except UnicodeEncodeError:
        return None
    return None if _SOFT_HYPHEN in encoded else encoded.translate(_LETTERS).decode("latin-1")


def _spans(text: str, letters: str | None) -> list[tuple[int, int]]:
    if letters is None:
        return [m.span() for m in _WORD.finditer(_lower(text))]
    # no loop of ours: every text with several matches comes here
    sizes = [*map(len, letters.split(" "))]
    after_blank = [*accumulate(map(add, sizes, repeat(1)))]
    ends = [*map(sub, after_blank, repeat(1))]
    return [*compress(zip(map(sub, ends, sizes), ends, strict=True), sizes)]


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return start and end of every word of *text*, in order."""
    return _spans(text, _only_letters(text))


def folded_words(text: str) -> tuple[str, ...]:
    """Return the words of *text*, folded; those of which nothing is left are dropped."""
    letters = _only_letters(text)
    words = _WORD.findall(_lower(text)) if letters is None else letters.split()
    # interned, for the words of a hundred thousand names are few
    return tuple(intern(folded) for word in words if (folded := fold(word)))


class Words:
    """The words of one item, counted from 0 across title, summary and content.

    ``joined`` is its fields with a break between them; all spans count its characters, and ``place`` turns
    them into a field's own. ``low`` holds the words in lower case. What only a text with a match needs (spans,
    sentences) is computed when first asked for.
    """

    def __init__(self, text: Text) -> None:
        fields = tuple(text.fields())
        self.joined = FIELD_BREAK.join(value for _, value in fields)
        self._letters = _only_letters(self.joined)
        self.low: list[str] = _WORD.findall(_lower(self.joined)) if self._letters is None else self._letters.split()
        self._fields = fields
        self._asked: dict[tuple[int, int], tuple[int, int]] = {}  # spans that were worked out one by one

    @cached_property
    def plain(self) -> str:
        """``joined`` with escaped entities blanked, exactly as long."""
        return _without_entities(self.joined)

    @property
    def latin(self) -> bool:
        """Whether the text holds no letter beyond Latin-1."""
        return self._letters is not None

    @cached_property
    def folded(self) -> list[str]:
        """What the words are compared by; empty strings where nothing is left."""
        # most texts are ASCII but for their quotes, and lower case is all that folding does to ASCII
        if self._letters is not None and self._letters.isascii():
            return self.low
        return [word if word.isascii() else fold(word) for word in self.low]

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Start and end of every word in ``joined``."""
        return _spans(self.joined, self._letters)

    def span(self, first: int, after: int) -> tuple[int, int]:
        """Return where the word *first* starts in ``joined``, and where the one before *after* ends."""
        if self._letters is None or len(self._asked) == FEW:
            return self.spans[first][0], self.spans[after - 1][1]
        known = self._asked.get((first, after))
        if known is None:
            end = start = self._start(self._letters, first)
            for word in self.low[first:after]:
                end = self._letters.find(word, end) + len(word)
            known = self._asked[first, after] = start, end
        return known

    def _start(self, letters: str, number: int) -> int:
        """Return where the word of that *number* starts."""
        word = self.low[number]
        if self.low.index(word) == number:  # most names are met once: looked for, not counted up to
            return f" {letters} ".find(f" {word} ")
        return len(letters) - len(letters.split(None, number)[number])

    @cached_property
    def sentence_ends(self) -> list[int]:
        """Where every sentence but the last ends in ``joined``."""
        return [m.end("stop") for m in _stops(self.plain) if _ends_sentence(self.joined, m)]

    @cached_property
    def _starts(self) -> list[int]:
        return list(_starts(value for _, value in self._fields))

    def sentence(self, position: int) -> int:
        """Return the number, from 0, of the sentence that *position* stands in."""
        return bisect_right(self.sentence_ends, position)

    def words_between(self, start: int, end: int) -> tuple[int, int]:
        """Return the number of the first word that reaches into the span, and how many do: at least 1."""
        first = bisect_right(self.spans, start, key=itemgetter(1))
        after = first
        while after < len(self.spans) and self.spans[after][0] < end:
            after += 1
        return first, max(1, after - first)

    def place(self, position: int) -> tuple[str, int]:
        """Return the field that *position* stands in, and where that field starts in ``joined``."""
        number = bisect_right(self._starts, position) - 1
        return self._fields[number][0], self._starts[number]

    def words_of(self, field: str, start: int, end: int) -> tuple[int, int]:
        """Return the same as ``words_between`` for a span of *field*; the field is not empty."""
        base = next(start for start, (name, _) in zip(self._starts, self._fields, strict=True) if name == field)
        return self.words_between(base + start, base + end)

    def parts(self) -> Iterator[tuple[int, str]]:
        """Yield where each field starts in ``joined``, and its text."""
        for start, (_, value) in zip(self._starts, self._fields, strict=True):
            yield start, value


def sentences(text: Text) -> tuple[str, ...]:
    """Return the sentences of *text*, by the number that a mention names; some are empty."""
    words = Words(text)
    ends = words.sentence_ends
    cuts = pairwise((0, *ends, len(words.joined)))
    return tuple(words.joined[start:end].strip(" \n|") for start, end in cuts)


def _starts(values: Iterable[str]) -> Iterator[int]:
    at = 0
    for value in values:
        yield at
        at += len(value) + len(FIELD_BREAK)


def _stops(text: str) -> Iterator[re.Match[str]]:
    """Yield every run of stops, with what closes behind it."""
    end = 0
    # str.find passes over what is no stop many times faster than an expression does
    for at in sorted(at for stop in (_STOPS if text.isascii() else _STOPS + _WIDE_STOPS) for at in _places(text, stop)):
        if at >= end and (match := _STOP.match(text, at)):
            end = match.end("stop")
            yield match


def _places(text: str, character: str) -> Iterator[int]:
    at = text.find(character)
    while at >= 0:
        yield at
        at = text.find(character, at + 1)


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    """Return whether a stop ends a sentence: not within a word, after an initial or a title, before a small letter."""
    stop, blank = match.groups()
    if "|" in stop:
        return text[match.start() - 1 : match.start() + 2] == FIELD_BREAK
    if not _IDEOGRAPHIC.isdisjoint(stop):
        return True
    if not blank or text[match.end() : match.end() + 1].islower():
        return False
    if text[max(0, match.start() - LONG) : match.start()].isalpha() and match.start() >= LONG:
        return True
    return stop != "." or _NO_END.search(text[max(0, match.start() - 12) : match.start()].lower()) is None
