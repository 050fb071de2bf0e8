"""Write packs: TOML files with actors, which a configuration includes."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import UsageError
from monitor.exchange.name_list import ImportedActor

MARK = "# Made by monitor import"  # begins every pack that may be replaced
_WIDTH = 116


@dataclass(frozen=True, slots=True)
class ActorSettings:
    """What all actors of a pack have in common."""

    tags: tuple[str, ...] = ()
    severity: str = ""  # empty: the default
    context: tuple[str, ...] = ()  # for actors with weak spellings
    fuzzy: bool = True  # whether typos match


def pack_text(header: Iterable[str], actors: Iterable[ImportedActor], settings: ActorSettings) -> str:
    """Return the TOML of a pack.

    Args:
        header: Lines that say where the names come from; written as comments.
        actors: In this order.
        settings: Written to each of them.
    """
    lines = [f"{MARK}. Import again with --force to replace it; changes by hand are lost then."]
    lines += [comment(line) for line in header]
    for actor in actors:
        lines += ["", *_actor(actor, settings)]
    return "\n".join(lines) + "\n"


def write_pack(file: Path, text: str, *, replace: bool) -> None:
    """Write *text* to *file*, whole or not at all.

    Args:
        file: The pack.
        text: Its contents.
        replace: Whether a pack that an import made may be replaced.

    Raises:
        UsageError: The file exists and may not be replaced, or cannot be written.
    """
    try:
        if file.exists() and not (replace and _is_imported(file)):
            way_out = "choose another" if replace else "choose another, or replace it with --force"
            reason = "was not made by monitor import" if replace else "exists"
            raise UsageError(f"{file} {reason}; {way_out}")
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as written:
                written.write(text)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(file)
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
    """Return *text* as one line of comment."""
    return f"# {' '.join(''.join(c if c.isprintable() else ' ' for c in text).split())}"


def toml_string(text: str) -> str:
    """Return *text* as a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def toml_list(texts: Iterable[str], key: str) -> list[str]:
    """Return the lines of ``key = [...]``, wrapped."""
    items = [*map(toml_string, texts)]
    line = f"{key} = [{', '.join(items)}]"
    if len(line) <= _WIDTH:
        return [line]
    lines, current = [f"{key} = ["], ""
    for item in items:
        if current and len(current) + len(item) + 2 > _WIDTH:
            lines.append(current)
            current = ""
        current = f"{current} {item}," if current else f"    {item},"
    return [*lines, current, "]"]


def _actor(actor: ImportedActor, settings: ActorSettings) -> Iterator[str]:
    for line, written in actor.written:
        yield comment(f"line {line}: {written}")
    yield f"[actors.{actor.id if '.' not in actor.id else toml_string(actor.id)}]"
    yield f"name = {toml_string(actor.name)}"
    if actor.spellings.aliases:
        yield from toml_list(actor.spellings.aliases, "aliases")
    if actor.spellings.weak:
        yield from toml_list(actor.spellings.weak, "weak")
        yield from toml_list(settings.context, "context")
    if not settings.fuzzy:
        yield 'fuzzy = "off"'
    if settings.severity:
        yield f"severity = {toml_string(settings.severity)}"
    if settings.tags:
        yield from toml_list(settings.tags, "tags")
