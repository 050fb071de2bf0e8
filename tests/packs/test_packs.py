import tomllib
from pathlib import Path

import pytest

from monitor import packs
from monitor.matching import Matcher, load_words, parse_alias
from monitor.model import Actor, Text

FOLDER = Path(packs.__file__).parent
PACKS = {file.stem: tomllib.loads(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.toml"))}
ACTORS = {key: actor for pack in PACKS.values() for key, actor in pack.get("actors", {}).items()}
FEEDS = {key: feed for pack in PACKS.values() for key, feed in pack.get("feeds", {}).items()}
TESTS = [test for pack in PACKS.values() for test in pack.get("tests", [])]

FEED_KEYS = {"url", "every", "outlet", "language", "tags", "enabled"}
ACTOR_KEYS = {
    *("name", "aliases", "weak", "context", "within", "exclude", "yields_to"),
    *("fuzzy", "severity", "tags", "note", "refs"),
}


def actor_of(key):
    given = ACTORS[key]
    lists = {k: tuple(given.get(k, ())) for k in ("aliases", "weak", "context", "exclude")}
    general = given.get("yields_to") == ["tag:dprk"]
    yields_to = frozenset(ACTORS) - {key} if general else frozenset()
    return Actor(key, given.get("name", key), **lists, yields_to=yields_to)


@pytest.fixture(scope="module")
def matcher():
    return Matcher([actor_of(key) for key in ACTORS], [], vocabulary=load_words())


def test_the_packs_that_the_examples_name_are_shipped():
    assert {"crypto-feeds", "dprk", "dprk-general"} <= set(PACKS)


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_holds_neither_rules_nor_destinations(name):
    assert set(PACKS[name]) <= {"include", "feeds", "actors", "keywords", "tests"}


@pytest.mark.parametrize("key", FEEDS)
def test_a_feed_names_its_outlet_language_and_subject(key):
    feed = FEEDS[key]
    assert set(feed) <= FEED_KEYS
    assert feed["url"].startswith("https://")
    assert feed["outlet"]
    assert feed["language"]
    assert set(feed["tags"]) & {"crypto", "security", "official"}


def test_no_feed_is_given_twice():
    assert len({feed["url"].rstrip("/") for feed in FEEDS.values()}) == len(FEEDS)


@pytest.mark.parametrize("key", ACTORS)
def test_an_actor_has_known_keys_and_context_for_what_is_weak(key):
    actor = ACTORS[key]
    assert set(actor) <= ACTOR_KEYS
    assert actor["aliases"]
    assert bool(actor.get("weak")) == bool(actor.get("context"))
    assert actor["severity"] in ("high", "critical")


@pytest.mark.parametrize("key", ACTORS)
def test_every_spelling_can_be_read(key):
    for kind in ("aliases", "weak", "context", "exclude"):
        for spelling in ACTORS[key].get(kind, []):
            parse_alias(spelling)


def test_no_spelling_belongs_to_two_actors():
    spellings = [s.casefold() for actor in ACTORS.values() for s in (*actor["aliases"], *actor.get("weak", []))]
    assert len(spellings) == len(set(spellings))


@pytest.mark.parametrize("key", ACTORS)
def test_an_alias_finds_its_actor(matcher, key):
    for alias in ACTORS[key]["aliases"]:
        found = matcher.find(Text(f"Report names {alias.lstrip('=')} again")).mentions
        assert key in {mention.actor for mention in found}, alias


@pytest.mark.parametrize("test", TESTS, ids=[test["title"] for test in TESTS])
def test_an_example_of_a_pack_holds(matcher, test):
    mentions = matcher.find(Text(test["title"], test.get("summary", ""))).mentions
    wanted = [] if test["expect"] == "nothing" else test["expect"]["actors"]
    assert sorted({mention.actor for mention in mentions}) == sorted(wanted)
