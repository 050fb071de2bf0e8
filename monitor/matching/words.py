"""Split the text of an entry into words for comparison, and find their positions in the stored text.

Feeds write invisible characters and combining marks inside words, full-width and look-alike letters, and entities that
were escaped twice. Such characters must not hide a name, and a span must quote the stored text exactly. Therefore no
step before the splitting changes the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import accumulate, compress, pairwise, repeat
from math import ceil
from operator import add, itemgetter, sub
from sys import intern

from monitor.matching.folding import CJK, fold, has_cjk
from monitor.model import Text

MIN_FULL_WORD = 7  # letters; a shorter word before a full stop may be an abbreviation
MAX_SINGLE_SPANS = 10  # spans computed one by one; beyond that, computing all of them is cheaper
FIELD_BREAK = "\n|\n"  # contains no word and ends a sentence; no name extends across it

_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\ufe00-\ufe0f\ufe20-\ufe2f"
)
_INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f\U000e0100-\U000e01ef"
)
_APOSTROPHES = "\u02bb\u02bc"  # letters to Unicode, but written for an apostrophe
_LETTER = rf"[^\W_{_APOSTROPHES}{CJK}]"
_WORD = re.compile(rf"{_LETTER}+(?:[{_MARKS}{_INVISIBLE}]+{_LETTER}+)*[{_MARKS}]*|[{CJK}]+(?:[{_INVISIBLE}]+[{CJK}]+)*")
_HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7af]")

# Words counted towards a distance, so that 15 words reach equally far in every language. A Chinese or Japanese word has
# two characters on average; Vietnamese separates syllables, of which three make two words.
_CHARACTERS_PER_WORD = 2
_VIETNAMESE_SYLLABLE = 2 / 3  # of a word
_VIETNAMESE = re.compile("[ơưƠƯ\u1ea0-\u1ef9]")
_MIN_VIETNAMESE = 0.2  # share of words with a Vietnamese letter from which on a text counts as Vietnamese
_MIN_LONGER = 0.1  # Chinese and Japanese words are weighted only if that lengthens the text by this share

# most texts contain only Latin-1 and these signs, and are split three times as fast by a table of 256 bytes
_TYPOGRAPHY = "’‘“”–—…•‑€™"
_SOFT_HYPHEN = b"\xad"  # part of the word around it
_LETTERS = bytes(ord(chr(n).lower()) if chr(n).isalnum() else ord(" ") for n in range(256))

# an entity that the feed escaped twice; one level was decoded before the text was stored
_ENTITY = re.compile(r"&(?:nbsp|[lr][sd]quo|quot|apos|amp|[nm]dash|hellip|#\d{1,6}|#x[0-9a-f]{1,5});", re.IGNORECASE)

_STOPS, _WIDE_STOPS = ".!?|", "…。！？"
_STOP = re.compile(rf"(?P<stop>[{_STOPS}{_WIDE_STOPS}]+)[\"'’”»)\]]*(?P<blank>\s*)")
_IDEOGRAPHIC = frozenset("。！？")  # need no space after them
_NO_END = re.compile(
    r"(?:^|[\s(“\"'])(?:\w|(?:\w\.)+\w|mr|mrs|ms|dr|prof|gen|sen|rep|gov|st|vs|no|inc|ltd|co|corp|approx)$"
)


def _lower(text: str) -> str:
    """Return *text* in lower case with escaped entities (``&nbsp;``) replaced by spaces; the length does not change."""
    # U+0130 is the one character whose lower case is longer than itself
    return _without_entities(text).replace("İ", "i").lower()


def _without_entities(text: str) -> str:
    return _ENTITY.sub(lambda m: " " * len(m.group()), text) if "&" in text else text


def _only_letters(text: str) -> str | None:
    """Return *text* in lower case with a space for each character that is not a letter or digit.

    None if the text has characters outside Latin-1 other than typographic quotes and dashes.
    """
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
    # without a Python loop, because every text with several matches comes here
    sizes = [*map(len, letters.split(" "))]
    after_blank = [*accumulate(map(add, sizes, repeat(1)))]
    ends = [*map(sub, after_blank, repeat(1))]
    return [*compress(zip(map(sub, ends, sizes), ends, strict=True), sizes)]


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return start and end of each word of *text* in characters, in order."""
    return _spans(text, _only_letters(text))


def folded_words(text: str) -> tuple[str, ...]:
    """Return the words of *text* in lower case without accents and look-alike letters (see ``fold``)."""
    letters = _only_letters(text)
    # interned, because a hundred thousand names share few words
    if letters is not None and letters.isascii():  # ``letters`` is already in lower case
        return tuple(map(intern, letters.split()))
    words = _WORD.findall(_lower(text)) if letters is None else letters.split()
    return tuple(intern(folded) for word in words if (folded := fold(word)))


class Words:
    """The words of one entry, numbered from 0 across title, summary and content.

    ``joined`` is the text of all fields with a separator between them; spans are character positions in it, which
    ``place`` converts to positions in a field. ``low`` has the words in lower case, ``folded`` the words as they are
    compared. Spans and sentences are computed on first use, because most texts mention nobody.
    """

    def __init__(self, text: Text) -> None:
        fields = tuple(text.fields())
        self.joined = FIELD_BREAK.join(value for _, value in fields)
        self._letters = letters = _only_letters(self.joined)
        self.low: list[str] = _WORD.findall(_lower(self.joined)) if letters is None else letters.split()
        # the words folded for comparison, empty where nothing is left. Most texts are ASCII except for quotes, and
        # folding only lower-cases ASCII
        plain = letters is not None and letters.isascii()
        self.folded: list[str] = self.low if plain else [w if w.isascii() else fold(w) for w in self.low]
        self._fields = fields
        self._single_spans: dict[tuple[int, int], tuple[int, int]] = {}
        self._known_ends: list[
            int
        ] = []  # ends of sentences found so far; most texts are searched only up to their last name

    @cached_property
    def plain(self) -> str:
        """The text with escaped entities (``&nbsp;``) replaced by spaces; it has the same length."""
        return _without_entities(self.joined)

    @property
    def latin(self) -> bool:
        """Whether the text has no letter beyond Latin-1."""
        return self._letters is not None

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Start and end of each word in characters of the text."""
        return _spans(self.joined, self._letters)

    def span(self, first: int, after: int) -> tuple[int, int]:
        """Return start and end, in characters of the text, of the words from *first* up to before *after*."""
        if self._letters is None or len(self._single_spans) == MAX_SINGLE_SPANS:
            return self.spans[first][0], self.spans[after - 1][1]
        known = self._single_spans.get((first, after))
        if known is None:
            end = start = self._start(self._letters, first)
            for word in self.low[first:after]:
                end = self._letters.find(word, end) + len(word)
            known = self._single_spans[first, after] = start, end
        return known

    def _start(self, letters: str, number: int) -> int:
        """Return the character position in *letters* at which the word with the given *number* starts."""
        word = self.low[number]
        if self.low.index(word) == number:  # most names occur once: search instead of counting words
            return f" {letters} ".find(f" {word} ")
        return len(letters) - len(letters.split(None, number)[number])

    @property
    def sentence_ends(self) -> list[int]:
        """The position in the text, in characters, at which each sentence ends; the last sentence is left out."""
        self._known_ends += self._further_ends
        return self._known_ends

    @cached_property
    def _further_ends(self) -> Iterator[int]:
        return _sentence_ends(self.joined, self.plain)

    @cached_property
    def _starts(self) -> list[int]:
        return list(_starts(value for _, value in self._fields))

    def sentence(self, position: int) -> int:
        """Return the number, from 0, of the sentence that contains the character at *position* of the text."""
        ends = self._known_ends
        while not ends or ends[-1] <= position:
            end = next(self._further_ends, None)
            if end is None:
                break
            ends.append(end)
        return bisect_right(ends, position)

    @cached_property
    def distance_offsets(self) -> list[float] | None:
        """The position of each word for measuring distances, then the end of the last; None if each word counts as 1.

        A run of Chinese or Japanese characters counts as several words, a Vietnamese syllable as two thirds of a word.
        """
        if self._letters is not None:
            return None
        other = [word for word in self.low if not word.isascii()]
        if not other:
            return None
        if sum(_VIETNAMESE.search(word) is not None for word in other) >= _MIN_VIETNAMESE * len(self.low):
            return [*accumulate(repeat(_VIETNAMESE_SYLLABLE, len(self.low)), initial=0.0)]
        if sum(map(_word_weight, other)) - len(other) < _MIN_LONGER * len(self.low):
            return None
        return [*accumulate(map(_word_weight, self.low), initial=0.0)]

    def words_between(self, start: int, end: int) -> tuple[int, int]:
        """Return the number of the first word in a range of characters, and how many words it touches (at least 1)."""
        first = bisect_right(self.spans, start, key=itemgetter(1))
        after = first
        while after < len(self.spans) and self.spans[after][0] < end:
            after += 1
        return first, max(1, after - first)

    def place(self, position: int) -> tuple[str, int]:
        """Return the field (title, summary or content) at *position* of the text, and where that field starts."""
        number = bisect_right(self._starts, position) - 1
        return self._fields[number][0], self._starts[number]

    def start_of(self, field: str) -> int:
        """Return where a field that is not empty starts in ``joined``."""
        return next(start for start, (name, _) in zip(self._starts, self._fields, strict=True) if name == field)

    def words_of(self, field: str, start: int, end: int) -> tuple[int, int]:
        """Return the number of the first word of a span in a field, and how many words it counts as in distances.

        Args:
            field: The name of a field that is not empty: title, summary or content.
            start: Where the span starts, in characters of the field.
            end: Where the span ends.
        """
        base = self.start_of(field)
        first, count = self.words_between(base + start, base + end)
        offsets = self.distance_offsets
        if offsets is None or first + count >= len(offsets):
            return first, count
        begins, ends = offsets[first], offsets[first + count]
        return int(begins), max(1, ceil(ends) - int(begins))

    def parts(self) -> Iterator[tuple[int, str]]:
        """Yield the start of each field (title, summary, content) in the joined text of the entry, and its text."""
        for start, (_, value) in zip(self._starts, self._fields, strict=True):
            yield start, value


def _word_weight(word: str) -> float:
    """Return how many words *word* counts as in distances: a run of Chinese characters several, others 1."""
    if word.isascii() or not has_cjk(word) or _HANGUL.search(word):
        return 1.0
    return max(1.0, len(word) / _CHARACTERS_PER_WORD)


def sentences(text: Text) -> tuple[str, ...]:
    """Return the sentences of *text*; ``Mention.sentence`` is a position in this tuple. Some sentences may be empty."""
    words = Words(text)
    ends = words.sentence_ends
    cuts = pairwise((0, *ends, len(words.joined)))
    return tuple(words.joined[start:end].strip(" \n|") for start, end in cuts)


def _starts(values: Iterable[str]) -> Iterator[int]:
    at = 0
    for value in values:
        yield at
        at += len(value) + len(FIELD_BREAK)


def _sentence_ends(text: str, plain: str) -> Iterator[int]:
    """Yield the end of every sentence of *text*; *plain* is *text* with escaped entities replaced by spaces."""
    end = 0
    # str.find skips other characters many times faster than a regular expression
    stops = _STOPS if plain.isascii() else _STOPS + _WIDE_STOPS
    for at in sorted(at for stop in stops for at in _places(plain, stop)):
        if at < end:
            continue
        # most stops are full stops inside a number or an address, or between a word and a capital
        after = plain[at + 1 : at + 2]
        if plain[at] == "." and after.isalnum():
            continue
        if plain[at] == "." and after == " ":
            after = plain[at + 2 : at + 3]
            if after.islower():
                continue
            if after.isalnum() and at >= MIN_FULL_WORD and text[at - MIN_FULL_WORD : at].isalpha():
                end = at + 1
                yield end
                continue
        if match := _STOP.match(plain, at):
            end = match.end("stop")
            if _ends_sentence(text, match):
                yield end


def _places(text: str, character: str) -> Iterator[int]:
    at = text.find(character)
    while at >= 0:
        yield at
        at = text.find(character, at + 1)


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    """Return whether a full stop or other mark ends a sentence.

    It does not inside a word, after an initial or a title ("Mr."), or before a lower-case letter.
    """
    stop, blank = match.groups()
    if "|" in stop:
        return text[match.start() - 1 : match.start() + 2] == FIELD_BREAK
    if not _IDEOGRAPHIC.isdisjoint(stop):
        return True
    if not blank or text[match.end() : match.end() + 1].islower():
        return False
    if text[max(0, match.start() - MIN_FULL_WORD) : match.start()].isalpha() and match.start() >= MIN_FULL_WORD:
        return True
    return stop != "." or _NO_END.search(text[max(0, match.start() - 12) : match.start()].lower()) is None
