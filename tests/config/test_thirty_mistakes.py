"""Mistakes that people make in a configuration: where each is reported, and that the way out which is named works."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.cli.app import run

GOOD = """\
[feeds]
wire = "https://wire.example/rss"

[actors.heron]
aliases = ["Heron Kit"]

[keywords]
theft = ["stole*"]

[rules.theft]
actors = ["heron"]
keywords = ["theft"]
within = "10 words"
min_amount = ["$1M"]
send_to = ["desk"]

[destinations.desk]
url = "console://"

[http]
contact = "soc@example.org"
"""


@dataclass(frozen=True)
class Mistake:
    """A change of GOOD that breaks it, where it is reported, and what the message says to do."""

    old: str  # a part of GOOD; empty: its end
    new: str  # what stands there instead
    at: str  # line:column, in another file with its name before
    says: str  # part of message and hint
    fix: tuple[str, str] | None = None  # text to replace and its replacement, as the message says; None: see *repair*
    repair: str = ""  # the name of a function below


DEEP = "[" * 3000 + "]" * 3000

MISTAKES = {
    # ------------------------------------------------------------ typing
    "a key": Mistake("within", "withn", "13:1", 'did you mean "within"?', ("withn", "within")),
    "a section": Mistake("[http]", "[htpp]", "20:2", 'did you mean "http"?', ("htpp", "http")),
    "text for a list": Mistake(
        'actors = ["heron"]', 'actors = "heron"', "11:10", 'write ["heron"]', ('"heron"', '["heron"]')
    ),
    "a number for text": Mistake('["stole*"]', "[7]", "8:10", 'write "7"', ("7", '"7"')),
    "a list for text": Mistake(
        '["Heron Kit"]', '[["Heron Kit"]]', "5:12", "write text in quotes", ('["Heron Kit"]]', '"Heron Kit"]')
    ),
    "true in quotes": Mistake(
        'aliases = ["Heron Kit"]',
        'aliases = ["Heron Kit"]\nextend = "false"',
        "6:10",
        "write false, without quotes",
        ('"false"', "false"),
    ),
    "severity in capitals": Mistake(
        "within", 'severity = "High"\nwithin', "13:12", 'did you mean "high"?', ('"High"', '"high"')
    ),
    "one bracket": Mistake(
        "", '[tests]\ntitle = "x"\nexpect = "nothing"\n', "22:2", "write [[tests]]", ("[tests]", "[[tests]]")
    ),
    "a name with a space": Mistake(
        "[keywords]\ntheft",
        '[keywords]\n"the ft"',
        "8:1",
        "use letters A-Z and a-z, digits, dot, dash",
        ('"the ft"', "theft"),
    ),
    # ------------------------------------------------------------ references
    "an actor": Mistake('actors = ["heron"]', 'actors = ["hron"]', "11:11", 'did you mean "heron"?', ("hron", "heron")),
    "an unlike actor": Mistake(
        'actors = ["heron"]',
        'actors = ["stork"]',
        "11:11",
        "define [actors.stork]",
        ("[keywords]", '[actors.stork]\naliases = ["Stork Kit"]\n[keywords]'),
    ),
    "a tag": Mistake(
        'actors = ["heron"]',
        'actors = ["tag:birds"]',
        "11:11",
        'add tags = ["birds"]',
        ('aliases = ["Heron Kit"]', 'aliases = ["Heron Kit"]\ntags = ["birds"]'),
    ),
    "a destination": Mistake(
        'send_to = ["desk"]', 'send_to = ["dsk"]', "15:12", 'did you mean "desk"?', ("dsk", "desk")
    ),
    "no destination": Mistake(
        'send_to = ["desk"]\n', "", "10:8", 'write send_to = ["DESTINATION"]', ("within", 'send_to = ["desk"]\nwithin')
    ),
    "a pack": Mistake(
        "[feeds]", 'include = ["pack:dprkk"]\n[feeds]', "1:12", 'did you mean "dprk"?', ("dprkk", "dprk")
    ),
    # ------------------------------------------------------------ times, amounts, distances
    "a duration in words": Mistake("[http]", '[http]\nevery = "5 minutes"', "21:9", '"5m"', ("5 minutes", "5m")),
    "a duration without unit": Mistake("[http]", "[http]\nevery = 300", "21:9", 'write "300s"', ("= 300", '= "300s"')),
    "an hour too many": Mistake(
        "", '[health]\nsend_to = ["desk"]\nheartbeat = "25:00"\n', "24:13", '"08:00"', ("25:00", "08:00")
    ),
    "a period": Mistake(
        'url = "console://"',
        'url = "console://"\nquiet_hours = ["22-8"]',
        "19:16",
        '"18:00-08:00"',
        ("22-8", "18:00-08:00"),
    ),
    "a time zone": Mistake(
        "", '[alerts]\ntimezone = "Europe/Berln"\n', "23:12", 'did you mean "Europe/Berlin"?', ("Berln", "Berlin")
    ),
    "no currency": Mistake("$1M", "1M", "14:15", 'write "$1M"', ("1M", "$1M")),
    "two currencies": Mistake("$1M", "$1M EUR", "14:15", "write one of them", ("$1M EUR", "1M EUR")),
    "an amount in words": Mistake("$1M", "a million", "14:15", 'write it as "$1M"', ("a million", "$1M")),
    "a distance without unit": Mistake('"10 words"', "10", "13:10", 'write "15 words"', ("= 10", '= "15 words"')),
    "falling numbers": Mistake(
        "", "[alerts]\ncorroborate = [10, 3]\n", "23:15", "write [3, 10]", ("[10, 3]", "[3, 10]")
    ),
    # ------------------------------------------------------------ expressions
    "an open bracket": Mistake("Heron Kit", "/heron-(kit/", "5:12", "close the bracket with )", ("(kit", "(kit)")),
    "look-ahead": Mistake("Heron Kit", "/heron(?=kit)/", "5:12", "leave it out", ("(?=kit)", "")),
    "matches the empty text": Mistake(
        "Heron Kit", "/(heron)*/", "5:12", "make it require at least one character", ("*", "+")
    ),
    "an empty spelling": Mistake('"Heron Kit"', '"Heron Kit", ""', "5:25", "or delete it", (', ""', "")),
    # ------------------------------------------------------------ secrets
    "a token in a readable file": Mistake(
        "console://", "slack://T12345678/B12345678/abcdefghijklmnopqrstuvwx", "18:7", "chmod 600", None, "chmod"
    ),
    "a variable that is not set": Mistake(
        "console://", "${DESK_ADDRESS}", "18:7", "set DESK_ADDRESS", None, "set_variable"
    ),
    "a file of a secret": Mistake("console://", "${file:desk}", "18:7", "create the file", None, "create_secret"),
    "a misspelled service": Mistake(
        "console://",
        "slakc://T12345678/B12345678/abcdefghijklmnopqrstuvwx",
        "18:7",
        'did you mean "slack"?',
        ("slakc", "slack"),
    ),
    # ------------------------------------------------------------ syntax
    "open quotes": Mistake('["stole*"]', '["stole*]', "8:18", 'end the text with "', ("stole*", 'stole*"')),
    "an open list": Mistake(
        '["Heron Kit"]', '["Heron Kit"', "5:11", "write ] at its end", ('"Heron Kit"', '"Heron Kit"]')
    ),
    "no comma": Mistake('"Heron Kit"', '"Heron Kit" "Heron Set"', "5:24", 'write ["one", "two"]', ('Kit" ', 'Kit", ')),
    "a colon": Mistake("theft = [", "theft: [", "8:6", "write = instead of :", ("theft:", "theft =")),
    "typographic quotes": Mistake(
        '"Heron Kit"', "“Heron Kit”", "5:12", 'write straight quotes: "', ("“Heron Kit”", '"Heron Kit"')
    ),
    "no quotes": Mistake('"Heron Kit"', "Heron Kit", "5:12", "write text in quotes", ("Heron Kit", '"Heron Kit"')),
    "True": Mistake('"Heron Kit"]', '"Heron Kit"]\nextend = False', "6:10", "write false", ("False", "false")),
    "a backslash": Mistake("Heron Kit", "Heron\\Kit", "5:18", r"write \\", ("\\", "\\\\")),
    "a key twice": Mistake(
        "within", 'within = "5 words"\nwithin', "14:1", "merge the two", ('within = "5 words"\n', "")
    ),
    "a table twice": Mistake(
        "",
        '[actors.heron]\naliases = ["Heron Set"]\n',
        "22:9",
        "or rename this one",
        ('\n[actors.heron]\naliases = ["Heron Set', '\n[actors.heron2]\naliases = ["Heron Set'),
    ),
    "TOML 1.1": Mistake(
        'theft = ["stole*"]',
        'theft = {\n  terms = ["stole*"],\n}',
        "8:10",
        "write the inline table on one line, without a comma",
        ('{\n  terms = ["stole*"],\n}', '{ terms = ["stole*"] }'),
    ),
    "too deep": Mistake('"Heron Kit"', DEEP, "5:75", "no setting needs more than 3 levels", (DEEP, '"Heron Kit"')),
    # ------------------------------------------------------------ files
    "a loop": Mistake(
        "[feeds]",
        'include = ["config.toml"]\n[feeds]',
        "1:12",
        "delete one of the lines",
        ('include = ["config.toml"]\n', ""),
    ),
    "a directory": Mistake(
        "[feeds]", 'include = ["folder"]\n[feeds]', "1:12", "or delete it from include", ('"folder"', "")
    ),
    "a FIFO": Mistake("[feeds]", 'include = ["pipe"]\n[feeds]', "1:12", "or delete it from include", ('"pipe"', "")),
    "a file that is not there": Mistake(
        "[feeds]", 'include = ["nope.toml"]\n[feeds]', "1:12", "or delete it from include", ('"nope.toml"', "")
    ),
    "CSV": Mistake(
        "[feeds]",
        'include = ["names.csv"]\n[feeds]',
        "names.csv:1:6",
        "monitor import names FILE.csv -o PACK.toml",
        None,
        "import_names",
    ),
    "a rule in a pack": Mistake(
        "[feeds]", 'include = ["rules.toml"]\n[feeds]', "rules.toml:1:2", "move it to the main file", None, "move_rule"
    ),
    "latin-1": Mistake("Heron Kit", "H\udce9ron Kit", "5:14", "save the file as UTF-8", None, "save_as_utf_8"),
    "a control character": Mistake("Heron Kit", "Heron\x00Kit", "5:18", "delete the character", ("\x00", "")),
}


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DESK_ADDRESS", raising=False)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "names.csv").write_text("Heron,Kit\n")
    (tmp_path / "rules.toml").write_text('[rules.more]\nactors = ["heron"]\nsend_to = ["desk"]\n')
    return tmp_path


def errors_of(capsys) -> list[tuple[str, str]]:
    """Return the place and text of each error that ``check`` reports."""
    capsys.readouterr()
    run(["check", "--json", "config.toml"])
    found = [p for p in json.loads(capsys.readouterr().out) if p["level"] == "error"]
    places = (
        f"{p['line']}:{p['column']}"
        if p["file"] == "config.toml"
        else f"{Path(p['file']).name}:{p['line']}:{p['column']}"
        for p in found
    )
    return list(zip(places, (f"{p['message']}; {p['hint']}" for p in found), strict=True))


def broken(mistake: Mistake) -> str:
    assert mistake.old in GOOD
    return GOOD.replace(mistake.old, mistake.new, 1) if mistake.old else GOOD + mistake.new


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_reported_at_its_place_and_its_way_out_works(folder, capsys, monkeypatch, name):
    mistake = MISTAKES[name]
    config = folder / "config.toml"
    text = broken(mistake)
    config.write_bytes(text.encode(errors="surrogateescape"))
    config.chmod(0o644)
    found = errors_of(capsys)
    assert any(place == mistake.at and mistake.says in said for place, said in found), found
    if mistake.fix:
        old, new = mistake.fix
        assert old in text
        start = text.index(mistake.new) if mistake.new else 0
        start = text.index(old, start) if old in text[start:] else text.index(old)
        config.write_text(text[:start] + new + text[start + len(old) :])
    else:
        getattr(sys.modules[__name__], mistake.repair)(folder, monkeypatch)
    if name == "a misspelled service":  # a token in a file that others can read is the other mistake of this file
        config.chmod(0o600)
    assert errors_of(capsys) == []


def test_several_mistakes_are_reported_in_one_round(folder, capsys):
    """Those that leave the file valid TOML; the others hide what follows them."""
    lines = {
        "within": "withn",
        '"Heron Kit"': '"/heron-(kit/"',
        '"$1M"': '"1M"',
        '"desk"]': '"dsk"]',
        '["stole*"]': "[7]",
    }
    text = GOOD
    for old, new in lines.items():
        text = text.replace(old, new, 1)
    (folder / "config.toml").write_text(text + '[alerts]\ntimezone = "Europe/Berln"\ncorroborate = [10, 3]\n')
    assert sorted((place for place, _ in errors_of(capsys)), key=lambda place: int(place.partition(":")[0])) == [
        "5:12",
        "8:10",
        "13:1",
        "14:15",
        "15:12",
        "23:12",
        "24:15",
    ]


# ---------------------------------------------------------------- what messages say to do outside the file


def chmod(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "config.toml").chmod(0o600)


def set_variable(_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_ADDRESS", "console://")


def create_secret(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "desk").write_text("console://\n")


def import_names(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(["import", "names", "names.csv", "-o", "names.toml"]) == 0
    config = folder / "config.toml"
    config.write_text(config.read_text().replace("names.csv", "names.toml"))


def move_rule(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    config, pack = folder / "config.toml", folder / "rules.toml"
    config.write_text(config.read_text() + pack.read_text())
    pack.write_text("")


def save_as_utf_8(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    config = folder / "config.toml"
    config.write_text(config.read_bytes().decode("latin-1"))
