from __future__ import annotations

from monitor.exchange.pack_changes import Change, Item, changes, contents

BEFORE = """
[feeds.wire]
url = "https://a.example/feed"
[actors.tin]
name = "Tin"
aliases = ["Tin Ferry", "Old"]
weak = ["Tin"]
addresses = ["1a"]
[actors.gone]
name = "Gone"
aliases = ["Gone"]
"""
AFTER = """
[feeds.wire]
url = "https://b.example/feed"
[actors.tin]
name = "Tin"
aliases = ["Tin Ferry", "Tin"]
addresses = ["1a", "1b"]
[actors.new]
name = "New"
aliases = ["New One"]
"""


def test_changes_are_what_was_added_and_removed():
    feeds, actors, aliases, addresses = changes(contents(BEFORE), contents(AFTER))
    assert feeds == Change(
        "feeds", (Item("wire", "https://b.example/feed"),), (Item("wire", "https://a.example/feed"),)
    )
    assert actors == Change("actors", (Item("new", "New"),), (Item("gone", "Gone"),))
    assert aliases == Change("aliases", (Item("tin", "Tin"),), (Item("tin", "Old"), Item("tin", "Tin", weak=True)))
    assert addresses == Change("addresses", (Item("tin", "1b"),), ())


def test_the_same_pack_has_no_changes():
    assert all(not (c.added or c.removed) for c in changes(contents(BEFORE), contents(BEFORE)))


def test_a_broken_pack_has_no_contents():
    assert not any(contents("[actors.x\n").values())
    assert not any(contents("actors = 3\nfeeds = []\n").values())
