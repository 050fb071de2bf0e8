"""Decompress gzip data (RFC 1952) as far as possible, as browsers do."""

from __future__ import annotations

import zlib

from monitor.errors import FeedError, FeedState

GZIP_START = b"\x1f\x8b"
_STEP = 4096  # bytes decompressed at a time if the data is damaged


def unpacked_gzip(body: bytes, most: int) -> bytes:
    """Return gzip data decompressed: all members, without what follows them.

    Of data that is damaged or cut off, the readable part is returned; a wrong checksum at the end is ignored.

    Args:
        body: The data.
        most: How many bytes are returned at most, to stop a decompression bomb.

    Raises:
        FeedError: Nothing can be decompressed (UNREADABLE).
    """
    plain, rest = b"", body
    while rest.startswith(GZIP_START) and len(plain) < most:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            plain += unpacker.decompress(rest, most - len(plain))
            rest = unpacker.unused_data
        except zlib.error as error:
            plain += _readable_part(rest, most - len(plain))
            if not plain:
                cause = f"the compression of the response is damaged: {error}"
                raise FeedError(FeedState.UNREADABLE, cause) from error
            break
    return plain


def _readable_part(body: bytes, most: int) -> bytes:
    """Return what can be decompressed of damaged data, at most *most* bytes: up to a byte before the damage."""
    unpacker, plain = zlib.decompressobj(wbits=31), b""
    for position in range(0, len(body), _STEP):
        before = unpacker.copy()
        try:
            plain += unpacker.decompress(body[position : position + _STEP])
        except zlib.error:
            return (plain + _last_bytes(before, body[position : position + _STEP]))[:most]
        if len(plain) >= most:
            break
    return plain[:most]


def _last_bytes(unpacker: zlib._Decompress, part: bytes) -> bytes:
    plain = b""
    for number in range(len(part)):
        try:
            plain += unpacker.decompress(part[number : number + 1])
        except zlib.error:
            break
    return plain
