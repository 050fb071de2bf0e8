from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from monitor.config import Config, WatchedPaths, load
from monitor.daemon.reload import ConfigurationSource, Reloader, WatchedFiles
from monitor.errors import ConfigError

FEEDS = '[feeds]\nwire = "https://wire.example/feed"\n'
RULES = """
[actors]
heron = ["Night Heron"]
[rules.named]
actors = ["heron"]
send_to = ["desk"]
[destinations.desk]
url = "console://"
"""
BROKEN = "[feeds\n"
LONG_AGO = 1_700_000_000_000_000_000


class Watched:
    """A configuration on disk, and a daemon that reloads it when it is edited."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_text(FEEDS + RULES)
        self.active = self._read()
        self.applied: list[Config] = []
        self.reloader = Reloader(
            ConfigurationSource(self._read, lambda: load(path, environ={}).watched, self._apply, lambda: self.active)
        )

    def _read(self) -> Config:
        loaded = load(self.path, environ={})
        if loaded.config is None:
            raise ConfigError(loaded.problems)
        return loaded.config

    async def _apply(self, config: Config) -> None:
        self.active = config
        self.applied.append(config)

    async def write(self, text: str) -> None:
        self.path.write_text(text)
        await self.looks()

    async def looks(self, times: int = 4) -> None:
        """Do what the daemon does in so many seconds."""
        for _ in range(times):
            await self.reloader.reload_if_edited()

    @property
    def feeds(self) -> set[str]:
        return set(self.active.feeds)


@pytest.fixture
def config(tmp_path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text("a = 1\n")
    os.utime(path, ns=(LONG_AGO, LONG_AGO))
    return path


@pytest.fixture
async def watched(tmp_path) -> Watched:
    watched = Watched(tmp_path / "config.toml")
    await watched.looks()
    return watched


def test_nothing_is_reported_while_nothing_changes(config):
    files = WatchedFiles(WatchedPaths((config,)))
    assert [files.edited() for _ in range(3)] == [False] * 3


def test_an_edit_is_reported_once_the_file_has_not_changed_for_a_while(config):
    files = WatchedFiles(WatchedPaths((config,)))
    config.write_text("a = 2 # half")
    assert not files.edited()
    config.write_text("a = 2 # half, and the rest")
    assert [files.edited() for _ in range(3)] == [False, False, True]
    files.begin_reading()
    assert [files.edited() for _ in range(2)] == [False] * 2


def test_an_edit_while_the_file_is_read_is_not_missed(config):
    files = WatchedFiles(WatchedPaths((config,)))
    files.begin_reading()
    config.write_text("a = 2")
    files.end_reading(WatchedPaths((config,)))
    assert [files.edited() for _ in range(3)] == [False, False, True]


@pytest.mark.parametrize("edit", [Path.unlink, lambda path: path.write_text("a = 2")], ids=["removed", "written"])
def test_a_file_that_is_removed_or_written_is_an_edit(config, edit):
    files = WatchedFiles(WatchedPaths((config,)))
    edit(config)
    assert [files.edited() for _ in range(3)] == [False, False, True]


def test_a_file_that_is_replaced_by_an_equal_one_is_an_edit(config):
    files = WatchedFiles(WatchedPaths((config,)))
    new = config.with_name("new")
    new.write_text(config.read_text())
    new.replace(config)
    assert [files.edited() for _ in range(3)] == [False, False, True]


async def test_what_was_edited_after_it_was_read_at_the_start_is_found(tmp_path):
    watched = Watched(tmp_path / "config.toml")
    await watched.write((FEEDS + RULES).replace("wire", "herald"))
    assert watched.feeds == {"herald"}


async def test_an_edit_that_changes_nothing_is_not_applied(watched, caplog):
    caplog.set_level("INFO")
    await watched.write(f"# a comment\n{FEEDS}{RULES}")
    assert not watched.applied
    assert not caplog.records


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it has no feed, but"),
        ("# all gone\n", "it has no feed, but"),
        (RULES, "it has no feed, but the active configuration has 1"),
        (FEEDS, "it has no rule, but"),
        (FEEDS + RULES.replace("[destinations.desk]\nurl", "[feeds.x]\nurl"), "destination"),
        (BROKEN, "config.toml:1"),
    ],
    ids=["empty", "a comment", "no feed", "no rule", "no destination", "broken"],
)
async def test_a_configuration_that_has_lost_all_feeds_or_rules_is_refused(watched, text, says):
    await watched.write(text)
    assert says in watched.reloader.refused
    assert (watched.feeds, watched.applied) == ({"wire"}, [])
    await watched.write(FEEDS + RULES)
    assert watched.reloader.refused == ""


async def test_a_refusal_is_logged_once(watched, caplog):
    await watched.write(BROKEN)
    await watched.looks(10)
    assert [record.message for record in caplog.records] == ["configuration refused, the previous one stays active"]


async def test_an_included_file_that_is_corrected_after_a_refusal_is_noticed(watched):
    more = watched.path.with_name("more.toml")
    more.write_text(BROKEN)
    await watched.write(f'include = ["more.toml"]\n{FEEDS}{RULES}')
    assert "more.toml" in watched.reloader.refused
    more.write_text('[feeds]\nherald = "https://herald.example/feed"\n')
    await watched.looks()
    assert (watched.reloader.refused, watched.feeds) == ("", {"wire", "herald"})


async def test_a_file_that_is_missing_and_then_written_is_noticed(watched):
    await watched.write(f'include = ["lists/more.toml"]\n{FEEDS}{RULES}')
    assert "more.toml" in watched.reloader.refused
    watched.path.with_name("lists").mkdir()
    watched.path.with_name("lists").joinpath("more.toml").write_text("[actors]\negret = ['Grey Egret']\n")
    await watched.looks()
    assert "egret" in watched.active.actors


async def test_a_new_file_in_a_folder_that_a_pattern_names_is_noticed(watched):
    folder = watched.path.with_name("lists")
    folder.mkdir()
    await watched.write(f'include = ["lists/*.toml"]\n{FEEDS}{RULES}')
    folder.joinpath("new.toml").write_text('[feeds]\nherald = "https://herald.example/feed"\n')
    await watched.looks()
    assert watched.feeds == {"wire", "herald"}


async def test_a_secret_file_that_is_rotated_is_noticed(watched):
    secret = watched.path.with_name("token")
    secret.write_text("old-token")
    await watched.write(FEEDS.replace("/feed", "/feed?token=${file:token}") + RULES)
    secret.write_text("new-token")
    await watched.looks()
    assert watched.active.feeds["wire"].url.endswith("?token=new-token")


def fifo(path: Path) -> None:
    os.mkfifo(path)


def gigabytes(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3_000_000_000)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (fifo, "not a regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "not a regular file"),
        (gigabytes, "larger than 64,000 kB"),
        (Path.mkdir, "is a directory"),
        (lambda path: path.write_text("a = " + "[" * 2000 + "]" * 2000), "nested too deeply"),
        (lambda path: path.write_text("a = " + "[" * 200_000), "nested too deeply"),
    ],
    ids=["pipe", "device", "gigabytes", "folder", "2,000 brackets", "200,000 brackets"],
)
async def test_anything_but_a_readable_regular_file_is_refused(watched, make, says):
    watched.path.unlink()
    make(watched.path)
    await watched.looks()
    assert says in watched.reloader.refused
    assert watched.feeds == {"wire"}


# ---------------------------------------------------------------- many edits


def lists(generation: int) -> dict[str, str]:
    """Return the files of a configuration whose every part names its generation."""
    return {
        "feeds.toml": f'[feeds]\nwire-{generation} = "https://wire.example/{generation}"\n',
        "actors.toml": f'[actors]\nheron-{generation} = ["Night Heron {generation}"]\n',
    }


MAIN = """
include = ["lists/*.toml"]
[rules.named-{generation}]
actors = ["heron-{generation}"]
send_to = ["desk"]
[destinations.desk]
url = "console://"
"""


class Editor:
    """Edits the files of a configuration in the ways in which people and programs do."""

    def __init__(self, watched: Watched, dice: random.Random) -> None:
        self._watched = watched
        self._main = watched.path
        self._lists = watched.path.with_name("lists")
        self._dice = dice
        self._generation = 0

    async def edit(self) -> int | None:
        """Edit something; return the generation that is whole on disk now, None if it is broken."""
        good, bad = (
            (self.replace_folder, self.write_slowly, self.replace_by_link),
            (self.break_it, self.remove, self.pipe),
        )
        self._generation += 1
        return await self._dice.choice(good if self._dice.random() < 0.5 else bad)()

    async def replace_folder(self) -> int:
        new = self._folder()
        self._clear(self._lists)
        new.rename(self._lists)
        self._write_main()
        return self._generation

    async def replace_by_link(self) -> int:
        self._clear(self._lists)
        self._lists.symlink_to(self._folder())
        self._write_main()
        return self._generation

    async def write_slowly(self) -> int:
        self._clear(self._lists)
        self._clear(self._main)
        self._lists.mkdir()
        files = {self._lists / name: text for name, text in lists(self._generation).items()}
        for path, text in {**files, self._main: MAIN.format(generation=self._generation)}.items():
            cut = self._dice.randrange(1, len(text))
            path.write_text(text[:cut])
            await self._watched.looks(1)
            with path.open("a") as file:
                file.write(text[cut:])
            await self._watched.looks(1)
        return self._generation

    async def break_it(self) -> None:
        self._clear(self._main)
        self._main.write_text(MAIN.format(generation=self._generation)[: -self._dice.randrange(2, 10)])

    async def remove(self) -> None:
        self._clear(self._main)

    async def pipe(self) -> None:
        self._clear(self._main)
        os.mkfifo(self._main)

    def _folder(self) -> Path:
        folder = self._main.with_name(f"lists-{self._generation}")
        folder.mkdir()
        for name, text in lists(self._generation).items():
            folder.joinpath(name).write_text(text)
        return folder

    def _write_main(self) -> None:
        new = self._main.with_name("config.new")
        new.write_text(MAIN.format(generation=self._generation))
        new.replace(self._main)

    @staticmethod
    def _clear(path: Path) -> None:
        if path.is_dir() and not path.is_symlink():
            path.rename(path.with_name(f"old-{path.name}-{path.stat().st_ino}-{path.stat().st_mtime_ns}"))
        else:
            path.unlink(missing_ok=True)


def generation_of(config: Config) -> str:
    """Return the generation that every part of *config* is of."""
    names = [*config.feeds, *config.actors, *config.rules]
    (generation,) = {name.rpartition("-")[2] for name in names}
    assert len(names) == 3, names
    return generation


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)])
async def test_after_each_of_200_random_edits_the_last_valid_watchlist_is_active(tmp_path, seed):
    watched = Watched(tmp_path / "config.toml")
    editor = Editor(watched, random.Random(seed))
    await editor.replace_folder()
    await watched.looks(5)
    for _ in range(200 if seed > 1 else 40):
        now = await editor.edit()
        if editor._dice.random() < 0.3:  # the next edit comes before this one has been read
            await watched.looks(1)
            continue
        await watched.looks(5)
        assert now is None or generation_of(watched.active) == str(now)
        assert bool(watched.reloader.refused) == (now is None)
    assert all(generation_of(config) for config in watched.applied)


async def test_a_reload_logs_what_changed_in_words(watched, caplog):
    caplog.set_level("INFO", logger="monitor.daemon.reload")
    await watched.write(FEEDS + RULES.replace('["Night Heron"]', '["Night Heron", "Heron Crew"]'))
    (record,) = [r for r in caplog.records if r.message == "configuration active"]
    assert record.values["changes"] == 'actor heron: + "Heron Crew"'
    assert [str(change) for change in watched.reloader.changes] == ['actor heron: + "Heron Crew"']
