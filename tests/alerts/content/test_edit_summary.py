from __future__ import annotations

import pytest

from monitor.alerts.content.edit_summary import EditSummary, edit_lines, summarise_edit
from monitor.config import load
from monitor.model import Text
from monitor.watchlist import compile_watchlist, judge

CONFIG = """
[feeds]
wire = "https://wire.example/rss"
[actors]
lazarus = ["Lazarus Group"]
andariel = ["Andariel"]
[actors.dprk]
aliases = ["North Korean hackers"]
yields_to = ["lazarus"]
[keywords]
theft = ["stole"]
[rules.theft]
actors = ["*"]
keywords = ["theft"]
send_to = ["desk"]
[destinations.desk]
url = "console://"
"""
NAMES = {"lazarus": "Lazarus Group", "andariel": "Andariel"}


@pytest.fixture(scope="module")
def watchlist(tmp_path_factory):
    path = tmp_path_factory.mktemp("edits") / "config.toml"
    path.write_text(CONFIG)
    config = load(path, environ={"HOME": "/"}).config
    assert config is not None
    return compile_watchlist(config)


def edit(watchlist, before: str, after: str) -> EditSummary:
    texts = Text("Robbed", before), Text("Robbed", after)
    yields_to = {actor.id: actor.yields_to for actor in watchlist.actors.values()}
    return summarise_edit(texts[0], judge(watchlist, texts[0]), texts[1], judge(watchlist, texts[1]), yields_to)


def lines(watchlist, before: str, after: str) -> tuple[str, ...]:
    found = edit(watchlist, before, after)
    return edit_lines(found, NAMES, found.added | found.removed)


def test_an_added_actor_is_shown_with_its_sentence_before_and_after(watchlist):
    before = "It was long. Police say that unknown people stole the coins. Nobody was hurt."
    after = "It was long. Police say that Lazarus Group stole the coins. Nobody was hurt. More soon."
    assert lines(watchlist, before, after) == (
        "Update: the article was edited and now names Lazarus Group",
        "Before: Police say that unknown people stole the coins.",
        "After: Police say that Lazarus Group stole the coins.",
    )


def test_a_removed_actor_is_shown_the_same_way(watchlist):
    said = lines(watchlist, "Lazarus Group stole coins.", "An insider stole coins.")
    assert said[0] == "Update: the article was edited and no longer names Lazarus Group"
    assert said[1:] == ("Before: Lazarus Group stole coins.", "After: An insider stole coins.")


def test_a_sentence_that_has_no_counterpart_says_so(watchlist):
    assert lines(watchlist, "Rain.", "Rain. Lazarus Group was named.")[1] == "Before: no such sentence"
    assert lines(watchlist, "Rain. Lazarus Group was named.", "Rain.")[2] == "After: no such sentence"


def test_replacing_one_name_by_another_is_an_addition_and_a_removal(watchlist):
    found = edit(watchlist, "Lazarus Group stole it.", "Andariel stole it.")
    assert (found.added, found.removed) == ({"andariel"}, {"lazarus"})
    assert len(edit_lines(found, NAMES, {"andariel"})) == 3


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Lazarus Group stole it.", "LAZARUS GROUP stole it, again."),
        ("North Korean hackers stole it.", "North Korean hackers, the Lazarus Group, stole it."),
        ("North Korean hackers, the Lazarus Group, stole it.", "North Korean hackers stole it."),
    ],
    ids=["still named", "a general name gives way", "a general name takes its place again"],
)
def test_an_actor_in_both_texts_is_neither_added_nor_removed(watchlist, before, after):
    found = edit(watchlist, before, after)
    assert "dprk" not in found.added | found.removed
    assert not any(change.before == change.after for change in found.changes)


def test_a_newly_matching_rule_is_named_when_no_actor_was_added(watchlist):
    found = edit(watchlist, "Lazarus Group was seen.", "Lazarus Group was seen, and stole coins.")
    assert found.rules == ("theft",)
    assert edit_lines(found, NAMES, ()) == ("Update: the article was edited and now satisfies theft",)


def test_a_long_sentence_is_cut_around_the_name(watchlist):
    long = f"{'a word ' * 100}Lazarus Group {'another word ' * 100}"
    after = lines(watchlist, "Rain.", long)[2]
    assert len(after) < 320
    assert "Lazarus Group" in after
    assert after.startswith("After: …")
    assert after.endswith("…")


def test_an_edit_that_changes_no_match_gives_no_lines(watchlist):
    assert lines(watchlist, "Rain today.", "Rain tomorrow.") == ()
