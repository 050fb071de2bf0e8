"""``monitor db forget``: delete the data of a person."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import config_option, load_active_config
from monitor.cli.output import printable
from monitor.errors import UsageError
from monitor.wording import counted

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.store import Reader
    from monitor.store.forgetting import Forgetting, Found, Subject

STOP_FIRST = "stop the daemon first"  # the remedy if another process uses the database


@click.command(name="forget")
@config_option
@click.argument("what", metavar="ACTOR|TEXT")
@click.option("--text", "as_text", is_flag=True, help="Take the argument as a text even if an actor has that id.")
@click.option("-m", "--message", "why", default="", help="The reason; it is kept, so do not name the person.")
@click.option("--yes", is_flag=True, help="Delete. Without it, only show what would be deleted.")
def forget(config_path: Path | None, what: str, as_text: bool, why: str, yes: bool) -> None:
    """Delete the data of a person: all that mentions the actor with the id ACTOR, or TEXT as whole words.

    Entries are deleted with all versions of their texts, hits, messages, triage notes and the words of the search
    index. Then the file is rewritten, so that it does not contain the deleted text any more; this needs as much free
    disk space as the database uses. The hit log records how much was deleted, when, why and by whom, but not the text.
    Entries that a feed still lists are not stored again. The daemon must be stopped.
    """
    from monitor.store import forgetting, open_reader

    config = load_active_config(config_path)
    path = config.storage.path
    with open_reader(path, upgraded=False) as reader:
        subject = _subject(config, reader, what, as_text=as_text)
        found = forgetting.find(reader, subject)
    click.echo(_preview(found, subject))
    if not yes:
        click.echo("Nothing was deleted. Add --yes -m WHY to delete it; the daemon must be stopped.", err=True)
        return
    if not why.strip():
        raise UsageError("give the reason with -m; the hit log keeps it, so do not name the person")
    for line in _deleted(path, subject, why.strip()):
        click.echo(line, err=True)
    for line in _copies_elsewhere(config):
        click.echo(line, err=True)


def _deleted(path: Path, subject: Subject, why: str) -> Iterator[str]:
    """Delete the data, and yield what was deleted and what still contains the text."""
    from monitor import clock
    from monitor.daemon.control_client import author
    from monitor.store import InstanceLock, forgetting, open_reader, open_writer, write

    with InstanceLock(path, remedy=STOP_FIRST) as lock:
        with open_writer(path, lock) as db:
            db.execute("PRAGMA secure_delete = ON").fetchall()
            with write(db):
                record = forgetting.forget(db, subject, author=author(), why=why, now=clock.now())
        yield _words(record)
        forgetting.erase_free_pages(path)
        with open_reader(path) as reader:
            left = forgetting.remaining(reader, subject)
    yield from (f"kept: {counted(number, 'row')} of {place} with that text" for place, number in left.items())


def forgetting_lines(path: Path) -> list[str]:
    """Return a line for each deletion of a person's data from the database at *path*."""
    from monitor.store import forgetting, open_reader

    with open_reader(path, upgraded=False) as db:
        return [_words(record) for record in forgetting.forgettings(db)]


def _words(record: Forgetting) -> str:
    whose = "an actor" if record.kind == "actor" else "a text"
    what = f"{counted(record.entries, 'entry')} and {counted(record.hits, 'hit')}"
    messages = f", {counted(record.deliveries, 'message')}" if record.deliveries else ""
    when = f"{record.at[:16].replace('T', ' ')} UTC, by {printable(record.author)}: {printable(record.why)}"
    return f"forgotten (number {record.hit_id} of the hit log): {what} that mentioned {whose}{messages}; {when}"


def _subject(config: Config, db: Reader, what: str, *, as_text: bool) -> Subject:
    from monitor.store import forgetting

    actor = config.actors.get(what)
    found = [] if as_text else forgetting.spellings_found(db, what)
    if as_text or not (actor or found):
        return forgetting.Subject(phrases=(what,))
    if actor is None:  # of a former actor it is not known which of its spellings are ordinary words
        return forgetting.Subject(what, tuple(text for _, text in found if " " in text.strip()))
    written = [alias.strip("=* ") for alias in actor.aliases if not alias.startswith("/")]
    mentioned = [text for alias, text in found if alias in actor.aliases or alias in actor.addresses]
    names = (name for name in (*written, *mentioned, *actor.addresses) if any(map(str.isalnum, name)))
    return forgetting.Subject(what, tuple(dict.fromkeys(names)))


def _preview(found: Found, subject: Subject) -> str:
    whose = f"the actor {subject.actor}" if subject.actor else "this text"
    parts = [
        counted(len(found.ids), "entry"),
        counted(found.hits, "hit"),
        counted(found.deliveries, "message"),
        counted(found.triages, "triage note"),
        counted(found.stories, "whole story", "whole stories"),
    ]
    return f"{', '.join(parts[:-1])} and {parts[-1]} mention {whose}"


def _copies_elsewhere(config: Config) -> list[str]:
    """Return what still contains the text outside the database file: backups, copies, the configuration."""
    path, backup = config.storage.path, config.storage.backup
    copies = [
        file
        for file in path.parent.glob(f"{glob.escape(path.name)}.*")
        if ".before-" in file.name or ".restored-" in file.name
    ]
    copies += [*path.parent.glob("monitor-*.db")]
    copies += [*backup.directory.glob("monitor-*.db")] if backup and backup.directory != path.parent else []
    lines = [f"not changed: the copy {file}; delete it when it is not needed any more" for file in sorted(set(copies))]
    kept = f"the configuration, its stored versions and {path.name}.config.json; sent messages, exports, logs"
    return [*lines, f"not changed: {kept}"]
