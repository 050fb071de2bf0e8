"""Recognise blockchain addresses and the chain that each belongs to."""

from __future__ import annotations

import re

import base58

from monitor.facts.checksums import base58_bytes, base58check, has_eip55, segwit_prefix

MIN_LETTERS = 25
MAX_LETTERS = 90  # of a segregated witness address (BIP-173)

_HEX_ADDRESS = re.compile(r"0[xX][0-9a-fA-F]{40}")
_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]{25,44}")
_VERSIONS = {0x00: "BTC", 0x05: "BTC", 0x30: "LTC", 0x32: "LTC", 0x41: "TRX"}  # first byte of 21
_FIRST = {"1": "BTC", "3": "BTC", "L": "LTC", "M": "LTC", "T": "TRX"}  # what that byte makes the first letter
_SEGWIT = {"bc": "BTC", "ltc": "LTC"}


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
