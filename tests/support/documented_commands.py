"""Commands as they stand in documentation, and what is wrong with them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from support.documentation import REPOSITORY, blocks

from monitor.cli.app import app
from monitor.errors import UsageError

DISTRIBUTION = "crypto-news-monitor"
ENVIRONMENT = Path("/opt/monitor/venv")
UNITS = {path.name for path in (REPOSITORY / "systemd").iterdir()} | {"monitor", "litestream.service"}
SYSTEMCTL = {"start", "stop", "restart", "enable", "disable", "edit", "status"}
TARGETS = set(re.findall(r"(?m)^([a-z][a-z-]*):", (REPOSITORY / "Makefile").read_text()))


@dataclass(frozen=True)
class Line:
    """A command line: its words without comments, and where its output goes."""

    words: tuple[str, ...]
    output: str = ""  # a file; empty: the terminal
    piped_to: tuple[str, ...] = ()

    @property
    def program(self) -> str:
        return Path(self.words[0]).name if self.words else ""


def lines_of(shell: str) -> Iterator[Line]:
    """Yield the command lines of a piece of shell."""
    for text in re.sub(r"\\\n\s*", "", shell).splitlines():
        command = re.sub(r"(^|\s)# .*", "", text)
        for part in re.split(r" && |; (?=[a-z])", command.strip()):
            line = parse(part)
            if line.words:
                yield line


def parse(text: str) -> Line:
    """Return a command as the shell would split it; an ellipsis and brackets around what is optional are left out."""
    lexer = shlex.shlex(text.replace("`", "'"), posix=True, punctuation_chars="|>&")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    words = [word for word in lexer if word not in ("…", "...")]
    end = next((n for n, word in enumerate(words) if word and word[0] in "|>&"), len(words)) if words else 0
    rest = words[end + 1 :]
    is_file = end < len(words) and words[end].startswith(">")
    plain = [re.sub(r"[\[\]…]|\.\.\.", "", word) if not re.search(r"[{ =]", word) else word for word in words[:end]]
    return Line(tuple(word for word in plain if word), rest[0] if is_file else "", () if is_file else tuple(rest))


def mistakes_in(line: Line, *, complete: bool = True) -> list[str]:
    """Return what is wrong with a command line.

    Args:
        line: Of ``monitor``, or of another program that the documentation uses.
        complete: Whether required arguments must be there; text about a command may leave them out.
    """
    if line.program == "monitor":
        return monitor_mistakes(list(line.words[1:]), complete=complete)
    if line.program not in OTHERS:
        return [f"nothing checks commands of {line.program}"]
    return list(OTHERS[line.program](list(line.words[1:])))


def monitor_mistakes(words: list[str], *, complete: bool) -> list[str]:
    """Return what ``monitor`` would refuse of these arguments; a word in capitals stands for any value."""
    command: click.Command = app
    context = click.Context(app, info_name="monitor")
    while True:
        try:
            values, rest, _ = command.make_parser(context).parse_args(words)
        except click.UsageError as error:
            return [error.format_message()]
        found = [m for param in command.params for m in _refused(param, values.get(param.name or ""), context)]
        if found:
            return found
        if not isinstance(command, click.Group):
            missing = [p.name for p in command.params if p.required and not _texts(values.get(p.name or ""))]
            return [f"unexpected: {' '.join(rest)}"] * bool(rest) + [f"{n} is missing" for n in missing if complete]
        if not rest:
            return []
        inner = command.get_command(context, rest[0])
        if inner is None:
            return [f"there is no command {rest[0]}"]
        context = click.Context(inner, parent=context, info_name=rest[0])
        command, words = inner, rest[1:]


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for each in value for text in _texts(each)] if isinstance(value, list | tuple) else []


def _refused(param: click.Parameter, value: object, context: click.Context) -> Iterator[str]:
    if isinstance(param.type, click.Path | click.File):
        return
    for text in _texts(value):
        if text.isupper():
            continue
        try:
            param.type.convert(text, param, context)
        except (click.BadParameter, UsageError) as error:
            yield f"{param.name}: {error}"


# ---------------------------------------------------------------- other programs


def _make(words: list[str]) -> Iterator[str]:
    yield from (f"make has no target {word}" for word in words if "=" not in word and word not in TARGETS)


def _packages(words: list[str]) -> Iterator[str]:
    """Yield what is neither this project nor a file of its release."""
    names = [word for word in words if not word.startswith("-") and word not in ("install", "upgrade", "tool", "pip")]
    wheel = rf"{DISTRIBUTION.replace('-', '_')}-[\d.]+-py3-none-any\.whl"
    for name in names:
        if not re.fullmatch(rf"{DISTRIBUTION}(==\S+)?|{wheel}", name) and not (REPOSITORY / name).is_file():
            yield f"what is {name}?"


def _units(words: list[str]) -> Iterator[str]:
    verb, *rest = [word for word in words if word != "--now"] or [""]
    if verb not in SYSTEMCTL:
        yield f"systemctl {verb}"
    yield from (f"there is no unit {word}" for word in rest if word not in UNITS)


def _journal(words: list[str]) -> Iterator[str]:
    units = [words[n + 1] for n, word in enumerate(words[:-1]) if word in ("-u", "--unit")]
    yield from (f"there is no unit {unit}" for unit in units if unit not in UNITS)


def _installed(words: list[str]) -> Iterator[str]:
    """Yield paths in the environment of the service that the wheel does not install."""
    for path in map(Path, words):
        if path.is_relative_to(ENVIRONMENT / "share") and not (REPOSITORY / path.relative_to(ENVIRONMENT)).exists():
            yield f"the wheel does not install {path}"


def _containers(words: list[str]) -> Iterator[str]:
    files = [words[n + 1] for n, word in enumerate(words[:-1]) if word == "--file"]
    yield from (f"there is no file {file}" for file in files if not (REPOSITORY / file).is_file())
    if DISTRIBUTION in words and words[0] == "run":
        yield from monitor_mistakes(words[words.index(DISTRIBUTION) + 1 :], complete=True)


def _python(words: list[str]) -> Iterator[str]:
    script = words[0] if words else ""
    if script.endswith(".py") and not any((REPOSITORY / folder / script).is_file() for folder in ("", "docs")):
        yield f"there is no file {script}"


def _nothing(words: list[str]) -> Iterable[str]:
    return ()


UNCHECKED = (
    *(
        "apt-get",
        "cat",
        "cp",
        "chmod",
        "chown",
        "fuser",
        "head",
        "install",
        "litestream",
        "mkdir",
        "mv",
        "npx",
        "rm",
        "rsync",
        "sed",
    ),
    *("export", "ssh-keygen", "ssh-keyscan", "ulimit", "umask", "useradd"),
)
OTHERS: dict[str, Callable[[list[str]], Iterable[str]]] = {
    "make": _make,
    "pip": _packages,
    "pipx": _packages,
    "uv": _packages,
    "systemctl": _units,
    "journalctl": _journal,
    "ln": _installed,
    "man": _installed,
    "podman": _containers,
    "docker": _containers,
    "python3": _python,
    **dict.fromkeys(UNCHECKED, _nothing),
}


def inline_code(page: Path) -> list[str]:
    """Return what stands between backticks in the text of a page."""
    text = re.sub(r"(?ms)^ *```.*?^ *```", "", page.read_text())
    return [" ".join(code.split()) for code in re.findall(r"(?<!`)`([^`]+)`(?!`)", text)]


def inline_lines(page: Path) -> list[tuple[str, Line]]:
    """Return the commands in the text of a page."""
    programs = {"monitor", *OTHERS} - {"head", "cat", "uv", "man"}
    found = [code for code in inline_code(page) if code.split(" ", 1)[0] in programs and " " in code]
    return [(code, line) for code in found for line in lines_of(code)]


def block_lines(page: Path) -> list[tuple[str, Line]]:
    """Return the commands in the code blocks of a page."""
    found = []
    for block in blocks(page):
        if block.language == "sh":
            found += [(" ".join(line.words), line) for line in lines_of(block.text)]
        elif block.language == "console":
            commands = re.findall(r"(?m)^\$ (.*)$", block.text)
            found += [(command, line) for command in commands for line in lines_of(command)]
    return found
