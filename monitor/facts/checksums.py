"""Checksums of addresses: they distinguish an address from a random run of letters and digits."""

from __future__ import annotations

import base58
from Crypto.Hash import keccak

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_SEPARATED_BY = {0: 1, **dict.fromkeys(range(1, 17), 0x2BC830A3)}  # by witness version: BIP-173, then BIP-350


def base58check(text: str, alphabet: bytes = base58.BITCOIN_ALPHABET) -> bytes | None:
    """Decode *text* from Base58Check to version and payload; None if its checksum is wrong."""
    try:
        return base58.b58decode_check(text, alphabet=alphabet)
    except ValueError:
        return None


def base58_bytes(text: str) -> bytes | None:
    """Decode *text* from base58 without a checksum; None if it contains a character outside the alphabet."""
    try:
        return base58.b58decode(text)
    except ValueError:
        return None


def has_eip55(address: str) -> bool:
    """Return whether the capitals of *address*, 0x and 40 hex digits, are right (EIP-55).

    An address in one case has no checksum, and passes.
    """
    digits = address[2:]
    if digits in (digits.lower(), digits.upper()):
        return True
    said = keccak.new(digest_bits=256, data=digits.lower().encode()).hexdigest()
    return all(
        digit.isupper() == (nibble > "7") for digit, nibble in zip(digits, said, strict=False) if digit.isalpha()
    )


def segwit_prefix(address: str) -> str | None:
    """Return the prefix (``bc``, ``ltc``) of a segregated witness address, None when anything of it is wrong.

    Version 0 has the checksum of BIP-173 and a program of 20 or 32 bytes, later ones that of BIP-350.
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


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check


def _bytes_of(groups: list[int]) -> int | None:
    """Return how many bytes the groups of five bits make, None when what is left over is not padding."""
    left = len(groups) * 5 % 8
    if left >= 5 or (groups and groups[-1] & ((1 << left) - 1)):
        return None
    return len(groups) * 5 // 8
