"""Every example of the documentation is run or checked.

What is done depends on the language of the code block:

- ``toml`` is a configuration and is loaded; what it lacks (a feed, an actor, a destination, the
  contact) is added. Its ``[[tests]]`` run.
- ``console`` has commands after ``$`` and what they print. The commands run, in a folder with a configuration and a
  database; what the page shows must be printed in that order. ``...`` and ``…`` stand for anything. ``cat`` of a file
  that does not exist yet creates it.
- ``sh`` has commands without their output. Those of ``monitor`` run in the same folder, unless they need a network, a
  daemon, a service manager or a file of the reader. ``test_command_lines.py`` checks words and options of all commands.
- ``json`` is parsed, each line by itself if it is NDJSON; so is JSON in running text. ``yaml`` is parsed.
- ``key = value`` and ``[table] key`` in running text must be settings.
- ``text`` is output or a file of another program; it holds no commands of ``monitor`` after a ``$``.

Indented blocks are not allowed, because nothing says how they are checked.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.documentation import (
    DOCS,
    GUIDE,
    PAGE_IDS,
    PAGES,
    REPOSITORY,
    Block,
    Sandbox,
    all_blocks,
    blocks,
    keys_in_schema,
    shown_in,
    turns,
)
from support.documented_commands import Line, inline_code, lines_of, mistakes_in, parse

from monitor.cli.app import run
from monitor.config import json_schema, load
from monitor.watchlist import lint_watchlist

NOT_RUN = {"text", "{toctree}"}
# commands that need a network, a daemon, an empty folder or root, or that never end
ELSEWHERE = {"init", "run", "once", "web", "demo", "doctor", "status", "service", "restore"}
# published lists, as far as the examples need them
EMPTY = ",".join(["-0- "] * 7)
LISTS = {
    "SDN.CSV": f'25308,"ZELKIN, Ivo Petrov","individual","CYBER2",{EMPTY},"-0- "\r\n',
    "ALT.CSV": '25308,1,"aka","ZED","-0- "\r\n',
    "sdn_advanced.xml": """<sdnList xmlns="https://tempuri.org/sdnList.xsd"><publshInformation>
<Publish_Date>11/20/2026</Publish_Date></publshInformation><sdnEntry><uid>36</uid><lastName>TIN FERRY LLC</lastName>
<sdnType>Entity</sdnType></sdnEntry></sdnList>""",
    "threat-actor.json": """{"name": "Threat Actor", "type": "threat-actor", "version": 7, "values": [
{"value": "Velmarix", "meta": {"synonyms": ["Tin Ferry"]}}]}""",
    "sanctions.csv": "name\nTin Ferry Exchange\n",
    "customers-of-concern.csv": "name\nTin Ferry Exchange\n",
}
WITH_TESTS = [  # a valid one is loaded too
    param for param in all_blocks("toml") if "[[tests]]" in param.values[0].text and param.values[0].page != GUIDE
]
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
    extended = {name: actor for name, actor in tomllib.loads(text).get("actors", {}).items() if "extend" in actor}
    for name in (name for name in tomllib.loads(text).get("include", ()) if re.fullmatch(r"[\w-]+\.toml", name)):
        own = "\n".join(f"[actors.{key}]\naliases = {['Any', *a.get('remove', ())]}" for key, a in extended.items())
        (path.parent / name).write_text(own)
    loaded = load(path, environ={**secrets, "CREDENTIALS_DIRECTORY": str(path.parent)})
    assert loaded.config is not None, "\n".join(map(str, loaded.problems))
    return list(map(str, (*loaded.problems, *lint_watchlist(loaded.config))))


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_the_language_of_every_code_block_says_how_it_is_checked(page):
    known = NOT_RUN | {"toml", "console", "sh", "json", "yaml"}
    assert {block.language for block in blocks(page)} - known == set()


@pytest.mark.parametrize("block", [b for b in all_blocks("toml") if "[[tests]]" not in b.values[0].text])
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


def name_of(page: Path) -> str:
    return str(page.relative_to(REPOSITORY))


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page != GUIDE and re.search("```(console|sh)", page.read_text())], ids=name_of
)
def test_the_commands_of_a_page_print_what_it_shows(sandbox: Sandbox, page):
    for name, content in LISTS.items():
        (sandbox.folder / name).write_text(content)
    for block in blocks(page):
        if block.language == "console":
            for command, expected in turns(block.text):
                printed = typed(sandbox, command, expected)
                assert shown_in(expected, printed), f"{block.id}: $ {command}\n{printed}"
        elif block.language == "sh":
            for line in lines_of(block.text):
                if line.program == "monitor" and needs_nothing(line):
                    typed_line(sandbox, line)


def typed(sandbox: Sandbox, command: str, expected: str) -> str:
    """Run a command with its output as the page shows it, and return what it printed."""
    (line,) = lines_of(command)
    if line.program == "cat":
        file = sandbox.folder / line.words[1]
        if not file.exists():
            file.write_text(expected)
        return file.read_text()
    if line.program == "sed":
        done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
        return done.stdout
    if line.program == "python3":
        script = DOCS / line.words[1]
        words = [sys.executable, script, *line.words[2:]]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return typed_line(sandbox, line)


def typed_line(sandbox: Sandbox, line: Line) -> str:
    """Run ``monitor``, store its output if the line says so, and return everything that it printed."""
    assert line.program == "monitor", line
    result = sandbox.run(*line.words[1:])
    printed = f"{result.out}\n{result.err}"
    assert result.code in (0, 1), f"{line.words}\n{printed}"
    if line.output:
        (sandbox.folder / line.output).write_text(result.out)
    return printed


def needs_nothing(line: Line) -> bool:
    """Return whether a command runs without a network, a daemon, a service manager, root and a file of the reader."""
    given = [word for before, word in pairwise(line.words) if before not in ("-o", "--junit")]
    words = [word for word in given if not word.startswith("-")]
    outside = {"--online", "--discover", "--version"} & set(line.words) or any(
        w.startswith(("/", "~")) for w in (*words, line.output)
    )
    own_files = {Path(word) for word in words if re.fullmatch(r"[\w./-]+\.(toml|db|ndjson|csv|xml|json)", word)}
    placeholder = any(word.isupper() and word.isalpha() for word in words)
    return not (outside or placeholder or ELSEWHERE & set(words) or any(not file.exists() for file in own_files))


def test_every_form_of_a_search_that_the_reference_lists_is_accepted(sandbox: Sandbox):
    page = DOCS / "reference" / "commands.md"
    block = next(block for block in blocks(page) if "entries with both words" in block.text)
    forms = [re.split(r"  +", line)[0] for line in block.text.splitlines()]
    assert len(forms) > 5
    results = {form: sandbox.run("search", "--", form) for form in forms}
    assert {form: result.err for form, result in results.items() if result.code not in (0, 1)} == {}


def settings_of(schema: dict[str, Any]) -> dict[str, set[str]]:
    """Return the keys of each table by its first name, of all tables under an empty one."""
    found: dict[str, set[str]] = {"": set()}
    for path in keys_in_schema(schema, schema["definitions"]):
        found.setdefault(path[0], set()).add(path[-1])
        found[""].add(path[-1])
    return found


SETTINGS = settings_of(json_schema())


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_every_setting_in_running_text_exists(page):
    wrong = []
    for code in inline_code(page):
        if setting := re.fullmatch(r"\[([a-z]+)\] ([a-z_]+)( = .+)?", code):
            wrong += [code] * (setting[2] not in SETTINGS.get(setting[1], ()))
        elif re.fullmatch(r"[a-z_]+ = .+", code) and "…" not in code:
            wrong += [code] * (not set(tomllib.loads(code)) <= SETTINGS[""])
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_json_in_running_text_can_be_parsed(page):
    found = [code for code in inline_code(page) if re.match(r"\{\"\w+\": ", code)]
    assert [code for code in found if json.loads(code) is None] == []


@pytest.mark.parametrize("block", all_blocks("yaml"))
def test_every_piece_of_yaml_can_be_parsed_and_names_what_exists(block: Block):
    content = yaml.safe_load(block.text)
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())
    assert set(values_of(content, "id")) <= {hook["id"] for hook in hooks}
    wrong = {run: mistakes_in(parse(run)) for run in values_of(content, "run")}
    assert {run: mistakes for run, mistakes in wrong.items() if mistakes} == {}


def values_of(content: Any, key: str) -> list[str]:
    """Return the texts under *key*, however deep."""
    if isinstance(content, list):
        return [text for item in content for text in values_of(item, key)]
    if not isinstance(content, dict):
        return []
    own = [content[key]] if isinstance(content.get(key), str) else []
    return own + [text for item in content.values() for text in values_of(item, key)]


def indented_code(text: str) -> list[str]:
    """Return the first lines of indented code blocks; below an item of a list, code is indented by four more."""
    found, list_indent, before = [], 0, ""
    for line in re.sub(r"(?ms)^( *)```.*?^\1```", "-", text).splitlines():
        indent = len(line) - len(line.lstrip())
        if item := re.match(r" *([-*]|\d+\.) ", line):
            list_indent = len(item[0])
        elif line and indent < list_indent and not before:
            list_indent = 0
        if line.strip() and not item and not before and indent >= list_indent + 4:
            found.append(line.strip())
        before = line.strip()
    return found


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_no_code_is_only_indented(page):
    assert indented_code(page.read_text()) == []


def test_indented_code_is_noticed_and_the_text_of_a_list_is_none():
    assert indented_code("Text.\n\n    code\n    more\n") == ["code"]
    assert indented_code("- item\n\n  its text\n\n      code\n\nText\n\n    code 2\n") == ["code", "code 2"]
    assert indented_code("10. item\n\n    its text\n    goes on\n") == []


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


@pytest.mark.parametrize("page", sorted((DOCS / "cookbook").glob("*.md")), ids=lambda page: page.stem)
def test_a_complete_configuration_of_the_cookbook_has_no_warning(tmp_path, page):
    complete = next(block for block in blocks(page) if block.language == "toml")
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "ofac.toml").write_text('[actors.any]\naliases = ["Any Actor"]\n')
    assert complaints(tmp_path / "config.toml", complete.text) == []


def test_the_first_commands_of_the_readme_are_make_demo_and_make_test():
    block = next(block for block in blocks(PAGES[0]) if block.language == "sh")
    assert [" ".join(line.words) for line in lines_of(block.text)] == ["make demo", "make test"]
