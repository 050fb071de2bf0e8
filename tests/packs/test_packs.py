import json
import tomllib
from pathlib import Path

import pytest

from monitor import packs
from monitor.matching import fold, load_vocabulary, parse_alias

FOLDER = Path(packs.__file__).parent
PACKS = {file.stem: tomllib.loads(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.toml"))}
ACTORS = {key: actor for pack in PACKS.values() for key, actor in pack.get("actors", {}).items()}
FEEDS = {key: feed for pack in PACKS.values() for key, feed in pack.get("feeds", {}).items()}

FEED_KEYS = {"page", "url", "every", "outlet", "language", "tags", "enabled"}
ACTOR_KEYS = {
    *("name", "aliases", "weak", "context", "context_generic", "combine", "within", "exclude", "yields_to"),
    *("fuzzy", "severity", "tags", "note", "refs"),
}
KNOWN_ACTORS = Path(__file__).resolve().parents[3] / "shared" / "actors"


def test_the_packs_that_the_examples_name_are_shipped():
    asked = {"crypto-feeds", "dprk", "dprk-general", "mixers-and-markets", "ransomware", "drainers", "state-groups"}
    assert asked == set(PACKS)


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
    assert set(feed["tags"]) & {"crypto", "security", "official", "exchange", "press", "north-korea"}


def test_no_feed_is_given_twice():
    assert len({feed["url"].rstrip("/") for feed in FEEDS.values()}) == len(FEEDS)


@pytest.mark.parametrize("key", ACTORS)
def test_an_actor_has_known_keys_and_context_for_what_is_weak(key):
    actor = ACTORS[key]
    assert set(actor) <= ACTOR_KEYS
    assert actor["aliases"]
    assert "context" in actor or not actor.get("weak")
    assert actor["severity"] in ("high", "critical")
    assert actor["tags"]


@pytest.mark.parametrize("key", ACTORS)
def test_every_spelling_can_be_read_and_is_given_once(key):
    for kind in ("aliases", "weak", "context", "context_generic", "exclude"):
        spellings = ACTORS[key].get(kind, [])
        assert len(spellings) == len(set(spellings))
        for spelling in spellings:
            parse_alias(spelling)


@pytest.mark.parametrize("name", [name for name, pack in PACKS.items() if "actors" in pack])
def test_every_line_of_names_says_where_they_come_from(name):
    names = False
    for line in FOLDER.joinpath(f"{name}.toml").read_text("utf-8").splitlines():
        opens = line.startswith(("aliases", "weak")) and name != "dprk-general"  # its names are those of the press
        names = opens or (names and not line.startswith("]"))
        if names and '"' in line:
            assert "  # " in line, line
        names = names and not (opens and "]" in line)


def terms(actor):
    """Return the context words and the terms of combinations of *actor*."""
    groups = [group for combination in actor.get("combine", []) for group in combination["all"]]
    return [*actor.get("context", []), *actor.get("context_generic", []), *(term for group in groups for term in group)]


def test_no_stem_of_another_language_is_the_beginning_of_an_english_word():
    stems = {
        t for actor in ACTORS.values() for t in terms(actor) if t.endswith("*") and not t.isascii() and " " not in t
    }
    english = [*load_vocabulary()]
    folded = {stem: fold(stem.rstrip("*")) for stem in stems}
    met = {stem: [w for w in english if w.startswith(f) and w != f][:3] for stem, f in folded.items() if f.isascii()}
    assert {stem: words for stem, words in met.items() if len(words) > 1} == {}


def test_no_spelling_belongs_to_two_actors():
    owners = {}
    for key, actor in ACTORS.items():
        for spelling in (*actor["aliases"], *actor.get("weak", [])):
            owners.setdefault(spelling.casefold().removeprefix("="), set()).add(key)
    assert {spelling: keys for spelling, keys in owners.items() if len(keys) > 1} == {}


def test_the_packs_watch_the_actors_that_are_known():
    files = [KNOWN_ACTORS / f"{name}_actors.json" for name in ("dprk", "other")]
    if not all(file.exists() for file in files):
        pytest.skip(f"the list of known actors is not beside this project: {KNOWN_ACTORS}")
    known = {actor["id"] for file in files for actor in json.loads(file.read_text("utf-8"))["actors"]}
    assert set(ACTORS) >= known


def test_there_are_feeds_in_many_languages_and_of_authorities_without_a_feed():
    assert len(FEEDS) >= 80
    assert {"ko", "ja", "zh", "ru", "es", "de", "fr", "pt-br", "tr", "vi"} <= {f["language"] for f in FEEDS.values()}
    assert sum("page" in feed for feed in FEEDS.values()) >= 5
