"""Decompress gzip data (RFC 1952) as far as possible, as browsers do."""

from __future__ import annotations

import zlib

from monitor.errors import FeedError, FeedState

GZIP_START = b"\x1f\x8b"
_STEP = 4096  # bytes decompressed at a time
_FIRST_STEP = 256 * 1024
_MOST_MEMBERS = 10_000


def unpacked_gzip(body: bytes, most: int) -> bytes:
    """Return gzip data decompressed: all members, without what follows them.

    Of data that is damaged or cut off, the readable part is returned; a wrong checksum at the end is ignored.

    Args:
        body: The data.
        most: How many bytes are returned at most, to stop a decompression bomb.

    Raises:
        FeedError: Nothing can be decompressed (UNREADABLE).
    """
    plain, position, members = bytearray(), 0, 0
    while body.startswith(GZIP_START, position) and len(plain) < most and members < _MOST_MEMBERS:
        start, unpacker, members = position, zlib.decompressobj(wbits=31), members + 1
        before = len(plain)
        try:
            # in steps, since each member copies what follows it in its step; most files have one member only
            size = _FIRST_STEP if members == 1 else _STEP
            while not unpacker.eof and position < len(body) and len(plain) < most:
                step = body[position : position + size]
                plain += unpacker.decompress(step, most - len(plain))
                position += len(step) - len(unpacker.unused_data)
        except zlib.error as error:
            plain[before:] = _readable_part(body[start:], most - before)
            if not plain:
                cause = f"the compression of the response is damaged: {error}"
                raise FeedError(FeedState.UNREADABLE, cause) from error
            break
    return bytes(plain)


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
