"""Every example of the documentation is run or checked.

What is done depends on the language of the code block:

- ``toml`` is a configuration and is loaded; what it lacks (a feed, an actor, a destination, the
  contact) is added. Its ``[[tests]]`` run.
- ``console`` has commands after ``$`` and what they print. The commands run, in a folder with a configuration and a
  database; what the page shows must be printed in that order. ``...`` and ``…`` stand for anything.
- ``json`` is parsed, each line by itself if it is NDJSON.
- ``sh`` has commands that need a network, a service manager or another machine. They do not run; those of ``monitor``
  must exist, with all of their options. The same holds for commands in running text and in indented blocks.
- ``text``, ``ini``, ``yaml``, ``python`` and the like are output and files of other programs; they hold no commands of
  ``monitor`` after a ``$``.
"""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Iterable
from pathlib import Path

import click
import pytest
from support.documentation import PAGE_IDS, PAGES, Block, Sandbox, all_blocks, blocks

from monitor.cli.app import app, run
from monitor.config import load
from monitor.watchlist import lint_watchlist

NOT_RUN = {"", "text", "sh", "ini", "yaml", "python", "dockerfile", "nginx", "diff", "mermaid", "{toctree}"}
WITH_TESTS = [block for block in all_blocks("toml") if "[[tests]]" in block.values[0].text]  # a valid one is loaded too
PASSWORD_HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA"
# what an example may lack, besides an actor: a feed, the destinations that its rules name, the contact
SURROUNDINGS = {
    ("feeds", "any-feed"): '[feeds.any-feed]\nurl = "https://feed.example/rss"\n',
    ("destinations", "terminal"): '[destinations.terminal]\nurl = "console://"\n',
    ("destinations", "duty-phone"): '[destinations.duty-phone]\nurl = "console://"\n',
    ("http", "contact"): '[http]\ncontact = "you@example.org"\n',
}


def completed(example: str) -> str:
    """Return a piece of TOML with the feed, the destinations and the contact that it lacks."""
    given = tomllib.loads(example)
    lacking = [text for (table, name), text in SURROUNDINGS.items() if name not in given.get(table, {})]
    if not {"actors", "include"} & set(given):
        lacking.append('[actors]\nany-actor = ["Any Actor"]\n')
    return "\n".join([example, *lacking])


def complaints(path: Path, text: str) -> list[str]:
    """Return all that is wrong with a configuration, warnings too; every secret that it names has a value."""
    secrets = dict.fromkeys(re.findall(r"\$\{(\w+)\}", text), "json://127.9.8.2/hook")
    secrets |= {name: PASSWORD_HASH for name in secrets if re.fullmatch(r"WEB_(ANA|BEN)", name)}
    secrets |= {name: "0123456789abcdef01234567" for name in secrets if name in ("WEB_SIEM", "WEB_PROMETHEUS")}
    for name in re.findall(r"\$\{file:([\w.-]+)\}", text):
        (path.parent / name).write_text("json://127.9.8.2/hook")
    path.write_text(text)
    loaded = load(path, environ={**secrets, "CREDENTIALS_DIRECTORY": str(path.parent)})
    assert loaded.config is not None, "\n".join(map(str, loaded.problems))
    return list(map(str, (*loaded.problems, *lint_watchlist(loaded.config))))


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_the_language_of_every_code_block_says_how_it_is_checked(page):
    known = NOT_RUN | {"toml", "console", "json"}
    assert {block.language for block in blocks(page)} - known == set()


@pytest.mark.parametrize("block", [b for b in all_blocks("toml") if b not in WITH_TESTS])
def test_every_piece_of_toml_is_a_valid_configuration(tmp_path, block: Block):
    found = complaints(tmp_path / "config.toml", completed(block.text))
    # warnings are to be expected: an example may define what it does not use
    assert [said for said in found if ": error: " in said] == []


@pytest.mark.parametrize("block", WITH_TESTS)
def test_every_example_of_monitor_test_passes(tmp_path, monkeypatch, capsys, block: Block):
    text = completed(block.text)
    for name in re.findall(r"\$\{(\w+)\}", text):
        monkeypatch.setenv(name, "json://127.9.8.2/hook")
    (tmp_path / "config.toml").write_text(text)
    assert run(["test", str(tmp_path / "config.toml")]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("block", all_blocks("json"))
def test_every_piece_of_json_can_be_parsed(block: Block):
    try:
        json.loads(block.text)
    except json.JSONDecodeError:
        for line in block.text.splitlines():
            json.loads(line)


def turns(text: str) -> list[tuple[str, str]]:
    """Return the commands of a ``console`` block, each with what it prints."""
    parts = re.split(r"(?m)^\$ (.*)\n?", text)
    assert not parts[0].strip(), f"text before the first command: {parts[0]}"
    return list(zip(parts[1::2], parts[2::2], strict=True))


def shown_in(expected: str, printed: str) -> re.Match[str] | None:
    """Return where *expected* is in *printed*; ``...`` and ``…`` stand for anything, any blanks for any others."""
    pieces = [re.escape(" ".join(piece.split())) for piece in re.split(r"\.\.\.|…", expected)]
    return re.search(".*?".join(pieces), " ".join(printed.split()))


@pytest.mark.parametrize("page", [page for page in PAGES if "```console" in page.read_text()], ids=str)
def test_the_commands_of_a_page_print_what_it_shows(sandbox: Sandbox, page):
    for block in blocks(page):
        if block.language != "console":
            continue
        for command, expected in turns(block.text):
            words = shlex.split(command, comments=True)
            if words[0] == "cat":  # shows a file that a later command reads
                (sandbox.folder / words[1]).write_text(expected)
                continue
            assert words[0] == "monitor", command
            result = sandbox.run(*words[1:])
            printed = f"{result.out}\n{result.err}"
            assert shown_in(expected, printed), f"{block.id}: $ {command}\n{printed}"
            assert result.code in (0, 1), printed


def typed(page: Path) -> list[str]:
    """Return the commands of ``monitor`` in a page: in code blocks, in indented blocks and in running text."""
    text = page.read_text()
    fenced = re.findall(r"(?ms)^ *```(?:sh|console|text|)\n(.*?)^ *```", text)
    lines = [line for block in fenced for line in re.sub(r"\\\n\s*", "", block).splitlines()]
    lines += re.findall(r"(?m)^ {4,}((?:\$ )?monitor .*)$", text)
    inline = re.findall(r"(?<!`)`(monitor [^`]+)`(?!`)", text)
    found = [re.sub(r"^\s*(?:\$ )?(?:sudo )?(?:-u \w+ )?", "", line) for line in lines]
    return [command for command in found if re.match(r"monitor( |$)", command)] + [" ".join(c.split()) for c in inline]


def words_of(command: str) -> list[str]:
    """Return the words after ``monitor``, up to a comment, a pipe or a redirection."""
    lexer = shlex.shlex(command.replace("`", "'"), posix=True, punctuation_chars="|>&;")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    words = []
    for word in lexer:
        if word in ("|", ">", ">>", "&&", "&", ";") and words[-1:] != ["-"]:
            break
        words.append(word)
    return words[1:]


def mistakes_in(command: str) -> list[str]:
    """Return the commands and options in *command* that do not exist."""
    words = [word for word in words_of(re.sub(r"[\[\]…]", "", command).replace("...", "")) if word]
    found: click.Command | None = app
    context = click.Context(app)
    mistakes: list[str] = []
    while words and found is not None:
        options = {name: option for option in found.params if isinstance(option, click.Option) for name in option.opts}
        options |= dict.fromkeys(("-h", "--help", "--version"), click.Option(["--help"], is_flag=True))
        word = words.pop(0)
        if word.startswith("-") and word != "-":
            name = word.partition("=")[0]
            if name not in options:
                mistakes.append(f"{name} of {found.name}")
            elif not options[name].is_flag and "=" not in word:
                words[:1] = []
        elif isinstance(found, click.Group) and word.islower() and word.isascii():
            inner = found.get_command(context, word)
            if inner is None and not found.invoke_without_command:
                mistakes.append(f"the command {word}")
            found = inner
    return mistakes


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_every_command_in_the_documentation_exists_with_its_options(page):
    assert {command: wrong for command in typed(page) if (wrong := mistakes_in(command))} == {}


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        ("monitor hits --sinse 3d", ["--sinse of hits"]),
        ("monitor hitz", ["the command hitz"]),
        ("monitor export cases -o x", ["the command cases"]),
        ("monitor -c x.toml hits --json > out", []),
        ("monitor search --ndjson --limit 10 since:7d | monitor match", []),
        ("monitor explain 'a --b'   # why --not", []),
    ],
)
def test_a_mistake_in_a_command_is_noticed(command, wrong):
    assert mistakes_in(command) == wrong


def commands_after_a_prompt(texts: Iterable[str]) -> list[str]:
    return [line for text in texts for line in text.splitlines() if line.startswith("$ monitor")]


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_commands_with_output_are_in_blocks_that_run(page):
    others = [block.text for block in blocks(page) if block.language in NOT_RUN]
    assert commands_after_a_prompt(others) == []


def test_the_configuration_in_the_readme_has_no_warning_and_fits_on_a_screen(tmp_path):
    block = next(block for block in blocks(PAGES[0]) if block.language == "toml")
    assert PAGES[0].name == "README.md"
    assert complaints(tmp_path / "config.toml", block.text) == []
    assert len([line for line in block.text.splitlines() if line]) <= 12


def test_the_first_commands_of_the_readme_are_make_demo_and_make_test():
    first = re.findall(r"(?m)^ {4}(\S+ \S+)", PAGES[0].read_text())
    assert first[:2] == ["make demo", "make test"]
