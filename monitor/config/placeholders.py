"""Resolve the placeholders ``${NAME}`` and ``${file:name}``, which keep secrets out of the configuration file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.config.regular_file import describe_os_error, read_regular_file

PLACEHOLDER = re.compile(r"\$\{([^{}]*)\}")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
WELL_FORMED = re.compile(r"\$\{(file:[^{}]+|[A-Za-z_][A-Za-z0-9_]*)\}")
FILE = "file:"
SECRETS = "secrets"  # the folder of the files from which `monitor service install` makes systemd take credentials
MAX_BYTES = 65_536  # of a file that contains a secret


class PlaceholderError(Exception):
    """Raised for a placeholder that has no value, such as an environment variable that is not set.

    Args:
        message: What is wrong, as the rest of a sentence that begins with "KEY in [SECTION]".
        hint: How to fix the problem.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class ResolvedText:
    """A text in which placeholders were replaced by their values."""

    text: str
    secrets: tuple[str, ...] = ()  # the values
    errors: tuple[PlaceholderError, ...] = ()


def resolve_placeholders(text: str, *, environ: Mapping[str, str], folder: Path) -> ResolvedText:
    """Return *text* with each placeholder replaced by its value, without escaping.

    ``${NAME}`` is an environment variable. ``${file:name}`` is the contents of the file *name*, without a line break at
    the end: in ``CREDENTIALS_DIRECTORY`` (systemd.exec(5), LoadCredential), else at the path *name*, else in the folder
    ``secrets`` of *folder*, from which systemd takes the credentials. A placeholder without a value stays in the text
    and is listed as an error.

    Args:
        text: A value of the configuration.
        environ: The environment variables.
        folder: The directory to which a path in ``${file:name}`` is relative.
    """
    secrets: list[str] = []
    errors: list[PlaceholderError] = []

    def value_of(match: re.Match[str]) -> str:
        try:
            value = _value(match[1], environ, folder)
        except PlaceholderError as error:
            errors.append(error.with_traceback(None))  # which would keep every frame
            return match[0]
        secrets.append(value)
        return value

    filled = PLACEHOLDER.sub(value_of, text)
    if "${" in PLACEHOLDER.sub("", text):
        errors.append(PlaceholderError('contains "${" without "}"', "write ${NAME} or ${file:name}"))
    return ResolvedText(filled, tuple(secrets), tuple(errors))


def _value(name: str, environ: Mapping[str, str], folder: Path) -> str:
    if name.startswith(FILE):
        return _file_value(name.removeprefix(FILE), environ, folder)
    if not NAME.fullmatch(name):
        raise PlaceholderError("contains ${...} without a valid variable name", "write ${NAME} or ${file:name}")
    value = environ.get(name, "")
    if not value:
        state = "empty" if name in environ else "not set"
        raise PlaceholderError(f"needs the environment variable {name}, which is {state}", f"set {name}")
    if any("\ud800" <= character <= "\udfff" for character in value):  # how Python writes bytes that are not UTF-8
        raise PlaceholderError(f"needs the environment variable {name}, which is not UTF-8 text", "write it as UTF-8")
    return value


def _file_value(name: str, environ: Mapping[str, str], folder: Path) -> str:
    path = folder / name
    try:
        path = secret_file(name, environ, folder)
        raw, _ = read_regular_file(path, MAX_BYTES)
        value = raw.decode().removesuffix("\n").removesuffix("\r")
    except OSError as error:
        remedy = "create the file, or provide a systemd credential of that name"
        if isinstance(error, PermissionError):
            remedy = "run as a user who may read it: root, or the user of the service"
        raise PlaceholderError(f"needs the file {path}: {describe_os_error(error)}", remedy) from None
    except ValueError:
        raise PlaceholderError(f"needs the file {path}, which is not UTF-8 text", "save the file as UTF-8") from None
    if not value:
        raise PlaceholderError(f"needs the file {path}, which is empty", "write the secret into it")
    return value


def placeholder_files(text: str, *, environ: Mapping[str, str], folder: Path) -> tuple[Path, ...]:
    """Return every path at which ``resolve_placeholders`` would look for a file, whether it exists or not.

    Args:
        text: A value of the configuration, or a whole file.
        environ: The environment variables.
        folder: The directory to which a path in ``${file:name}`` is relative.
    """
    names = [
        name.removeprefix(FILE) for name in PLACEHOLDER.findall(text) if name.startswith(FILE) and "\0" not in name
    ]
    folders = [
        folder,
        folder / SECRETS,
        *([Path(environ["CREDENTIALS_DIRECTORY"])] if environ.get("CREDENTIALS_DIRECTORY") else []),
    ]
    return tuple(place / name for name in names for place in folders)


def placeholders_of_file(text: str) -> frozenset[str]:
    """Return what stands in the placeholders of a TOML file, such as ``NAME`` or ``file:name``; not in its comments."""
    try:
        return frozenset(_placeholders_in(tomllib.loads(text)))
    except (ValueError, RecursionError):  # a file with errors: some of what is found may be in comments
        lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
        return frozenset(name for line in lines for name in PLACEHOLDER.findall(line))


def _placeholders_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from PLACEHOLDER.findall(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _placeholders_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _placeholders_in(item)


def secret_file(name: str, environ: Mapping[str, str], folder: Path) -> Path:
    """Return the path of the file that ``${file:name}`` means in a configuration in *folder*."""
    if not name or "\0" in name:
        raise PlaceholderError("contains ${file:} without a name", "write ${file:name}")
    if name == Path(name).name:
        # a command in a terminal gets no credentials from systemd, and may read the same files
        given = environ.get("CREDENTIALS_DIRECTORY")
        credentials = Path(given, name) if given else None
        for path in (credentials, folder / name, folder / SECRETS / name):
            if path and _may_exist(path):
                return path
    return folder / name


def _may_exist(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # in a folder that the current user may not enter; reading it reports that
        return True
