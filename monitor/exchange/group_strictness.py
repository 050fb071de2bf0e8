"""Decide how strictly names of threat groups and malware must match, because many of them are ordinary words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.exchange.describing_words import DESCRIBING_WORDS, KNOWN_NAMES
from monitor.exchange.names import NameKind, Strictness
from monitor.matching import folded_words, load_vocabulary
from monitor.matching.folding import has_cjk

MIN_LETTERS = 5  # of a name of one word that counts without context; an acronym may be any word
MIN_DIGITS = 3  # of a number that makes a name of any letters before it: "TA505"
MIN_PART = 3  # letters of a part of a compound: "OilRig"
MAX_PART = 40  # letters; no ordinary word is longer
MAX_ORDINARY_WORDS = 3  # that a name may consist of and still be ordinary text: "Vault Seven", "Inception Framework"
_WORD_START = re.compile(r"(?<![^\W_])[^\W\d_]")
_NUMBER_AT_END = re.compile(r"\d+$")
_LETTERS_AND_NUMBER = re.compile(r"([A-Z]{2,})[ -]?(\d+)", re.I)

_KIND_NOUNS = (
    "ransomware", "malware", "backdoor*", "botnet*", "spyware", "trojan*", "stealer*", "wiper*", "gang", "gangs",
    "=group", "crew", "threat actor*", "threat group*", "APT", "intrusion set*", "hacking group*", "hacker group*",
    "hacktivist*", "espionage group*", "cyberespionage", "cyber espionage", "cyber-espionage", "cybercrime group*",
    "extortion group*",
)  # fmt: skip
BESIDE_CONTEXT = _KIND_NOUNS
GROUP_CONTEXT = (
    *(noun for noun in _KIND_NOUNS if noun != "=group"),
    "hack", "hacks", "hacked", "hacker*", "hacking", "cyber*", "malicious", "phish*", "extort*", "ransom*", "encrypt*",
    "leak site*", "data leak*", "breach*", "exfiltrat*", "zero-day*", "espionage", "attacker*", "cyberattack*",
    "victim*", "RaaS", "affiliate*", "vulnerabilit*", "exploit*", "infostealer*",
)  # fmt: skip


def classify_group(name: str, kind: NameKind) -> tuple[Strictness, str]:
    """Return how strictly the name of a group must match, and the reason in words if it is not a plain spelling.

    Args:
        name: The name.
        kind: GROUP or MALWARE; many names of obscure malware are also names of companies or tokens, so these need a
            context word more often.
    """
    words = folded_words(name)
    letters = sum(sum(map(str.isalpha, word)) for word in words)
    vocabulary = load_vocabulary()
    if all(_NUMBER_AT_END.sub("", word) in DESCRIBING_WORDS for word in words):
        return _classify_description(name, words, kind)
    if has_cjk(name):
        return (Strictness.WEAK, "a single character") if letters == 1 else (Strictness.PLAIN, "")
    if parts := _LETTERS_AND_NUMBER.fullmatch(name):
        common = parts[1].lower() in vocabulary or len(parts[2]) < MIN_DIGITS
        return (Strictness.EXACT, "a word and a number") if common else (Strictness.PLAIN, "")
    if len(words) == 1:
        if letters < MIN_LETTERS:
            return Strictness.BESIDE, "short"
        if any(word in vocabulary or word in KNOWN_NAMES for word in (words[0], words[0].removesuffix("s"))):
            return Strictness.BESIDE, "an ordinary word"
        if any(compound_cuts(words[0])):
            return (Strictness.WEAK if kind is NameKind.MALWARE else Strictness.EXACT), "made of ordinary words"
        return (Strictness.WEAK, "a name of malware") if kind is NameKind.MALWARE else (Strictness.PLAIN, "")
    if letters < MIN_LETTERS:
        return Strictness.BESIDE, "short"
    if len(words) <= MAX_ORDINARY_WORDS and all(word in vocabulary or len(word) < MIN_PART for word in words):
        # malware is named after films, brands and presidents
        return (Strictness.WEAK if kind is NameKind.MALWARE else Strictness.EXACT), "made of ordinary words"
    return Strictness.PLAIN, ""


def _classify_description(name: str, words: tuple[str, ...], kind: NameKind) -> tuple[Strictness, str]:
    """Return how strictly a name must match that consists only of describing words, as "Hacking Team" or "Group5"."""
    if len(words) > 1:
        return Strictness.BESIDE, "a description"
    if kind is NameKind.GROUP and any(map(str.isdigit, name)):
        return Strictness.EXACT, "a word and a number"
    return Strictness.NONE, "a description and no name"


def exact_group_spellings(name: str) -> Iterator[str]:
    """Yield the spellings that match the name of a group exactly: as listed, and with the usual capitals."""
    text = name.strip().lstrip("=").rstrip("*").strip()
    is_text = text.islower() and all(word in load_vocabulary() for word in folded_words(text))
    forms = [] if is_text else [text]  # "play" is no name, "Play" may be one
    if parts := _LETTERS_AND_NUMBER.fullmatch(text):
        letters, number = parts.groups()
        forms += [f"{letters.upper()}{joint}{number}" for joint in ("", "-", " ")]
        forms.append(f"{letters.capitalize()}{number}")
    elif not _has_unusual_capitals(text):
        forms.append(_WORD_START.sub(lambda m: m[0].upper(), text.lower()))
        if " " not in text:
            forms += [text[:cut].capitalize() + text[cut:].capitalize() for cut in compound_cuts(text.lower())]
        forms.append(text.upper())
    for form in dict.fromkeys(forms):
        yield f"={form}"


def _has_unusual_capitals(text: str) -> bool:
    """Return whether *text* is an ordinary word with capitals in the middle, such as "AnDROid"."""
    return text.lower() in load_vocabulary() and not (text.islower() or text.isupper() or text[1:].islower())


def compound_cuts(word: str) -> Iterator[int]:
    """Yield the positions at which *word* divides into two ordinary words, or into a word and a number.

    "oilrig" divides at 3. An "a" at the beginning counts as a word too.
    """
    vocabulary = load_vocabulary()
    for cut in (*((1,) if word[:1] == "a" else ()), *range(MIN_PART, min(len(word), MAX_PART + 1))):
        head, tail = word[:cut], word[cut:]
        known = cut == 1 or head in vocabulary or head in DESCRIBING_WORDS
        if known and (tail.isdecimal() or (len(tail) >= MIN_PART and (tail in vocabulary or tail in DESCRIBING_WORDS))):
            yield cut
