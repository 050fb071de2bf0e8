from __future__ import annotations

import json

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


@pytest.mark.parametrize("pattern", ["lists/*.toml", "**/*.toml", "lists/listed.toml"])
def test_a_pack_that_a_pattern_of_include_matches_needs_no_further_line(terminal, names, tmp_path, pattern):
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "listed.toml").write_text("")
    terminal.config.write_text(f'include = ["{pattern}"]\n' + terminal.config.read_text())
    (tmp_path / "lists" / "listed.toml").unlink()
    typed = terminal.type("import", "names", str(names), "-o", str(tmp_path / "lists" / "listed.toml"))
    assert typed.code == 0, typed.err
    assert "to include" not in typed.err


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
    assert "1 spelling of 14 found in 3 stored entries" in typed.err


@pytest.fixture
def cluster(terminal, tmp_path):
    terminal.configure()
    file = tmp_path / "threat-actor.json"

    def write(*values, version=1):
        document = {"name": "Threat Actor", "type": "threat-actor", "version": version, "values": [*values]}
        file.write_text(json.dumps(document))
        return file

    return write


VELMARIX = {"value": "Velmarix", "meta": {"synonyms": ["Grintosh Crew"]}}


def test_an_imported_galaxy_is_a_pack_that_check_accepts(terminal, cluster, tmp_path):
    pack = tmp_path / "groups.toml"
    play = {"value": "Play"}
    typed = terminal.type("import", "misp-galaxy", str(cluster(VELMARIX, play)), "-o", str(pack))
    assert typed.code == 0
    assert 'warning: Play: "Play" is short; made weak: it counts only near a context word' in typed.err
    assert "the list names no date, so the date of the file is used" in typed.err
    assert f"{pack}: 2 actors, 2 aliases, 2 weak; 2 warnings" in typed.err
    terminal.config.write_text(f'include = ["{pack}"]\n' + terminal.config.read_text())
    assert terminal.type("check").code == 0
    assert "actor threat-actor-velmarix" in terminal.type("explain", "Velmarix empties wallets").out
    assert "actor threat-actor-play" in terminal.type("explain", "Play ransomware empties wallets").out


def test_an_update_shows_what_changes_and_keeps_options(terminal, cluster, tmp_path):
    pack = tmp_path / "groups.toml"
    options = ("--tag", "groups", "--severity", "high", "--list-date", "2026-11-01")
    gone = {"value": "Qarvex"}
    assert terminal.type("import", "misp-galaxy", str(cluster(VELMARIX, gone)), "-o", str(pack), *options).code == 0
    newer = cluster({"value": "Velmarix", "meta": {"synonyms": ["Krantzel"]}}, {"value": "Zelkrant"}, version=2)
    before = pack.read_text()
    dry = terminal.type("import", "misp-galaxy", str(newer), "--update", str(pack), "--dry-run")
    assert (dry.code, pack.read_text()) == (0, before)
    typed = terminal.type("import", "misp-galaxy", str(newer), "--update", str(pack))
    assert typed.code == 0
    assert typed.out.splitlines()[-8:] == [
        "1 actor added",
        "  + threat-actor-zelkrant: Zelkrant",
        "1 actor removed",
        "  - threat-actor-qarvex: Qarvex",
        "1 alias added",
        '  + threat-actor-velmarix: "Krantzel"',
        "1 alias removed",
        '  - threat-actor-velmarix: "Grintosh Crew"',
    ]
    text = pack.read_text()
    assert text.count('tags = ["groups"]') == text.count('severity = "high"') == 2
    assert "2026-11-01" not in text


def test_an_update_as_json_is_complete(terminal, cluster, tmp_path):
    pack = tmp_path / "groups.toml"
    terminal.type("import", "misp-galaxy", str(cluster(VELMARIX)), "-o", str(pack))
    typed = terminal.type("import", "misp-galaxy", str(cluster({"value": "Zelkrant"})), "--update", str(pack), "--json")
    found = json.loads(typed.out)
    assert found["counts"] == {"feeds": 0, "actors": 1, "aliases": 1, "addresses": 0, "weak": 0}
    assert found["changes"]["actors"] == {
        "added": [{"actor": "threat-actor-zelkrant", "name": "Zelkrant"}],
        "removed": [{"actor": "threat-actor-velmarix", "name": "Velmarix"}],
    }
    assert found["changes"]["aliases"] == {"added": [], "removed": []}
    assert found["warnings"][0]["record"] == ""


def test_ids_stay_when_a_newer_list_has_the_same_name_twice(terminal, cluster, tmp_path):
    pack = tmp_path / "groups.toml"
    terminal.type("import", "misp-galaxy", str(cluster({"value": "Velmarix!"})), "-o", str(pack))
    terminal.type("import", "misp-galaxy", str(cluster(VELMARIX, {"value": "Velmarix!"})), "--update", str(pack))
    assert "# Velmarix! = Velmarix!\n[actors.threat-actor-velmarix]\n" in pack.read_text()
    assert "# Velmarix = Velmarix\n[actors.threat-actor-velmarix-2]\n" in pack.read_text()


def test_an_edited_pack_is_updated_only_with_force(terminal, cluster, tmp_path):
    pack = tmp_path / "groups.toml"
    terminal.type("import", "misp-galaxy", str(cluster(VELMARIX)), "-o", str(pack))
    edited = pack.read_text() + "# mine\n"
    pack.write_text(edited)
    typed = terminal.type("import", "misp-galaxy", str(cluster(VELMARIX)), "--update", str(pack))
    assert (typed.code, pack.read_text()) == (2, edited)
    assert "was edited since it was made" in typed.err
    assert terminal.type("import", "misp-galaxy", str(cluster(VELMARIX)), "--update", str(pack), "--force").code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-o", "{pack}", "--update", "{pack}"], "--update writes to the pack itself; leave out -o"),
        (["--update", "{missing}"], "there is no"),
        (["--update", "{config}"], "was not made by monitor import"),
        (["--update", "{names}"], "was made by monitor import names; use that command"),
        (["-o", "-", "--json"], "both write to stdout"),
        (["-o", "{pack}", "--dry-run"], "--dry-run shows what --update would change"),
        (["-o", "{pack}", "--list-date", "3 May"], "is not a date; use the form 2026-11-25"),
    ],
)
def test_wrong_uses_of_update_are_refused(terminal, cluster, names, tmp_path, words, message):
    made = tmp_path / "made.toml"
    terminal.type("import", "names", str(names), "-o", str(made))
    known = {"pack": tmp_path / "p.toml", "missing": tmp_path / "m.toml", "config": terminal.config, "names": made}
    typed = terminal.type("import", "misp-galaxy", str(cluster(VELMARIX)), *(w.format_map(known) for w in words))
    assert typed.code == 2
    assert message in typed.err
    assert not known["pack"].exists()


def test_a_broken_list_leaves_the_pack_as_it_is(terminal, cluster, tmp_path):
    pack = tmp_path / "groups.toml"
    terminal.type("import", "misp-galaxy", str(cluster(VELMARIX)), "-o", str(pack))
    before, file = pack.read_bytes(), cluster()
    for raw in (b"", b'{"values": [', b"PK\x03\x04", b'{"values": []}', b'{"values": [{"value": "G0001"}]}'):
        file.write_bytes(raw)
        typed = terminal.type("import", "misp-galaxy", str(file), "--update", str(pack))
        assert (typed.code, pack.read_bytes()) == (2, before)
        assert typed.err.startswith(f"monitor: {file}")
    assert sorted(path.name for path in tmp_path.iterdir() if "groups" in path.name) == ["groups.toml"]


SDN = '36,"TIN FERRY EXCHANGE",-0- ,"CYBER2",' + ",".join(["-0- "] * 7)
ETH = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


def test_the_ofac_list_becomes_a_pack_with_addresses(terminal, tmp_path):
    terminal.configure()
    sdn, alt, pack = tmp_path / "sdn-2026-11-20.csv", tmp_path / "alt.csv", tmp_path / "ofac.toml"
    sdn.write_text(f'{SDN},"Digital Currency Address - ETH {ETH}."\n')
    alt.write_text('36,1,aka,"GRINTOSH SWAP",-0- \n')
    typed = terminal.type("import", "ofac", str(sdn), "--alt", str(alt), "-o", str(pack))
    assert typed.code == 0
    assert "1 actor, 1 address, 2 aliases, 0 weak; 0 warnings" in typed.err
    assert "# OFAC SDN list, of 2026-11-20. A name match is no identification." in pack.read_text()
    assert '"GRINTOSH SWAP",  # SDN 36, a.k.a.' in pack.read_text()
    terminal.config.write_text(f'include = ["{pack}"]\n' + terminal.config.read_text())
    assert terminal.type("check").code == 0
    explained = terminal.type("explain", f"Funds moved to {ETH} last night").out
    assert "address on the OFAC SDN list of 2026-11-20" in explained


def test_an_update_without_a_file_that_the_pack_was_made_with_is_refused(terminal, tmp_path):
    sdn, alt, pack = tmp_path / "sdn.csv", tmp_path / "alt.csv", tmp_path / "ofac.toml"
    sdn.write_text(f"{SDN},-0- \n")
    alt.write_text('36,1,aka,"GRINTOSH SWAP",-0- \n')
    terminal.type("import", "ofac", str(sdn), "--alt", str(alt), "-o", str(pack))
    typed = terminal.type("import", "ofac", str(sdn), "--update", str(pack))
    assert typed.code == 2
    assert "was made with --alt; give the newer file too" in typed.err
    assert terminal.type("import", "ofac", str(sdn), "--alt", str(alt), "--update", str(pack)).code == 0


def test_feeds_of_a_reader_become_a_pack_that_check_accepts(terminal, tmp_path):
    terminal.configure()
    file, pack = tmp_path / "feeds.opml", tmp_path / "feeds.toml"
    outline = '<outline text="{0}" type="rss" xmlUrl="https://{1}.example/feed"/>'
    wire, desk = outline.format("Wire", "wire"), outline.format("Desk", "desk")
    login = '<outline text="Paid" xmlUrl="https://ana:t0psecret@paid.example/"/>'
    file.write_text(f'<opml version="2.0"><body><outline text="News">{wire}{login}</outline></body></opml>')
    typed = terminal.type("import", "opml", str(file), "-o", str(pack), "--tag", "reader")
    assert typed.code == 0
    assert 'warning: "Paid" has a login in its address; left out' in typed.err
    assert f"{pack}: 1 feed; 1 warning" in typed.err
    assert (
        '[feeds.wire-2]\nurl = "https://wire.example/feed"\noutlet = "Wire"\ntags = ["News", "reader"]'
        in pack.read_text()
    )
    assert "t0psecret" not in pack.read_text() + typed.err
    terminal.config.write_text(f'include = ["{pack}"]\n' + terminal.config.read_text() + 'contact = "a@b.example"\n')
    file.write_text(f'<opml version="2.0"><body>{desk}{wire}</body></opml>')
    typed = terminal.type("import", "opml", str(file), "--update", str(pack))
    assert typed.out.splitlines()[1:] == ["1 feed added", "  + desk: https://desk.example/feed"]
    assert '[feeds.wire-2]\nurl = "https://wire.example/feed"\noutlet = "Wire"\ntags = ["reader"]' in pack.read_text()


def test_attack_and_opensanctions_become_packs_that_check_accepts(terminal, tmp_path):
    terminal.configure()
    attack, entities = tmp_path / "attack.json", tmp_path / "entities.ftm.json"
    group = {"type": "intrusion-set", "id": "intrusion-set--1", "name": "Velmarix", "aliases": ["Velmarix", "G0990"]}
    attack.write_text(json.dumps({"type": "bundle", "objects": [group]}))
    wallet = {"id": "w", "schema": "CryptoWallet", "properties": {"publicKey": [ETH], "holder": ["Q1"]}}
    person = {"id": "Q1", "schema": "Person", "properties": {"name": ["Ivo Zelkin"], "topics": ["sanction"]}}
    entities.write_text(f"{json.dumps(wallet)}\n{json.dumps(person)}\n")
    packs = [tmp_path / "attack.toml", tmp_path / "os.toml"]
    assert terminal.type("import", "mitre", str(attack), "-o", str(packs[0])).code == 0
    assert terminal.type("import", "opensanctions", str(entities), "-o", str(packs[1])).code == 0
    assert "sanctions = true" in packs[1].read_text()
    assert f'addresses = ["{ETH}"]' in packs[1].read_text()
    terminal.config.write_text(f'include = ["{packs[0]}", "{packs[1]}"]\n' + terminal.config.read_text())
    assert terminal.type("check").code == 0


def test_import_csv_is_import_names(terminal, names, tmp_path):
    pack = tmp_path / "p.toml"
    assert terminal.type("import", "csv", str(names), "-o", str(pack)).code == 0
    assert terminal.type("import", "names", str(names), "--update", str(pack)).code == 0


def test_records_that_differ_in_punctuation_only_stay_different_actors(terminal, cluster, tmp_path):
    pack = tmp_path / "groups.toml"
    values = [{"value": 'Velmarix: "North"'}, {"value": "Velmarix = North"}]
    assert terminal.type("import", "misp-galaxy", str(cluster(*values)), "-o", str(pack)).code == 0
    before = pack.read_text()
    assert terminal.type("import", "misp-galaxy", str(cluster(*values)), "--update", str(pack)).code == 0
    assert pack.read_text().count("[actors.") == 2
    assert pack.read_text().partition("[lists")[2] == before.partition("[lists")[2]
