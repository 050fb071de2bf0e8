from __future__ import annotations

import tomllib
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from monitor.exchange.actor_pack import ActorSettings, actor_lines
from monitor.exchange.listed import ListSource
from monitor.exchange.name_list import ImportedActor
from monitor.exchange.pack_file import PackOrigin, sealed
from monitor.exchange.strictness import Spellings

TEXTS = st.text(min_size=1).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text))
LIST = ListSource("bureau.list", "Bureau list", url="https://bureau.example/list", sanctions=True)
ON = date(2026, 11, 25)


def written(actor: ImportedActor, settings: ActorSettings) -> dict:
    return tomllib.loads(sealed(PackOrigin("names", {}), [actor.name], actor_lines(LIST, ON, [actor], settings)))


@given(st.lists(TEXTS, min_size=1, max_size=30, unique=True), TEXTS)
def test_any_text_survives_as_toml(spellings, comment):
    origins = {spellings[0]: comment}
    actor = ImportedActor(
        "x.y", comment, Spellings(tuple(spellings), ("weak",), (), origins), ((3, comment),), ("0xaa",), ("r",), ("b",)
    )
    found = written(actor, ActorSettings(("a",), "high", ("near",), ("beside",), fuzzy=False))
    assert sorted(found["actors"]["x.y"].pop("aliases")) == sorted(spellings)
    assert found["actors"]["x.y"] == {
        "name": comment,
        "list": "bureau.list",
        "weak": ["weak"],
        "context": ["near"],
        "addresses": ["0xaa"],
        "fuzzy": "off",
        "severity": "high",
        "tags": ["a", "b"],
        "refs": ["r"],
    }
    assert found["lists"]["bureau.list"] == {
        "title": "Bureau list",
        "date": ON,
        "url": "https://bureau.example/list",
        "sanctions": True,
    }


def test_each_line_of_spellings_says_where_they_come_from():
    origins = {"Tin Ferry": "name", "Ferry Tin": "name", "TF Exchange": "SDN 7, weak a.k.a."}
    actor = ImportedActor("tin", "Tin Ferry", Spellings((*origins,), origins=origins), ((7, "Tin Ferry"),))
    lines = [*actor_lines(LIST, ON, [actor], ActorSettings())]
    assert '    "Tin Ferry", "Ferry Tin",  # name' in lines
    assert '    "TF Exchange",  # SDN 7, weak a.k.a.' in lines


def test_a_name_that_needs_its_context_beside_it_has_that_context_only():
    actor = ImportedActor("play", "Play", Spellings(weak=("=Play",), beside=True), ((7, "Play"),))
    settings = ActorSettings(context=("near",), beside_context=("ransomware",), beside_within=1)
    found = written(actor, settings)["actors"]["play"]
    assert (found["context"], found["within"]) == (["ransomware"], "1 word")
    made = settings.complete(actor)
    assert (made.context, made.within) == (("ransomware",), 1)


def test_half_a_surrogate_pair_becomes_a_question_mark():
    actor = ImportedActor("x", "a\ud800", Spellings(("b\udfff",), origins={"b\udfff": "\ud800"}), (("r\ud800", "n"),))
    assert written(actor, ActorSettings())["actors"]["x"]["aliases"] == ["b?"]
