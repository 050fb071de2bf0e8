"""Quick checks whether a text contains a number, an address or a CVE id at all; most texts do not.

They search the bytes of the text, which takes a tenth of the time of a regular expression.
"""

from __future__ import annotations

from functools import lru_cache

_TYPOGRAPHY = "’‘“”„–—…•‑€™"  # the characters beyond Latin-1 of most texts; none is a letter, a digit or invisible
_SOFT_HYPHEN = b"\xad"
_DIGIT, _OTHER = b"0", b" "
_DIGITS = bytes(ord(_DIGIT if chr(n) in "0123456789" else _OTHER) for n in range(256))
_LETTER_OR_DIGIT = b"a"
_LETTERS_OR_DIGITS = bytes(ord(_LETTER_OR_DIGIT if n < 128 and chr(n).isalnum() else _OTHER) for n in range(256))


@lru_cache(maxsize=16)  # amounts and indicators are read from the same few fields
def latin_bytes(text: str) -> bytes | None:
    """Return *text* as Latin-1 bytes, one per character; None if it has characters outside Latin-1.

    Typographic quotes and dashes become spaces. A text with a soft hyphen also gives None, since that character is
    invisible and may hide an address from the checks.
    """
    if not text.isascii():
        for sign in _TYPOGRAPHY:
            text = text.replace(sign, " ")
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:
        return None
    return None if _SOFT_HYPHEN in data else data


def may_contain_number(text: str) -> bool:
    """Return whether *text* may contain a number, in digits or as a word such as "million"."""
    data = latin_bytes(text)
    if data is None or _DIGIT in data.translate(_DIGITS):
        return True
    lower = data.lower()
    return b"illion" in lower or b"housand" in lower


def has_run(data: bytes, length: int) -> bool:
    """Return whether *data* contains at least *length* ASCII letters or digits in a row."""
    return _LETTER_OR_DIGIT * length in data.translate(_LETTERS_OR_DIGITS)


class DigitRuns:
    """Finds the runs of digits ("1460" in "$1460") in the bytes of a text."""

    def __init__(self, data: bytes) -> None:
        self._data = data.translate(_DIGITS)

    def after(self, position: int) -> tuple[int, int] | None:
        """Return start and end of the first run of digits that starts at or after *position*; None if there is none."""
        start = self._data.find(_DIGIT, position)
        if start < 0:
            return None
        end = self._data.find(_OTHER, start)
        return start, end if end >= 0 else len(self._data)
