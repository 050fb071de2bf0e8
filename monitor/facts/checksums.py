"""Verify the checksums of blockchain addresses, which distinguish an address from random letters and digits."""

from __future__ import annotations

import base58
from Crypto.Hash import keccak

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CASH = "bitcoincash"
_CASH_GENERATOR = (0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470)
_BASE58 = base58.BITCOIN_ALPHABET.decode()
_MONERO_BLOCKS = {11: 8, 7: 5}  # characters -> bytes; 95 = 8 * 11 + 7 and 106 = 9 * 11 + 7 characters
_SEPARATED_BY = {0: 1, **dict.fromkeys(range(1, 17), 0x2BC830A3)}  # by witness version: BIP-173, then BIP-350


def base58check(text: str, alphabet: bytes = base58.BITCOIN_ALPHABET) -> bytes | None:
    """Return the version and payload that the Base58Check address *text* encodes; None if the checksum is wrong."""
    try:
        return base58.b58decode_check(text, alphabet=alphabet)
    except ValueError:
        return None


def base58_bytes(text: str) -> bytes | None:
    """Return the bytes that *text* encodes in Base58, without a checksum; None if a character is not Base58."""
    try:
        return base58.b58decode(text)
    except ValueError:
        return None


def has_eip55(address: str) -> bool:
    """Return whether the Ethereum *address* (0x and 40 hex digits) has a valid checksum in its capitals (EIP-55).

    An address that is entirely in lower or upper case has no checksum and counts as valid.
    """
    digits = address[2:]
    if digits in (digits.lower(), digits.upper()):
        return True
    said = keccak.new(digest_bits=256, data=digits.lower().encode()).hexdigest()
    return all(
        digit.isupper() == (nibble > "7") for digit, nibble in zip(digits, said, strict=False) if digit.isalpha()
    )


def segwit_prefix(address: str) -> str | None:
    """Return the prefix (``bc``, ``ltc``) of a segregated witness (SegWit) address; None if the address is invalid.

    The checksum is that of BIP-173 for witness version 0, whose program has 20 or 32 bytes, and that of BIP-350 for
    later versions.
    """
    if address not in (address.lower(), address.upper()):
        return None
    prefix, _, data = address.lower().rpartition("1")
    values = [_BECH32.find(c) for c in data]
    if not prefix or len(values) < 8 or min(values) < 0 or len(address) > 90:
        return None
    version, program = values[0], _bytes_of(values[1:-6])
    expanded = [*(ord(c) >> 5 for c in prefix), 0, *(ord(c) & 31 for c in prefix), *values]
    if _SEPARATED_BY.get(version) != _polymod(expanded) or program is None:
        return None
    fits = program in (20, 32) if version == 0 else 2 <= program <= 40
    return prefix if fits else None


def is_cashaddr(address: str) -> bool:
    """Return whether *address* is a valid Bitcoin Cash address (CashAddr), with or without ``bitcoincash:``."""
    if address not in (address.lower(), address.upper()):
        return False
    prefix, colon, data = address.lower().rpartition(":")
    values = [_BECH32.find(c) for c in data]
    if (prefix if colon else _CASH) != _CASH or len(values) != 42 or min(values) < 0:
        return False
    check = 1
    for value in (*(ord(c) & 31 for c in _CASH), 0, *values):
        top = check >> 35
        check = (check & 0x07FFFFFFFF) << 5 ^ value
        for bit, generator in enumerate(_CASH_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check == 1


def is_monero(address: str) -> bool:
    """Return whether *address* is a valid Monero address: blocks of 8 bytes in Base58, with a checksum at the end."""
    if len(address) not in (95, 106) or address[0] not in "48":
        return False
    decoded = b""
    for start in range(0, len(address), 11):
        block = address[start : start + 11]
        size, number = _MONERO_BLOCKS[len(block)], 0
        for char in block:
            digit = _BASE58.find(char)
            if digit < 0:
                return False
            number = number * 58 + digit
        if number >> 8 * size:
            return False
        decoded += number.to_bytes(size, "big")
    return keccak.new(digest_bits=256, data=decoded[:-4]).digest()[:4] == decoded[-4:]


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check


def _bytes_of(groups: list[int]) -> int | None:
    """Return how many bytes the 5-bit *groups* encode; None if the bits left over are not valid padding."""
    left = len(groups) * 5 % 8
    if left >= 5 or (groups and groups[-1] & ((1 << left) - 1)):
        return None
    return len(groups) * 5 // 8
