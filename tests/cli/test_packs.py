from __future__ import annotations

import json


def test_packs_lists_the_shipped_packs_with_their_sizes(terminal):
    rows = {row["pack"]: row for row in json.loads(terminal.type("packs", "--json").out)}
    assert rows["crypto-feeds"]["feeds"] > 20
    assert rows["dprk"]["actors"] > 10
    assert rows["dprk"]["aliases"] > 100
    assert "North Korea" in rows["dprk"]["about"]


def test_a_pack_shows_its_actors_with_aliases_and_sources(terminal):
    rows = {row["id"]: row for row in json.loads(terminal.type("packs", "pack:dprk", "--json").out)}
    assert "Hidden Cobra" in rows["lazarus"]["aliases"]
    assert "mitre:G0032" in rows["lazarus"]["refs"]
    assert "actor lazarus: Lazarus Group, " in terminal.type("packs", "dprk").out


def test_an_unknown_pack_is_rejected_with_the_list_of_packs(terminal):
    said = terminal.type("packs", "nothing")
    assert said.code == 2
    assert "crypto-feeds" in said.err
