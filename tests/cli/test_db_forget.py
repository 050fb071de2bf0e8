"""Deleting a person's data: nothing of it stays in the file, the hit log says so and stays intact."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command_line import CONFIG
from support.servers import Reply
from support.sqlite_file import open_sqlite

FEED = b"<rss version='2.0'><channel><title>Wire</title>%s</channel></rss>"
PERSON = "Quendolyn Zarathustra"
ACTOR = '[actors.zara]\naliases = ["Quendolyn Zarathustra"]\n[alerts]\nfirst_run = "alert"\n'


def item(guid: int, title: str, text: str = "") -> bytes:
    return (
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title><description>{text}</description>"
        f"<link>https://wire.example/{guid}</link></item>"
    ).encode()


ABOUT = item(1, f"{PERSON} stole $2M", "She was seen in Ostrava.")
OTHERS = (
    item(2, "Lazarus Group stole $3M from a bridge in Oslo", "Nothing else."),
    item(3, "A quiet week in the harbour", "Said Quendolyn Zarathustra&apos;s sister."),
)


@pytest.fixture(scope="module")
def built() -> dict[str, bytes]:
    """The database that the first test makes, for all tests."""
    return {}


@pytest.fixture
def database(terminal, site, tmp_path, built) -> Path:
    """A database with three hits and their messages; two of them mention a person, and so do notes."""
    path = tmp_path / "monitor.db"
    terminal.configure(CONFIG + ACTOR, site.route("/feed", Reply(body=FEED % b"".join((ABOUT, *OTHERS)))))
    if built:
        path.write_bytes(built["database"])
        return path
    assert terminal.type("once").code == 0
    assert terminal.type("triage", hit_number(terminal, PERSON), "relevant", "-m", f"about {PERSON}").code == 0
    assert terminal.type("triage", hit_number(terminal, "Lazarus"), "noise", "-m", f"not {PERSON}").code == 0
    assert terminal.type("silence", "lazarus", "4h", "-m", f"see {PERSON}").code == 0
    built["database"] = path.read_bytes()
    return path


def hit_number(terminal, title: str) -> str:
    (number,) = (row["id"] for row in json.loads(terminal.type("hits", "--json").out) if row["title"].startswith(title))
    return str(number)


def bytes_of(database: Path) -> bytes:
    parts = (database.with_name(f"monitor.db{part}") for part in ("", "-wal", "-shm"))
    return b"".join(part.read_bytes() for part in parts if part.exists())


def contains(database: Path) -> bool:
    content = bytes_of(database).lower()
    return b"zarathustra" in content or b"quendolyn" in content


def titles(database: Path) -> list[str]:
    with open_sqlite(database) as db:
        found = [row[0] for row in db.execute("SELECT title FROM entries ORDER BY id")]
    db.close()
    return found


def test_without_yes_only_the_counts_are_shown(terminal, database):
    before = titles(database)
    said = terminal.type("db", "forget", PERSON, "--text")
    assert said.out == "2 entries, 2 hits, 2 messages, 1 triage note and 2 whole stories mention this text\n"
    assert "Nothing was deleted" in said.err
    assert titles(database) == before


@pytest.mark.parametrize(
    "what", [(PERSON, "--text"), ("QUENDOLYN  zarathustra",), ("zara",)], ids=["text", "case", "actor"]
)
def test_the_text_is_in_no_byte_of_the_file_afterwards(terminal, database, what):
    assert contains(database)
    said = terminal.type("db", "forget", *what, "--yes", "-m", "GDPR request 17")
    assert said.code == 0, said.err
    assert not contains(database)
    assert titles(database) == ["Lazarus Group stole $3M from a bridge in Oslo"]
    assert "2 entries and 2 hits" in said.err


def test_the_hit_log_stays_intact_and_says_what_was_forgotten_when_and_why(terminal, database):
    terminal.type("db", "forget", PERSON, "--yes", "-m", "GDPR request 17")
    said = terminal.type("db", "check")
    assert said.code == 0, said.out
    assert "2 entries and 2 hits that mentioned a text, 2 messages; " in said.err
    assert ": GDPR request 17" in said.err
    assert "Quendolyn" not in said.err


@pytest.mark.parametrize(
    "edit",
    ["UPDATE forgettings SET why = 'other'", "UPDATE forgettings SET hits = 5"],
)
def test_a_record_that_was_changed_is_reported(terminal, database, edit):
    terminal.type("db", "forget", PERSON, "--yes", "-m", "GDPR request 17")
    with open_sqlite(database) as db:
        db.execute(edit)
    db.close()
    said = terminal.type("db", "check")
    assert said.code == 1
    assert "record of a deletion on request" in said.out


def test_a_record_that_was_removed_is_reported(terminal, database):
    terminal.type("db", "forget", PERSON, "--yes", "-m", "GDPR request 17")
    with open_sqlite(database) as db:
        db.execute("DELETE FROM forgettings")
    db.close()
    assert terminal.type("db", "check").code == 1


def test_hits_found_later_continue_the_log(terminal, site, database):
    terminal.type("db", "forget", PERSON, "--yes", "-m", "GDPR request 17")
    body = FEED % b"".join((ABOUT, *OTHERS, item(4, "Lazarus Group stole $9M in Vega")))
    terminal.configure(CONFIG + ACTOR, site.route("/later", Reply(body=body)))
    said = terminal.type("once")
    assert "wire: 1 new, 1 hit" in said.err
    assert "Zarathustra" not in said.out
    assert not contains(database)
    assert terminal.type("db", "check").code == 0


def test_an_edited_entry_is_not_stored_again_either(terminal, site, database):
    terminal.type("db", "forget", PERSON, "--yes", "-m", "GDPR request 17")
    body = FEED % (item(1, f"Update: {PERSON} stole $5M") + OTHERS[0])
    terminal.configure(CONFIG + ACTOR, site.route("/later", Reply(body=body)))
    terminal.type("once")
    assert titles(database) == ["Lazarus Group stole $3M from a bridge in Oslo"]


def test_notes_elsewhere_that_name_the_person_are_replaced(terminal, database):
    terminal.type("db", "forget", PERSON, "--yes", "-m", "GDPR request 17")
    with open_sqlite(database) as db:
        assert [row[0] for row in db.execute("SELECT why FROM triages UNION ALL SELECT why FROM silences")] == [
            "(forgotten)"
        ] * 2
    db.close()


def test_show_says_that_a_hit_was_forgotten(terminal, database):
    number = hit_number(terminal, PERSON)
    terminal.type("db", "forget", PERSON, "--yes", "-m", "GDPR request 17")
    assert f"hit #{number} was deleted on request on " in terminal.type("show", number).err


def test_a_reason_that_names_the_person_is_refused(terminal, database):
    said = terminal.type("db", "forget", PERSON, "--yes", "-m", "asked by quendolyn zarathustra")
    assert said.code == 2
    assert "write it without the name" in said.err
    assert contains(database)


def test_a_reason_is_needed(terminal, database):
    assert "give the reason with -m" in terminal.type("db", "forget", PERSON, "--yes").err
    assert contains(database)


def test_part_of_a_word_is_no_mention(terminal, database):
    assert terminal.type("db", "forget", "Laz").out.startswith("0 entries, 0 hits")


def test_a_running_daemon_keeps_the_data(terminal, database):
    from monitor.store import InstanceLock

    with InstanceLock(database):
        said = terminal.type("db", "forget", PERSON, "--yes", "-m", "GDPR request 17")
    assert said.code == 4
    assert said.err.endswith("; stop the daemon first\n")
    assert said.err.count(";") == 1
    assert contains(database)


def test_backups_are_named(terminal, database):
    terminal.type("db", "backup")
    said = terminal.type("db", "forget", PERSON, "--yes", "-m", "GDPR request 17")
    (copy,) = database.parent.glob("monitor-*.db")
    assert f"not changed: the copy {copy}" in said.err
    assert "not changed: the configuration" in said.err


def test_copies_of_a_database_with_brackets_in_its_name_are_named_too(terminal, database, tmp_path):
    odd = database.rename(tmp_path / "mon[1].db")
    terminal.configure((CONFIG + ACTOR).replace('path = "monitor.db"', 'path = "mon[1].db"'))
    aside = odd.with_name("mon[1].db.before-restore-20260101-000000Z")
    aside.touch()
    said = terminal.type("db", "forget", PERSON, "--yes", "-m", "GDPR request 17")
    assert f"not changed: the copy {aside}" in said.err
