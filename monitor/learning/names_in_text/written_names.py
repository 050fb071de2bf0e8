"""Read the names right before or right after a position in a text: one name, or a list such as "A, B and C"."""

from __future__ import annotations

import re

from monitor.learning.names_in_text.name_shapes import WrittenName, is_code, is_distinctive
from monitor.learning.names_in_text.name_words import GROUP_WORDS, LINKING_WORDS, PLACES, SMALL_WORDS, THING_WORDS

MAX_WORDS = 4  # of a name without quotes
MAX_QUOTED_WORDS = 6
MAX_NAMES = 12  # of a list

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_OPEN, _CLOSE = "\"'“‘„«‹「『《〈", "\"'”’“»›」』》〉"
_QUOTED = re.compile(rf"[{_OPEN}]\s?([^{_OPEN}{_CLOSE}\n()]{{2,60}}?[.,]?)\s?[{_CLOSE}](?!\w)")
_LETTERS = r"[^\W_]"
_WORD = rf"(?:{_LETTERS}|[_+$!@])(?:[\w+$!@.’'‑/-]*(?:\w|[+$!@]))?"
_NAME = re.compile(rf"{_WORD}(?:\(\d+\))?(?:(?:[ \u00a0]|[ ]of[ ]|[ ]of[ ]the[ ]){_WORD}(?:\(\d+\))?){{0,7}}")
_CJK_NAME = re.compile(rf"[{_CJK}A-Za-z0-9·・\-]{{2,16}}")
_APOSTROPHES = ("'", "’")
_OWNER = re.compile(r"['’]s?\s+\w")
_POSSESSIVE = re.compile(r"['’]s$|['’]$")
_END_OF_LIST = re.compile(r"\s*(?:$|[.;:!?)\]）」】。；—–|…\n]|,(?!\s*\d)|，|\(|（| - |\[)", re.UNICODE)
_AND = r"and|or|&|und|oder|y|e|o|et|ou|en|of|i|oraz|lub|и|или|та|і|або|ve|veya|và|dan|atau|och|og|a|și|sau|و"
_SEPARATOR = re.compile(
    rf"\s+a\.?k\.?a\.?\s+|\s*(?:[,;/，、；]\s*(?:(?:{_AND})\s+(?:also\s+)?)?|(?:\s(?:{_AND})\s+(?:also\s+)?)|\s*(?:和|与|與|及|以及|或|と|や|및|또는|과|와)\s*)",
    re.I,
)
_ALSO = re.compile(r"(?:also\s+)?(?:a\.?k\.?a\.?|alias)\s+", re.I)

# "the North Korea-backed Lazarus Group"
_ORIGIN = re.compile(
    r"-(?:based|linked|backed|aligned|affiliated|nexus|sponsored|speaking|related|led|owned|controlled)$", re.IGNORECASE
)


def names_after(text: str, at: int, *, to: int | None = None) -> list[WrittenName]:
    """Return the names of the list that begins at a position, as in "also known as A, B and C".

    If it is uncertain that the words are a list ("known as A, Bybit said"), only the first name is returned.

    Args:
        text: The text.
        at: The position; articles and words such as "group" before the first name are skipped.
        to: The position at which the list must end, as at a closing bracket; None: it may end anywhere.
    """
    end = len(text) if to is None else to
    found: list[WrittenName] = []
    while len(found) < MAX_NAMES:
        also = _ALSO.match(text, at, end)
        name = name_at(text, also.end() if also else at, end)
        if name is None:
            break
        found.append(name)
        separator = _SEPARATOR.match(text, _after(text, name, end), end)
        if separator is None:
            at = name.end
            break
        at = separator.end()
    if len(found) > 1:
        last = found[-1]
        ends = _END_OF_LIST.match(text, _after(text, last, end))
        # a comma list without "and" at its end, outside brackets, may run on: "known as X, Bybit said"
        closed = to is not None or (bool(ends) and _has_and(text[found[-2].end : last.start]))
        if not closed:
            return _closed_part(text, found)
    return found


def _closed_part(text: str, found: list[WrittenName]) -> list[WrittenName]:
    """Return the names of a list up to the name after "and": of "A and B, C said" the names A and B.

    Args:
        text: The text.
        found: All names in a row, of which the last may not belong to the list.
    """
    for number in range(1, len(found)):
        if _has_and(text[found[number - 1].end : found[number].start]) and number + 1 < len(found):
            return found[: number + 1]
    return found[:1]


def _has_and(between: str) -> bool:
    return bool(re.search(rf"(?<!\w)(?:{_AND})(?!\w)|[和与與及或とや및과와、/]", between, re.I))


def _after(text: str, name: WrittenName, end: int) -> int:
    """Return the position after *name*, its closing quotation mark, and words such as "group" that follow it.

    Args:
        text: The text.
        name: The name.
        end: The position at which the search ends.
    """
    at = name.end
    if at < end and text[at] in _CLOSE:
        at += 1
    while match := re.compile(rf"\s+({_LETTERS}[\w-]*)").match(text, at, end):
        if match[1].lower() not in GROUP_WORDS | THING_WORDS:
            break
        at = match.end()
    return at


def name_at(text: str, at: int, end: int) -> WrittenName | None:
    """Return the name that begins at a position; None if there is no name.

    Args:
        text: The text.
        at: The position; articles and words such as "group" there are skipped.
        end: The position at which the search ends, as at a closing bracket.
    """
    kind = ""
    while True:
        while at < end and text[at] in " \u00a0:\t*_":
            at += 1
        if quoted := _QUOTED.match(text, at, end):
            inner = quoted[1].rstrip(".,")
            if len(inner.split()) > 1 and not any(map(looks_like_name, inner.split())):
                return None  # "the bank robbers": a description
            if 0 < len(inner.split()) <= MAX_QUOTED_WORDS:
                return WrittenName(
                    inner, quoted.start(1), quoted.start(1) + len(inner), kind or _kind_after(text, quoted.end())
                )
            return None
        small = re.compile(rf"({_LETTERS}[\w-]*)\s+").match(text, at, end)
        word = small[1].lower() if small else ""
        if small and (word in SMALL_WORDS or (small[1].islower() and word in GROUP_WORDS | THING_WORDS)):
            kind = word if word not in SMALL_WORDS else kind
            at = small.end()
            continue
        break
    if at < end and re.match(f"[{_CJK}]", text[at]):
        found = _CJK_NAME.match(text, at, end)
        return WrittenName(found[0], found.start(), found.end(), kind) if found else None
    return _capitalised(text, at, end, kind)


def _capitalised(text: str, at: int, end: int, kind: str) -> WrittenName | None:
    match = _NAME.match(text, at, end)
    if match is None:
        return None
    words = [(m[0], m.start() + match.start(), m.end() + match.start()) for m in re.finditer(r"[^\s]+", match[0])]
    kept: list[tuple[str, int, int]] = []
    for word, start, stop in words:
        if word in ("of", "the") and kept:
            kept.append((word, start, stop))
            continue
        if _ALSO.fullmatch(f"{word} ") or not looks_like_name(word) or (word.lower() in SMALL_WORDS and kept):
            break
        shorter = _POSSESSIVE.sub("", word)
        kept.append((shorter, start, start + len(shorter)))
        if shorter != word or word.endswith((".", "/")):
            break
    while kept and (kept[-1][0] in ("of", "the") or kept[-1][0].lower() in GROUP_WORDS | THING_WORDS):
        if kept[-1][0] not in ("of", "the"):
            kind = kept[-1][0].lower()
        kept.pop()
    while kept and kept[0][0].lower() in SMALL_WORDS:
        kept.pop(0)
    kept = _without_places(kept)
    if not kept or len(kept) > MAX_WORDS:
        return None
    start, stop = kept[0][1], kept[-1][2]
    possessive = text[stop : stop + 1] in _APOSTROPHES and _OWNER.match(text, stop, end) is not None
    following = re.compile(r"\s+([^\W\d_]\S*)").match(text, stop, end)
    bounded = following is None or following[1][0].islower()
    return WrittenName(
        text[start:stop], start, stop, kind or _kind_after(text, stop), possessive=possessive, bounded=bounded
    )


def _without_places(words: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Return the words of a name without leading words for the origin of the actor: of "Chinese APT41" only "APT41".

    Each word is given with the positions of its beginning and end.
    """
    count = 0
    while count < len(words) and (words[count][0].lower() in PLACES or _ORIGIN.search(words[count][0])):
        count += 1
    rest = " ".join(word for word, _, _ in words[count:])
    return words[count:] if count and (is_code(rest) or is_distinctive(rest)) else words


def _kind_after(text: str, at: int) -> str:
    match = re.compile(rf"[{_CLOSE}]?\s+({_LETTERS}[\w-]*)(?:\s+({_LETTERS}[\w-]*))?").match(text, at)
    for word in match.groups() if match else ():
        if word and word.lower() in GROUP_WORDS | THING_WORDS:
            return word.lower()
        if word and word.lower() not in GROUP_WORDS:
            break
    return ""


def looks_like_name(word: str) -> bool:
    """Return whether *word* is written like a part of a name: with a capital, or with letters and a digit."""
    return (
        any(c.isupper() for c in word)
        or (any(map(str.isdigit, word)) and any(map(str.isalpha, word)))
        or _uncased(word)
    )


def _uncased(word: str) -> bool:
    return any(c.isalpha() and c.lower() == c.upper() for c in word)


def name_before(text: str, at: int) -> WrittenName | None:
    """Return the name that ends before a position; None if there is no name.

    Commas, brackets and words such as "group" after the name are skipped. In "Lazarus Group (APT38), also known as",
    the name before "also known as" is "Lazarus".
    """
    head = text[max(0, at - 160) : at]
    base = max(0, at - 160)
    head = head.rstrip(" \t\u00a0,(（[:;—–-|、，")
    if head.endswith((")", "）")):
        opening = max(head.rfind("("), head.rfind("（"))
        if opening < 0:
            return None
        head = head[:opening].rstrip()
    kind = ""
    while match := re.search(rf"(?:^|\s)({_LETTERS}[\w-]*),?$", head):
        word = match[1].lower()
        if word in LINKING_WORDS or (word in GROUP_WORDS | THING_WORDS and match[1][0].isalpha()):
            if word not in LINKING_WORDS:
                kind = kind or word
            head = head[: match.start()].rstrip(" ,\u00a0")
            continue
        break
    if description := _DESCRIPTION.search(head):
        head = head[: description.start()]
    if head and head[-1] in _CLOSE:
        quoted = [m for m in _QUOTED.finditer(head) if m.end() == len(head)]
        if quoted:
            inner = quoted[-1][1].rstrip(".,")
            return WrittenName(inner, base + quoted[-1].start(1), base + quoted[-1].start(1) + len(inner), kind)
        head = head[:-1]
    if head and re.match(f"[{_CJK}]", head[-1]):
        return _cjk_before(head, base, kind)
    return _capitalised_before(head, base, kind)


# ", a cryptocurrency hedge"
_DESCRIPTION = re.compile(
    r"\s?(?:[,–—]|\s-\s)\s?(?:an?|the)(?:\s+(?!(?:by|of|with|from|whose|which|that|the|and|used|to|in|on)\b)[a-z-]+){0,8}$"
)


def _cjk_before(head: str, base: int, kind: str) -> WrittenName | None:
    # katakana, hangul: one script, or one word; Chinese characters do not show where a name begins
    for script in ("\u30a0-\u30ff", "\uac00-\ud7af"):
        if match := re.search(rf"[{script}・]{{2,}}$", head):
            return WrittenName(match[0], base + match.start(), base + match.end(), kind)
    if match := re.search(r"(?:^|[\s，。、：；「」（）“”])([\u3400-\u9fff]{2,10})$", head):
        return WrittenName(match[1], base + match.start(1), base + match.end(1), kind, bounded=False)
    return None


def _capitalised_before(head: str, base: int, kind: str) -> WrittenName | None:
    words = [(m[0], m.start(), m.end()) for m in re.finditer(r"\S+", head)][-MAX_WORDS - 1 :]
    kept: list[tuple[str, int, int]] = []
    bounded = True
    for word, start, stop in reversed(words):
        bare = word.lstrip(_OPEN + "([")
        if word in ("of",) and kept:
            kept.insert(0, (word, start, stop))
            continue
        ends_before = word[-1] in ".,:;!?)]" + _CLOSE and kept
        bounded = bare[:1].islower() or word[-1] in ",)]" + _CLOSE
        if ends_before or not looks_like_name(bare) or bare.lower() in SMALL_WORDS or not bare[0].isalnum():
            break
        if kept and (_POSSESSIVE.search(bare) or _ORIGIN.search(bare) or bare.lower() in GROUP_WORDS | THING_WORDS):
            break
        kept.insert(0, (bare, start + len(word) - len(bare), stop))
        if bare != word:
            break
    else:
        bounded = False
    while kept and kept[0][0] == "of":
        kept.pop(0)
    kept = _without_places(kept)
    if not kept or len(kept) > MAX_WORDS:
        return None
    first, last = kept[0], kept[-1]
    name = WrittenName(head[first[1] : last[2]].rstrip(".,:;"), base + first[1], base + last[2], kind, bounded=bounded)
    return name if any(map(str.isalnum, name.text)) else None
