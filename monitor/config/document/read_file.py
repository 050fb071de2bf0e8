"""Read and parse one TOML file; invalid contents are returned as problems, not raised."""

from __future__ import annotations

from pathlib import Path

from monitor.config.document.flat_tables import parse_toml
from monitor.config.document.source import Source
from monitor.config.document.syntax import explain_syntax
from monitor.config.regular_file import MAX_BYTES, read_regular_file
from monitor.errors import Problem

BOM = "\ufeff"


def read_source(file: Path) -> tuple[Source, list[Problem]]:
    """Read the TOML file *file* and return what can be parsed, and its syntax errors as problems.

    Raises:
        OSError: The file cannot be read, is not a regular file, or is too large.
    """
    return parse_source(file, *read_regular_file(file, MAX_BYTES))


def parse_source(file: Path, raw: bytes, mode: int = 0o600) -> tuple[Source, list[Problem]]:
    """Parse *raw*, the contents of *file*; return what can be parsed, and the syntax errors as problems.

    Args:
        file: The path to show in problems.
        raw: The contents of the file.
        mode: The permissions of the file.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        return _undecodable(file, raw, error)
    problems = []
    if text.startswith(BOM):
        text = text.removeprefix(BOM)
        place = Source(file, text, {}, broken=True).point(0, 0)
        problems.append(
            Problem(
                "warning",
                place,
                "the file begins with a byte order mark, which TOML does not allow",
                "save it without",
            )
        )
    try:
        table, flat = parse_toml(text)
        return Source(file, text, table, mode, flat_tables=flat), problems
    except (ValueError, RecursionError) as error:
        source = Source(file, text, {}, mode, broken=True)
        return source, [*problems, explain_syntax(source, error)]


def _undecodable(file: Path, raw: bytes, error: UnicodeDecodeError) -> tuple[Source, list[Problem]]:
    source = Source(file, raw.decode(errors="replace"), {}, broken=True)
    before = raw[: error.start].split(b"\n")
    place = source.point(len(before) - 1, len(before[-1].decode(errors="replace")))
    message = f"byte 0x{raw[error.start]:02x} is not valid UTF-8"
    return source, [Problem("error", place, message, "save the file as UTF-8")]
