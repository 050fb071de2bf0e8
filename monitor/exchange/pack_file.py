"""Write packs, TOML files with actors or feeds that a configuration includes, and read how a pack was made.

The first lines of a pack name the import command and its options and contain a checksum of the lines below. An update
therefore needs no options and notices changes by hand.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.config.regular_file import describe_os_error, read_regular_file
from monitor.errors import UsageError

MARK = "# Made by monitor import"  # begins every pack that may be replaced
MAX_PACK_BYTES = 64_000_000
_COMMAND = re.compile(rf"{MARK} ([a-z-]+)\.")
_CHECKSUM = "# Checksum of the lines below: sha256 "
_OPTIONS = "# Options: "
RECORD_END = " = "  # between a record and the name as in the list, in the comment above an actor
_RECORD = re.compile(r'# ([^\n]*)\n\[actors\.(?:"([^"\n]+)"|([^\]\n]+))\]')
_FEED = re.compile(r'\[feeds\.(?:"([^"\n]+)"|([^\]\n]+))\]\nurl = ("(?:[^"\\\n]|\\.)*")')
_WIDTH = 116


@dataclass(frozen=True, slots=True)
class PackOrigin:
    """The import command and options that a pack was made with."""

    command: str  # the part after "monitor import"
    options: Mapping[str, Any]  # those that the user chose, by name; values that JSON has


@dataclass(frozen=True, slots=True)
class ExistingPack:
    """A pack that an earlier import wrote."""

    file: Path
    text: str
    origin: PackOrigin
    edited: bool  # whether it was changed since, or is of a release that wrote no checksum

    def ids(self) -> dict[str, str]:
        """Return the id of the actor for each record of the list, by ``record_key``: ``SDN 306`` -> ``ofac-banco``."""
        ids: dict[str, str] = {}
        for found in _RECORD.finditer(self.text):
            ids.setdefault(found[1].partition(RECORD_END)[0], found[2] or found[3])
        return ids

    def feed_keys(self) -> dict[str, str]:
        """Return the key of each feed in the pack, by its address."""
        return {json.loads(found[3]): found[1] or found[2] for found in _FEED.finditer(self.text)}


def sealed(origin: PackOrigin, remarks: Iterable[str], lines: Iterable[str]) -> str:
    """Return the complete text of a pack: the import command, a checksum, and the TOML.

    Args:
        origin: The import command and options.
        remarks: Notes for people who read the file, written as comments.
        lines: The TOML lines of the actors or feeds.
    """
    below = [f"{_OPTIONS}{json.dumps(origin.options, ensure_ascii=True)}", *map(comment, remarks), *lines]
    # JSON can escape half of a surrogate pair, which no encoding of text has
    text = "".join(f"{line}\n" for line in below).encode(errors="replace").decode()
    update = f"monitor import {origin.command} FILE --update PACK"
    return f"{MARK} {origin.command}. Do not edit it; a newer list:  {update}\n{_CHECKSUM}{_digest(text)}\n{text}"


def read_pack(file: Path) -> ExistingPack:
    """Return the pack in *file*.

    Raises:
        UsageError: The file cannot be read, or no import wrote it.
    """
    try:
        text = read_regular_file(file, MAX_PACK_BYTES)[0].decode()
    except FileNotFoundError as error:
        raise UsageError(f"--update: there is no {file}; write it with -o {file}") from error
    except OSError as error:
        raise UsageError(f"--update: {file}: {describe_os_error(error)}") from error
    except UnicodeError as error:
        raise UsageError(f"--update: {file} is not a pack: it is not UTF-8 text") from error
    if not text.startswith(MARK):
        raise UsageError(f"--update: {file} was not made by monitor import; write a new pack with -o")
    first, _, rest = text.partition("\n")
    second, _, below = rest.partition("\n")
    command = _COMMAND.match(first)
    intact = second == f"{_CHECKSUM}{_digest(below)}"
    return ExistingPack(file, text, PackOrigin(command[1] if command else "names", _options(below)), not intact)


def _options(below: str) -> dict[str, Any]:
    first = below.partition("\n")[0]
    try:
        options = json.loads(first.removeprefix(_OPTIONS)) if first.startswith(_OPTIONS) else {}
    except (ValueError, RecursionError):
        return {}
    return options if isinstance(options, dict) else {}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def write_pack(file: Path, text: str, *, replace: bool) -> None:
    """Write a pack so that the file is never left half-written.

    Args:
        file: The file to write.
        text: The complete text of the pack.
        replace: Whether to replace the file if an earlier import wrote it.

    Raises:
        UsageError: The file exists and may not be replaced, or cannot be written.
    """
    try:
        if file.exists() and not (replace and _is_imported(file)):
            way_out = "choose another" if replace else "choose another, or replace it with --force"
            reason = "was not made by monitor import" if replace else "exists"
            raise UsageError(f"{file} {reason}; {way_out}")
        target = Path(os.path.realpath(file))  # what a symbolic link names is replaced, not the link
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as written:
                written.write(text)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error


def _is_imported(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open(encoding="utf-8", errors="replace") as written:
        return written.readline().startswith(MARK)


def comment(text: str) -> str:
    """Return *text* as one comment line of TOML."""
    return f"# {' '.join(''.join(c if c.isprintable() else ' ' for c in text).split())}"


def plain_comment(text: str) -> str:
    """Return *text* as a comment for use within a table or list, without colons and double quotation marks.

    Tables whose comments contain these characters take longer to load (``config.document.flat_tables``).
    """
    return comment(text.replace(": ", RECORD_END).replace(":", " ").replace('"', "'"))


def toml_string(text: str) -> str:
    """Return *text* as a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def toml_key(key: str) -> str:
    """Return *key* for use in the name of a table, in quotation marks if it contains a dot."""
    return key if "." not in key else toml_string(key)


def toml_list(texts: Iterable[str], key: str) -> list[str]:
    """Return the TOML lines of ``key = [...]``, wrapped if they are long."""
    items = [*map(toml_string, texts)]
    line = f"{key} = [{', '.join(items)}]"
    if len(line) <= _WIDTH:
        return [line]
    return [f"{key} = [", *_wrapped(items), "]"]


def toml_list_by_origin(texts: Iterable[str], key: str, origins: Mapping[str, str]) -> Iterator[str]:
    """Yield the TOML lines of ``key = [...]``, each with a comment that says where in the list its texts come from.

    Args:
        texts: The items of the list.
        key: The key.
        origins: Where each text comes from; an empty or missing origin gives no comment.
    """
    by_origin: dict[str, list[str]] = {}
    for text in texts:
        by_origin.setdefault(origins.get(text, ""), []).append(text)
    if [*by_origin] == [""]:
        yield from toml_list(by_origin[""], key)
        return
    yield f"{key} = ["
    for origin, group in by_origin.items():
        for line in _wrapped(map(toml_string, group)):
            yield f"{line}  {plain_comment(origin)}" if origin else line
    yield "]"


def _wrapped(items: Iterable[str]) -> Iterator[str]:
    """Yield indented lines with *items*, each item followed by a comma."""
    current = ""
    for item in items:
        if current and len(current) + len(item) + 2 > _WIDTH:
            yield current
            current = ""
        current = f"{current} {item}," if current else f"    {item},"
    if current:
        yield current
