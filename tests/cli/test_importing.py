from __future__ import annotations

import pytest
from support.store_samples import entry, feed, put_entry

from monitor.store import open_writer, write
from monitor.store.feeds import configure

LIST = 'Name;Aliases;Type\n"ZELKIN, Ivo Petrov";Zed | Snake;individual\nQarvex Trading LLC;;entity\nLazarus Group;;\n'


@pytest.fixture
def names(terminal, tmp_path):
    terminal.configure()
    file = tmp_path / "names.csv"
    file.write_text(LIST)
    return file


def test_an_imported_list_is_a_pack_that_check_accepts(terminal, names, tmp_path):
    pack = tmp_path / "listed.toml"
    typed = terminal.type("import", "names", str(names), "-o", str(pack))
    assert (typed.code, typed.out.strip()) == (0, str(pack))
    assert 'names in "Name"; aliases in "Aliases"; types in "Type"' in typed.err
    assert f'{names}:2: warning: "Snake" is an ordinary word' in typed.err
    assert "[actors.lazarus] of your configuration" in typed.err
    assert f'Next: add "{pack}" to include in {terminal.config}' in typed.err
    terminal.config.write_text(f'include = ["{pack}"]\n' + terminal.config.read_text())
    assert terminal.type("check").code == 0
    found = terminal.type("explain", "Exchange froze funds of Ivo Zelkin")
    assert "actor ivo-petrov-zelkin" in found.out


def test_nothing_is_overwritten(terminal, names):
    before = terminal.config.read_text()
    typed = terminal.type("import", "names", str(names), "-o", str(terminal.config), "--force")
    assert typed.code == 2
    assert "was not made by monitor import; choose another" in typed.err
    assert terminal.config.read_text() == before


def test_the_pack_can_be_printed(terminal, names):
    typed = terminal.type("import", "names", str(names), "-o", "-", "--one-actor", "listed", "--severity", "high")
    assert "[actors.listed]" in typed.out
    assert 'severity = "high"' in typed.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "name the file to write"),
        (["-o", "-", "--one-actor", "x", "--actor-per-row"], "exclude each other"),
        (["-o", "-", "--name-column", "Nam"], 'there is no column "Nam"'),
        (["-o", "-", "--one-actor", "not an id"], "not a valid name"),
    ],
)
def test_wrong_options_are_refused(terminal, names, words, message):
    typed = terminal.type("import", "names", str(names), *words)
    assert typed.code == 2
    assert message in typed.err


def test_a_directory_is_rejected(terminal, names, tmp_path):
    typed = terminal.type("import", "names", str(tmp_path), "-o", "-")
    assert (typed.code, typed.err) == (2, f"monitor: {tmp_path}: is a directory, not a regular file\n")


def test_a_preview_counts_the_stored_entries_that_a_name_matches(terminal, names, tmp_path):
    db = open_writer(tmp_path / "monitor.db")
    with write(db):
        configure(db, [feed()])
        for key, title in enumerate(("Funds of Ivo Zelkin frozen", "Ivo Zelkin flees", "Snake River floods")):
            put_entry(db, entry(str(key), title=title))
    db.close()
    typed = terminal.type("import", "names", str(names), "--preview")
    assert "Ivo Zelkin" in typed.out
    assert " 2 " in typed.out
    assert "Snake" not in typed.out
    assert "1 spelling of 12 found in 3 stored entries" in typed.err
