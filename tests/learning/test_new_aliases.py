from datetime import UTC, datetime

import pytest

from monitor.learning.names_in_text.linked_names import LinkedName
from monitor.learning.names_in_text.links import LinkKind
from monitor.learning.names_in_text.phrases import Relation
from monitor.learning.new_aliases import AliasCollector, with_alias
from monitor.model import Actor, Entry, Text


def entry(outlet: str) -> Entry:
    return Entry("f", "1", outlet, f"https://{outlet}.example/1", Text("t"), "", None, None, datetime.now(UTC), b"")


def linked(name: str = "Zylkrat", **given) -> LinkedName:
    values = {"kind": LinkKind.PHRASE, "relation": Relation.SAME, "phrase": "aka", "is_certain": True, "others": ()}
    values |= {"sentence": f"Heron aka {name}"} | given
    return LinkedName("heron", name, **values)


def collected(*said: tuple[str, LinkedName]):
    collector = AliasCollector()
    for outlet, name in said:
        collector.add(entry(outlet), [name])
    return collector.result()


def test_a_name_that_a_phrase_gives_is_suggested_from_one_outlet():
    (alias,) = collected(("wire", linked())).suggested
    assert (alias.actor, alias.name, alias.outlets, alias.entries) == ("heron", "Zylkrat", ("wire",), 1)
    assert alias.evidence[0].link == "https://wire.example/1"


def test_a_name_in_brackets_needs_two_outlets_that_write_different_sentences():
    one = linked(kind=LinkKind.BRACKET, is_certain=False, sentence="Heron (Zylkrat) is back")
    other = linked(kind=LinkKind.BRACKET, is_certain=False, sentence="Police caught Heron (Zylkrat)")
    assert [alias.name for alias in collected(("wire", one)).unsure] == ["Zylkrat"]
    assert collected(("wire", one), ("desk", one)).suggested == ()
    assert [alias.name for alias in collected(("wire", one), ("desk", other)).suggested] == ["Zylkrat"]


def test_the_name_that_most_outlets_give_comes_first():
    found = collected(("wire", linked("Blurkig")), ("wire", linked()), ("desk", linked()))
    assert [alias.name for alias in found.suggested] == ["Zylkrat", "Blurkig"]


def test_capitals_make_no_other_name_and_the_usual_ones_are_shown():
    found = collected(("wire", linked("ZYLKRAT")), ("desk", linked()), ("post", linked()))
    assert [(alias.name, alias.entries) for alias in found.suggested] == [("Zylkrat", 3)]


def test_who_is_called_a_part_by_one_outlet_is_no_alias():
    found = collected(("wire", linked()), ("desk", linked(relation=Relation.PART, is_certain=False)))
    assert (found.suggested, [alias.name for alias in found.parts]) == ((), ["Zylkrat"])


def test_a_name_of_another_actor_is_only_listed():
    found = collected(("wire", linked(others=("gull",))))
    assert (found.suggested, [alias.others for alias in found.shared]) == ((), [("gull",)])


def test_a_description_is_no_name():
    assert collected(("wire", linked("Ransomware"))).suggested == ()


@pytest.mark.parametrize(
    ("name", "aliases", "weak"),
    [
        ("Zylkrat", ("Night Heron", "Zylkrat"), ()),
        ("Royal", ("Night Heron",), ("=Royal", "=ROYAL")),
        ("Jade Sleet", ("Night Heron", "=Jade Sleet", "=JADE SLEET"), ()),
    ],
    ids=["rare", "ordinary word", "ordinary words"],
)
def test_a_name_becomes_weak_or_exact_by_the_rules_of_the_importers(name, aliases, weak):
    (alias,) = collected(("wire", linked(name))).suggested
    actor = with_alias(Actor("heron", "Heron", ("Night Heron",)), alias)
    assert (actor.aliases, actor.weak) == (aliases, weak)
    assert bool(actor.context) is bool(weak)
