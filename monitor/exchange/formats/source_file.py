"""Open the files of published lists: regular files of limited size, which may be compressed with gzip."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from monitor.config.regular_file import describe_os_error, require_regular
from monitor.errors import UsageError

MAX_JSON_BYTES = 400_000_000  # uncompressed, of a document that is read whole
MAX_STREAM_BYTES = 20_000_000_000  # uncompressed, of one that is read piece by piece
_GZIP = b"\x1f\x8b"
_OTHER_KINDS = (
    (b"PK\x03\x04", "a ZIP archive or workbook; unpack it, or save it in the format of the list"),
    (b"\xd0\xcf\x11\xe0", "a workbook; save it in the format of the list"),
    (b"%PDF", "a PDF; download the list in a format for programs"),
    (b"\xfd7zXZ", "compressed with xz; decompress it first"),
    (b"BZh", "compressed with bzip2; decompress it first"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd; decompress it first"),
    (b"7z\xbc\xaf", "a 7-Zip archive; unpack it first"),
)


@contextmanager
def opened(file: Path, max_bytes: int = MAX_STREAM_BYTES) -> Iterator[IO[bytes]]:
    """Open *file* for reading; gzip data is decompressed.

    Raises:
        UsageError: The file cannot be read, is not a regular file, is empty, is a PDF or an archive, or is larger than
            *max_bytes* when decompressed. Reading from the opened file may raise it too.
    """
    try:
        require_regular(file.stat())
        # the file may be replaced between the two calls; O_NONBLOCK: opening a FIFO does not wait for a writer
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as raw:
            require_regular(os.fstat(raw.fileno()))
            start = raw.peek(8)
            if not start:
                raise UsageError(f"{file}: is empty; was the download interrupted?")
            if kind := next((kind for magic, kind in _OTHER_KINDS if start.startswith(magic)), None):
                raise UsageError(f"{file}: is {kind}")
            source = cast("IO[bytes]", gzip.GzipFile(fileobj=raw) if start.startswith(_GZIP) else raw)
            with io.BufferedReader(_Limited(source, max_bytes), 1 << 16) as limited:
                yield limited
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UsageError(f"{file}: the gzip data is damaged ({error}); download it again") from error
    except OSError as error:
        raise UsageError(f"{file}: {describe_os_error(error)}") from error


class _Limited(io.RawIOBase):
    """A file object that raises an OSError if more than a given number of bytes are read."""

    def __init__(self, source: IO[bytes], limit: int) -> None:
        self._source, self._left, self._limit = source, limit, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        read = self._source.read(len(buffer))
        self._left -= len(read)
        if self._left < 0:
            raise OSError(errno.EFBIG, f"is larger than {self._limit // 1_000_000:,} MB")
        buffer[: len(read)] = read
        return len(read)


def read_json(file: Path) -> Any:
    """Return the JSON document in *file*.

    Raises:
        UsageError: The file cannot be read, or is not JSON.
    """
    with opened(file, MAX_JSON_BYTES) as source:
        raw = source.read()
    try:
        return json.loads(raw)
    except json.JSONDecodeError as error:
        raise UsageError(f"{file}:{error.lineno}:{error.colno}: is not JSON: {error.msg}{_way_out(raw)}") from error
    except UnicodeError as error:
        raise UsageError(f"{file}: is not JSON: it is neither UTF-8 nor UTF-16 text") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file}: cannot be read as JSON: {error}") from error


def _way_out(raw: bytes) -> str:
    """Return a hint for an error message about a file that is not JSON: what it may be instead."""
    start = raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "; this is a web page: download the file itself (on GitHub: Raw)"
    if start.startswith(b"<"):
        return "; this is XML"
    return "; is it the complete file?"
