"""What changed between two configurations, in words."""

from __future__ import annotations

import dataclasses
from datetime import date
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.config import Config, ExampleTest, Expectation, load
from monitor.config.settings import BackupSettings
from monitor.model import (
    Actor,
    Combination,
    Destination,
    Escalation,
    Feed,
    Keyword,
    PageSelectors,
    QuietWindow,
    Recurrence,
    Rule,
    Severity,
    SourceList,
    Threshold,
)
from monitor.watchlist import change_words, find_changes

CONFIG = """
[feeds.coindesk]
url = "https://coindesk.example/feed"
every = "5m"
[actors]
garantex = ["Garantex"]
[keywords]
theft = ["stole*"]
[lists.sdn]
title = "SDN list"
date = 2026-10-01
[rules.theft]
actors = ["*"]
keywords = ["theft"]
within = "25 words"
send_to = ["slack"]
[destinations.slack]
url = "slack://${TOKEN}"
[destinations.log]
url = "console://"
[storage]
path = "monitor.db"
"""
MORNING = Recurrence(frozenset({0}), 480, "Mon 08:00")
NIGHT = QuietWindow(frozenset({0}), 1080, 480, "18:00-08:00")
BACKUP = BackupSettings(86_400.0, Path("/backup"), 7)

# another value for each field of each table; the key of the words is the name of the field in the file
OTHER: dict[type, dict[str, object]] = {
    Actor: {
        "name": "Other", "aliases": ("Garantex", "Grinex"), "weak": ("Gara",), "context": ("exchange",),
        "context_generic": ("coin",), "combine": (Combination((("a",), ("b",)), 3),), "within": 9,
        "exclude": ("Garantex AG",), "fuzzy": 0, "severity": Severity.HIGH, "severity_given": True,
        "tags": frozenset({"x"}), "yields_to": frozenset({"y"}), "note": "see wiki", "refs": ("https://ref.example",),
        "list_id": "eu", "addresses": ("0xab",),
    },
    SourceList: {"title": "Other list", "date": date(2026, 11, 25), "url": "https://list.example/b", "sanctions": True},
    Keyword: {"terms": ("stole*", "heist")},
    Rule: {
        "send_to": ("log",), "actors": frozenset({"z"}), "keywords": frozenset(), "within": 15,
        "min_amount": (Threshold(1000, "USD", "$1k"),), "unless": ("drill",), "feeds": frozenset({"coindesk"}),
        "severity": Severity.LOW, "escalate": Escalation(900.0, ("log",)), "surge": True, "first_in_s": 86_400.0,
    },
    Destination: {
        "url": "mailto://soc.example", "min_severity": Severity.HIGH, "max_severity": Severity.HIGH,
        "max_per_hour": 5, "digest": (MORNING,), "quiet_hours": (NIGHT,), "break_quiet": Severity.CRITICAL,
        "canary": True,
    },
    Feed: {
        "url": "https://coindesk.example/rss", "every_s": 120.0, "outlet": "CoinDesk", "language": "en",
        "tags": frozenset({"news"}), "auth": ("ana", "secret"), "headers": (("X-Key", "secret"),), "adaptive": True,
        "full_text": True, "own_every": False, "page": PageSelectors("li"), "weight": 2,
    },
}  # fmt: skip
SETTINGS: dict[str, dict[str, object]] = {
    "alerts": {
        "timezone": ZoneInfo("Europe/Berlin"), "max_age_s": 60.0, "first_run": "alert", "give_up_s": 60.0,
        "group": "none", "wait_s": 1.0, "corroborate": (5,), "storm": 9,
    },
    "health": {
        "send_to": ("log",), "feed_down_s": 60.0, "heartbeat": MORNING, "canary": MORNING,
        "ping": "https://ping.example/abc", "min_disk": 5,
    },
    "http": {
        "every_s": 60.0, "max_wait_s": 60.0, "timeout_s": 1.0, "max_size": 9, "contact": "a@b.example",
        "allow_private": (ip_network("127.0.0.0/8"),), "proxy": "http://proxy.example",
    },
    "storage": {
        "path": Path("/other.db"), "keep_entries_s": 86_400.0, "keep_hits_s": 86_400.0, "backup": BACKUP,
        "keep_full_text": True,
    },
}  # fmt: skip
TABLES = {
    Actor: "actors", Keyword: "keywords", SourceList: "lists", Rule: "rules", Destination: "destinations",
    Feed: "feeds",
}  # fmt: skip
# derived from [http] for each feed
DERIVED = {(Feed, "max_wait_s")}
UNNAMED = {"aliases", "terms"}  # what the short form of a table gives


def config(tmp_path, text: str = CONFIG) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(text)
    loaded = load(path, environ={"TOKEN": "T0/B0/topsecret"})
    assert loaded.config, loaded.problems
    return loaded.config


def words(before: Config, after: Config) -> list[str]:
    return change_words(find_changes(before, after))


def edited(tmp_path, old: str, new: str) -> list[str]:
    assert old in CONFIG
    return words(config(tmp_path), config(tmp_path, CONFIG.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('["Garantex"]', '["Garantex", "Grinex"]', 'actor garantex: + "Grinex"'),
        ('["Garantex"]', '["Grinex"]', 'actor garantex: name "Garantex" -> "Grinex", + "Grinex" - "Garantex"'),
        ("[keywords]", '[actors.fbi]\naliases = ["FBI"]\n[keywords]', "actor fbi added"),
        ('within = "25 words"', 'within = "15 words"', "rule theft: within 25 -> 15 words"),
        ('within = "25 words"', 'within = "sentence"', "rule theft: within 25 words -> sentence"),
        ('every = "5m"', 'every = "2m"', "feed coindesk: every 5m -> 2m"),
        ('[destinations.log]\nurl = "console://"\n', "", "destination log removed"),
        ("slack://${TOKEN}", "discord://${TOKEN}", "destination slack: url slack://... -> discord://..."),
        ("date = 2026-10-01", "date = 2026-11-25", "list sdn: date 2026-10-01 -> 2026-11-25"),
        ("[feeds.coindesk]\n", "[feeds.coindesk]\nenabled = false\n", "feed coindesk disabled"),
    ],
)
def test_an_edit_is_named_as_it_is_written(tmp_path, old, new, said):
    assert edited(tmp_path, old, new) == [said]


def test_an_added_actor_is_no_change_of_a_rule_for_any_actor(tmp_path):
    assert edited(tmp_path, "[actors]\n", '[actors]\nfbi = ["=FBI"]\n') == ["actor fbi added"]


def test_a_new_interval_of_http_is_named_once_and_not_for_each_feed(tmp_path):
    text = CONFIG.replace('every = "5m"\n', "")
    before, after = config(tmp_path, text), config(tmp_path, text + '[http]\nevery = "9m"\nmax_wait = "2h"\n')
    assert words(before, after) == ["http: every 5m -> 9m, max_wait 1h -> 2h"]


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, f.name) for kind in TABLES for f in dataclasses.fields(kind) if f.name not in ("id", "key")],
)
def test_a_change_of_every_key_of_a_table_is_named(tmp_path, kind, name):
    if (kind, name) in DERIVED:
        return
    if kind is Destination and name == "name":
        return  # its key
    before = config(tmp_path)
    table = getattr(before, TABLES[kind])
    ((key, old), *_) = table.items()
    after = dataclasses.replace(
        before, **{TABLES[kind]: {**table, key: dataclasses.replace(old, **{name: OTHER[kind][name]})}}
    )
    (said,) = words(before, after)
    labels = {"severity_given": "severity set", "own_every": "every set", "list_id": "list"}
    label = labels.get(name, name.removesuffix("_s"))
    assert label in said or name in UNNAMED, said
    assert "secret" not in said


@pytest.mark.parametrize(("section", "name"), [(s, name) for s, values in SETTINGS.items() for name in values])
def test_a_change_of_every_setting_is_named(tmp_path, section, name):
    before = config(tmp_path)
    settings = getattr(before, section)
    assert set(SETTINGS[section]) == {f.name for f in dataclasses.fields(settings)}
    after = dataclasses.replace(before, **{section: dataclasses.replace(settings, **{name: SETTINGS[section][name]})})
    (said,) = words(before, after)
    assert said.startswith(f"{section}: ")
    assert name.removesuffix("_s") in said


def test_every_table_of_the_model_is_covered():
    for kind, values in OTHER.items():
        named = {f.name for f in dataclasses.fields(kind)} - {"id", "key", "name", "max_wait_s"}
        assert named <= values.keys() | {"name"}, kind


def test_tests_are_counted(tmp_path):
    before = config(tmp_path)
    after = dataclasses.replace(before, tests=(ExampleTest("A", Expectation(nothing=True), 0),))
    assert words(before, after) == ["tests: 1 test added"]
    assert words(after, before) == ["tests: 1 removed"]


def test_another_secret_is_named_and_not_shown(tmp_path):
    before = config(tmp_path)
    slack = dataclasses.replace(before.destinations["slack"], url="slack://T0/B0/other-secret")
    after = dataclasses.replace(
        before, destinations={**before.destinations, "slack": slack}, secrets=("T0/B0/other-secret",)
    )
    assert words(before, after) == ["destination slack: url changed"]


def test_a_secret_that_one_side_has_only_masked_is_no_change(tmp_path):
    before = config(tmp_path)
    slack = dataclasses.replace(before.destinations["slack"], url="slack://***")
    after = dataclasses.replace(before, destinations={**before.destinations, "slack": slack})
    assert words(before, after) == []


def test_long_lists_and_many_changes_are_bounded(tmp_path):
    names = [f"Name {n}" for n in range(17)]
    (said,) = edited(tmp_path, '["Garantex"]', f'["Garantex", {", ".join(repr(n) for n in names)}]')
    assert said.endswith("and 12 more")
    before = config(tmp_path)
    actors = {f"a{n}": Actor(f"a{n}", "A", ("A",)) for n in range(50)}
    lines = words(before, dataclasses.replace(before, actors={**before.actors, **actors}))
    assert (len(lines), lines[-1]) == (21, "and 30 more")


def test_nothing_changed_is_no_line(tmp_path):
    assert words(config(tmp_path), config(tmp_path)) == []
