"""Recognise blockchain addresses and the chain that each belongs to.

``chain_of`` recognises addresses in any text. ``parse_address`` reads the addresses that a watchlist contains and knows
more chains, because there a string is surely meant as an address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import base58

from monitor.facts.checksums import base58_bytes, base58check, has_eip55, is_cashaddr, is_monero, segwit_prefix
from monitor.model import comparable_address

MIN_LETTERS = 25
MAX_LETTERS = 106  # of an integrated address of Monero

_HEX_ADDRESS = re.compile(r"0[xX][0-9a-fA-F]{40}")
_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]{25,44}")
# by the first of the 21 bytes that an address encodes
_VERSIONS = {0x00: "BTC", 0x05: "BTC", 0x30: "LTC", 0x32: "LTC", 0x41: "TRX"}
_FIRST = {"1": "BTC", "3": "BTC", "L": "LTC", "M": "LTC", "T": "TRX"}  # by the first letter of an address
_SEGWIT = {"bc": "BTC", "ltc": "LTC"}
# chains recognised only in watchlists, by the version bytes before the 20 bytes of the hash (Verge has Dogecoin's)
_WATCHED_VERSIONS = {
    b"\x4c": "DASH",
    b"\x10": "DASH",
    b"\x1e": "DOGE",
    b"\x16": "DOGE",
    b"\x26": "BTG",
    b"\x17": "BTG",
    b"\x1c\xb8": "ZEC",
    b"\x1c\xbd": "ZEC",
}
_HEX_64 = re.compile(r"(0[xX])?[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class WatchedAddress:
    """A blockchain address that a watchlist contains."""

    written: str  # as written in the watchlist
    chain: str  # the ticker of its chain; ETH for all chains of the Ethereum Virtual Machine
    value: str  # the form in which addresses are compared


@lru_cache(maxsize=32_768)  # a configuration is validated and then compiled; a checksum takes 50 µs
def parse_address(written: str) -> WatchedAddress:
    """Return the address *written* in a watchlist, with its chain.

    Raises:
        ValueError: The text is not an address, or its checksum is wrong; the message says what to do.
    """
    run = written.strip()
    if chain := chain_of(run) or _watched_chain_of(run) or ("SOL" if may_be_solana(run) else ""):
        return WatchedAddress(written, chain, comparable_address(run))
    message, hint = _fault(run)
    raise ValueError(f'"{written}" {message}; {hint}')


def _watched_chain_of(run: str) -> str:
    if is_monero(run):
        return "XMR"
    if is_cashaddr(run):
        return "BCH"
    payload = base58check(run) if _BASE58.fullmatch(run) else None
    if payload is None or len(payload) not in (21, 22):
        return ""
    return _WATCHED_VERSIONS.get(payload[:-20], "")


def _fault(run: str) -> tuple[str, str]:
    """Return why *run* is not a valid blockchain address, and how to correct it."""
    if "..." in run or "\N{HORIZONTAL ELLIPSIS}" in run:
        return "is a shortened address", "write the whole address: a shortened one fits many"
    if _HEX_64.fullmatch(run):
        return "is the hash of a transaction or a key, and no address", "write the address, or delete it"
    if run[:2] in ("0x", "0X"):
        if _HEX_ADDRESS.fullmatch(run):
            return "has a wrong checksum (EIP-55)", "copy it again from its source: a letter or its case is wrong"
        return f"has {len(run) - 2} characters after 0x, and not 40 hex digits", "copy it again from its source"
    if MIN_LETTERS <= len(run) <= MAX_LETTERS and run.isascii() and run.isalnum():
        return "is no address, or its checksum is wrong", "copy it again from its source"
    return "is no blockchain address", 'write one as "0x...", "bc1...", "1...", "T...", or delete it'


def chain_of(run: str) -> str:
    """Return the chain (BTC, ETH, LTC, TRX, XRP) whose address *run* is; empty if it is not a valid address.

    All chains of the Ethereum Virtual Machine have the same form of address, so the result for all of them is ETH.
    Addresses of test networks are not recognised.
    """
    if run[:2] in ("0x", "0X"):
        return "ETH" if _HEX_ADDRESS.fullmatch(run) and has_eip55(run) else ""
    if run[:3].lower() in ("bc1", "ltc"):
        return _SEGWIT.get(segwit_prefix(run) or "", "")
    if not _BASE58.fullmatch(run) or len(run) > 35:
        return ""
    if run[0] == "r":
        payload = base58check(run, base58.XRP_ALPHABET)
        return "XRP" if payload and len(payload) == 21 and payload[0] == 0 else ""
    payload = base58check(run) if run[0] in _FIRST else None
    return _VERSIONS.get(payload[0], "") if payload and len(payload) == 21 else ""


def may_be_solana(run: str) -> bool:
    """Return whether *run* encodes 32 bytes, as a Solana address does.

    Solana addresses have no checksum, so the caller must look for more evidence in the text.
    """
    if not 32 <= len(run) <= 44 or not _BASE58.fullmatch(run):
        return False
    payload = base58_bytes(run) if _is_mixed(run) else None
    return payload is not None and len(payload) == 32


def _is_mixed(run: str) -> bool:
    return any(map(str.isdigit, run)) and run not in (run.lower(), run.upper())
