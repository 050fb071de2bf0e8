"""Find indicators of compromise: blockchain addresses and transactions, and CVE ids.

An address with a wrong checksum is never returned. If a kind of address has no checksum (Solana), the text must name
the chain near it; doubtful cases are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from monitor.facts.addresses import MAX_LETTERS, MIN_LETTERS, chain_of, may_be_solana
from monitor.facts.scanning import has_run, latin_bytes
from monitor.model import Indicator, IndicatorKind, Text, comparable_address

NONE_WATCHED: Mapping[str, str] = MappingProxyType({})
_REACH = 150  # characters around a run in which the text must name its chain; about 25 words
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_RUN = re.compile(rf"(?<![0-9A-Za-z])[0-9A-Za-z]{{{MIN_LETTERS},{MAX_LETTERS}}}+(?![0-9A-Za-z])")
_HYPHEN = "[-\u2010-\u2015\u2212_]"  # no-break hyphens and dashes as well
_CVE = re.compile(rf"(?<![0-9A-Za-z])CVE(?:{_HYPHEN}|\s)([12]\d{{3}}){_HYPHEN}(\d{{4,7}})(?![0-9])", re.IGNORECASE)
_HASH = re.compile(r"(0[xX])?[0-9a-fA-F]{64}")

_SOLANA = re.compile(r"\b(?:(?i:solana|solscan|solflare|raydium|pump\.fun)|Phantom|Jito|SOL|SPL)\b")
_CHAINS = re.compile(
    r"\b(?:(?P<BTC>(?i:bitcoin)|BTC)|(?P<TRX>(?i:tron|tronscan|trc-?20)|TRX)|(?P<LTC>(?i:litecoin)|LTC)"
    r"|(?P<XRP>(?i:ripple|xrpl)|XRP))\b"
)
# the last of these words before a hash names what was hashed
_HASHED = re.compile(
    r"\b(?:(?P<transaction>(?:tx|txn|transaction)s?(?:[\s_-]?(?:id|hash)(?:es|s)?)?|txids?)"
    r"|sha-?(?:2|256)|md5|checksums?|files?|malware|samples?|payloads?|virustotal|blocks?|merkle|roots?|keys?|secrets?"
    r"|seeds?|commits?|fingerprints?|topics?|slots?|salts?|storage)\b",
    re.IGNORECASE,
)


def read_indicators(text: Text) -> tuple[Indicator, ...]:
    """Return the blockchain addresses, transactions and CVE ids in *text*; one that occurs twice is returned once."""
    return distinct_indicators(find_indicators(text))


def find_indicators(text: Text, watched: Mapping[str, str] = NONE_WATCHED) -> tuple[Indicator, ...]:
    """Return every occurrence of a blockchain address, a transaction or a CVE id in *text*, in reading order.

    Args:
        text: The text.
        watched: The addresses of a watchlist as ``comparable_address`` returns them, each with the ticker of its chain.
            They are recognised whatever the case of their letters and the words around them: an equal text is no
            coincidence.
    """
    return tuple(
        indicator
        for field, value in text.fields()
        if _may_contain_any(value)
        for indicator in sorted(_of_field(field, value, text.title, watched), key=lambda i: i.start)
    )


def distinct_indicators(indicators: Iterable[Indicator]) -> tuple[Indicator, ...]:
    """Return the first occurrence of each of *indicators*, in the same order."""
    first: dict[tuple[IndicatorKind, str, str], Indicator] = {}
    for indicator in indicators:
        first.setdefault((indicator.kind, indicator.chain, comparable_address(indicator.value)), indicator)
    return tuple(first.values())


def _of_field(field: str, text: str, title: str, watched: Mapping[str, str]) -> Iterator[Indicator]:
    seen = _VisibleText(text)
    for found in _RUN.finditer(seen.text):
        known = watched.get(comparable_address(found[0])) if watched else None
        kind, chain = (IndicatorKind.ADDRESS, known) if known else _kind_of(found, title)
        if kind:
            start, end = seen.span(found)
            yield Indicator(kind, chain, found[0], text[start:end], field, start, end)
    for found in _CVE.finditer(seen.text):
        start, end = seen.span(found)
        yield Indicator(IndicatorKind.CVE, "", f"CVE-{found[1]}-{found[2]}", text[start:end], field, start, end)


def _may_contain_any(text: str) -> bool:
    """Return whether *text* may contain an address, a hash or a CVE id; if not, no regular expression need run."""
    data = latin_bytes(text)
    if data is None:
        return True  # invisible characters may interrupt an address
    return has_run(data, MIN_LETTERS) or b"cve" in data.lower()


class _VisibleText:
    """A text without its invisible characters, which may stand inside an address and be copied with it."""

    def __init__(self, stored: str) -> None:
        self.text = stored
        self._places: list[int] | None = (
            None  # the position of each character in *stored*; None: no character was removed
        )
        if not stored.isascii() and _INVISIBLE.search(stored):
            self._places = [n for n, c in enumerate(stored) if not _INVISIBLE.match(c)]
            self.text = "".join(stored[n] for n in self._places)

    def span(self, found: re.Match[str]) -> tuple[int, int]:
        """Return the start and end of the match *found* in the stored text, invisible characters included."""
        start, end = found.span()
        return (start, end) if self._places is None else (self._places[start], self._places[end - 1] + 1)


def _kind_of(run: re.Match[str], title: str) -> tuple[IndicatorKind | None, str]:
    """Return whether a run of letters and digits is a blockchain address or a transaction, and of which chain.

    The result is (None, "") if it is neither.

    Args:
        run: The match of the letters and digits in the text.
        title: The title of the entry, which may name the chain.
    """
    if chain := chain_of(run[0]):
        return IndicatorKind.ADDRESS, chain
    if may_be_solana(run[0]):
        named = _SOLANA.search(run.string, max(0, run.start() - _REACH), run.end() + _REACH) or _SOLANA.search(title)
        return (IndicatorKind.ADDRESS, "SOL") if named else (None, "")
    if hashed := _HASH.fullmatch(run[0]):
        chain = _chain_of_hash(run, title, marked=hashed[1] is not None)
        return (IndicatorKind.TRANSACTION, chain) if chain else (None, "")
    return None, ""


def _chain_of_hash(run: re.Match[str], title: str, *, marked: bool) -> str:
    """Return the ticker of the chain whose transaction a run of 64 hex digits is; empty if it is another kind of hash.

    With 0x before it (*marked*) the hash is an Ethereum transaction unless the text names a block, a key or the like.
    Without 0x it is often the hash of a file, so the text must name a transaction.
    """
    before = list(_HASHED.finditer(run.string, max(0, run.start() - _REACH // 2), run.start()))
    if marked:
        return "ETH" if not before or before[-1]["transaction"] else ""
    behind = None if before else _HASHED.search(run.string, run.end(), run.end() + _REACH // 2)
    said = before[-1] if before else behind
    if said is None or not said["transaction"]:
        return ""
    names = list(_CHAINS.finditer(run.string, max(0, run.start() - _REACH), run.end() + _REACH))
    named = names[-1] if names else _CHAINS.search(title)
    return str(named.lastgroup) if named else "BTC"
