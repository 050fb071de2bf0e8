"""Secrets that stay out of the file: ``${NAME}`` and ``${file:name}``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PLACEHOLDER = re.compile(r"\$\{([^{}]*)\}")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
WELL_FORMED = re.compile(r"\$\{(file:[^{}]+|[A-Za-z_][A-Za-z0-9_]*)\}")
FILE = "file:"
MAX_BYTES = 65_536  # of a file that holds a secret


@dataclass(frozen=True, slots=True)
class ResolvedText:
    """A text with its placeholders filled in, what was put there, and what could not be."""

    text: str
    secrets: tuple[str, ...] = ()
    complaints: tuple[tuple[str, str], ...] = ()  # what is wrong, the way out


def resolve_placeholders(text: str, *, environ: Mapping[str, str], folder: Path) -> ResolvedText:
    """Return *text* with each placeholder replaced by its value, as it is: nothing is escaped.

    ``${NAME}`` is taken from *environ*. ``${file:name}`` is read from the folder that ``CREDENTIALS_DIRECTORY`` names
    (systemd.exec(5), LoadCredential), else from the path *name*, which counts from *folder*; one line break at its
    end is dropped. A placeholder without a value stays in the text and brings a complaint.
    """
    secrets: list[str] = []
    complaints: list[tuple[str, str]] = []

    def value_of(match: re.Match[str]) -> str:
        try:
            value = _value(match[1], environ, folder)
        except _MissingError as missing:
            complaints.append((missing.complaint, missing.hint))
            return match[0]
        secrets.append(value)
        return value

    filled = PLACEHOLDER.sub(value_of, text)
    if "${" in PLACEHOLDER.sub("", text):
        complaints.append(('holds "${" without an end', "write ${NAME} or ${file:name}"))
    return ResolvedText(filled, tuple(secrets), tuple(complaints))


class _MissingError(Exception):
    def __init__(self, complaint: str, hint: str) -> None:
        super().__init__(complaint)
        self.complaint = complaint
        self.hint = hint


def _value(name: str, environ: Mapping[str, str], folder: Path) -> str:
    if name.startswith(FILE):
        return _file_value(name.removeprefix(FILE), environ, folder)
    if not NAME.fullmatch(name):
        raise _MissingError("holds ${...} with what is no name of a variable", "write ${NAME} or ${file:name}")
    value = environ.get(name, "")
    if not value:
        state = "empty" if name in environ else "not set"
        raise _MissingError(f"needs the environment variable {name}, which is {state}", f"set {name}")
    return value


def _file_value(name: str, environ: Mapping[str, str], folder: Path) -> str:
    path = folder / name
    try:
        path = _secret_file(name, environ, folder)
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        value = raw.decode().removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise _MissingError(
            f"needs the file {path}: {(error.strerror or 'cannot be read').lower()}",
            "make that file, or give it as a systemd credential",
        ) from None
    except ValueError:
        raise _MissingError(f"needs the file {path}, which is not text in UTF-8", "write the secret as text") from None
    if not value or len(raw) > MAX_BYTES:
        raise _MissingError(
            f"needs the file {path}, which is {'too large' if value else 'empty'}", "write the secret there"
        )
    return value


def _secret_file(name: str, environ: Mapping[str, str], folder: Path) -> Path:
    if not name or "\0" in name:
        raise _MissingError("holds ${file:} without a name", "write ${file:name}")
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    if credentials and name == Path(name).name:
        credential = Path(credentials, name)
        if credential.exists():
            return credential
    return folder / name
