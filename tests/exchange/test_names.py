from __future__ import annotations

import csv
import itertools
import json
import random

import pytest
from support.shared_material import SHARED, needs_shared

from monitor.exchange.formats.csv_table import read_table
from monitor.exchange.formats.name_columns import WantedColumns, choose_columns
from monitor.exchange.formats.name_rows import read_rows
from monitor.exchange.name_list import build_actors
from monitor.exchange.names import NameKind, Strictness, identity, read_name, read_person
from monitor.exchange.strictness import classify, spellings
from monitor.matching import Matcher, load_vocabulary
from monitor.model import Actor, Text


def matcher_of(*names: str, kind: NameKind = NameKind.UNKNOWN) -> Matcher:
    """Return a matcher with one actor per name, as an import makes them."""
    actors = []
    for number, name in enumerate(names):
        listed = read_name(name, kind)
        found = spellings([(name, listed) for name in (*listed.full, *listed.short, *listed.others)])
        actors.append(Actor(str(number), name, found.aliases, found.weak, ("sanctioned",)))
    return Matcher(actors, (), vocabulary=load_vocabulary())


def is_found(matcher: Matcher, text: str) -> bool:
    return bool(matcher.find(Text("Update", f"Officials said that {text} had moved funds.")).mentions)


@pytest.mark.parametrize(
    "text",
    [
        "Ivo Petrov Zelkin",
        "Zelkin, Ivo Petrov",
        "Zelkin Ivo Petrov",
        "ZELKIN, Ivo Petrov",
        "Ivo Zelkin",
        "Zelkin, Ivo",
        "Zelkin Ivo",
        "Ivo P. Zelkin",
        "IVO PETROV ZELKIN",
    ],
)
@pytest.mark.parametrize(
    "listed", ["ZELKIN, Ivo Petrov", "ZELKIN Ivo Petrov", "Ivo Petrov ZELKIN", "Zelkin，Ivo Petrov"]
)
def test_a_person_is_found_in_both_orders_and_without_the_middle_name(listed, text):
    assert is_found(matcher_of(listed), text)


@pytest.mark.parametrize(
    ("listed", "text"),
    [
        ("AL-ZORAVI, 'Abd al-Mirtan", "Abd al-Mirtan al-Zoravi"),
        ("AL-ZORAVI, 'Abd al-Mirtan", "Al-Zoravi, 'Abd al-Mirtan"),
        ("'ALI, Marwek", "Marwek 'Ali"),
        ("'ALI, Marwek", "Marwek Ali"),
        ("O'QUELLY, Brann", "Brann O’Quelly"),
        ("DELOS VRAYES, Felmo, Jr.", "Felmo Delos Vrayes"),
        ("VRAYES Jr., Felmo", "Felmo Vrayes"),
        ("KRANZ, Oto (Otto)", "Oto Kranz"),
        ('KRANZ, Oto (a.k.a. "Otto the Crane"; f.k.a. Otmar Krantz)', "Otmar Krantz"),
        ("XU, Bin", "Bin Xu"),
        ("XU, Bin", "XU Bin"),
        ("O, In", "In O"),
        ("YOUNG, Will", "Will Young"),
        ("YOUNG, Will", "YOUNG, Will"),
    ],
)
def test_marks_titles_and_short_names_do_not_hide_a_person(listed, text):
    assert is_found(matcher_of(listed, kind=NameKind.PERSON), text)


def test_ordinary_words_are_no_name():
    assert not is_found(matcher_of("YOUNG, Will"), "he will young people help")
    assert not is_found(matcher_of("XU, Bin"), "a bin xu")


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ("Qarvex Trading LLC", "Qarvex Trading"),
        ("QARVEX TRADING CO., LTD.", "Qarvex Trading"),
        ("Qarvex S.A. de C.V.", "Qarvex"),
        ("Qarvex, S. A.", "Qarvex"),
        ("LIMITED LIABILITY COMPANY QARVEX", "Qarvex"),
        ("OOO Qarvex", "Qarvex"),
        ('ООО "Карвекс"', "Карвекс"),
        ("Qarvex GmbH & Co. KG", "Qarvex"),
        ("Qarvex Sp. z o.o.", "Qarvex"),
        ("Qarvex Ticaret Anonim Şirketi", "Qarvex"),
        ("PT Qarvex Tbk", "Qarvex"),
        ("FZE Qarvex FZE", "FZE Qarvex"),
        ("丹东卡维克斯有限公司", "丹东卡维克斯"),
        ("株式会社カルベクス", "カルベクス"),
        ("(주)카르벡스", "카르벡스"),
    ],
)
def test_the_legal_form_of_an_organisation_is_optional(listed, name):
    matcher = matcher_of(listed)
    assert is_found(matcher, name)
    assert is_found(matcher, listed)


@pytest.mark.parametrize("name", ["PAK, Han Se", "KIM, Se Gon", "PAO, Hua Chiang", "HITTA, Sidan Ag", "CO, Jo"])
def test_a_person_may_be_called_like_a_legal_form(name):
    assert read_name(name).kind is NameKind.PERSON


@pytest.mark.parametrize(
    ("listed", "kind"),
    [
        ("Qarvex Trading", NameKind.UNKNOWN),
        ("VTB Bank", NameKind.UNKNOWN),
        ("ASIA BRIDGE 1", NameKind.UNKNOWN),
        ("Acme Co., Ltd. Nanchang Branch", NameKind.ORGANISATION),
        ("LLC", NameKind.UNKNOWN),
    ],
)
def test_what_is_no_person_keeps_its_order(listed, kind):
    name = read_name(listed)
    assert (name.kind, name.name, name.full) == (kind, listed, (listed,))


@pytest.mark.parametrize(
    ("name", "strictness"),
    [
        ("Qarvex", Strictness.PLAIN),
        ("Snake", Strictness.BESIDE),
        ("Bo", Strictness.BESIDE),
        ("LLC", Strictness.BESIDE),
        ("QVX", Strictness.PLAIN),  # two to four capitals match only as written
        ("Total Look", Strictness.EXACT),
        ("Yi Li", Strictness.EXACT),
        ("Total Look Qarvex", Strictness.PLAIN),
        ("王", Strictness.WEAK),
        ("王伟", Strictness.PLAIN),
    ],
)
def test_short_names_and_ordinary_words_are_strict(name, strictness):
    assert classify(name)[0] is strictness


def test_marks_of_the_spelling_syntax_are_taken_away():
    found = spellings([(name, read_name(name)) for name in ("=Qarvex*", "/Zelkin/")])
    assert found.aliases == ("Qarvex", "Zelkin")


def test_names_that_differ_in_order_and_marks_are_the_same():
    assert identity("ZELKIN, Ivo") == identity("Ivo Żelkin") == identity("ivo zelkin")


def test_separate_columns_make_a_person():
    assert read_person("ZELKIN", "Ivo Petrov").full == ("Ivo Petrov Zelkin", "Zelkin, Ivo Petrov")


def listed_individuals() -> list[str]:
    with (SHARED / "sanctions/sdn-2024-05-03.csv").open(encoding="utf-8", errors="replace", newline="") as file:
        return [row[1] for row in csv.reader(file) if len(row) > 2 and row[2].strip() == "individual"]


def written_in_text(name: str) -> set[str]:
    """Return *name*, as "LAST, First Middle", in both orders, with and without comma and middle names."""
    last, _, given = name.partition(",")
    given = given.split(",")[0].split("(")[0].strip()
    pairs = itertools.product((last, last.title()), (given, given.split()[0]))
    texts = {text for one, two in pairs for text in (f"{two} {one}", f"{one}, {two}", f"{one} {two}")}
    return texts | {f"{given} {last}".upper()}


def test_a_person_of_ordinary_words_counts_without_the_middle_names_and_without_context():
    table = read_table(b'name\n"CHURCH, Angelo Ramirez"\n')
    [actor] = build_actors(*read_rows(table, choose_columns(table, WantedColumns()))).actors
    matcher = Matcher([Actor(actor.id, actor.name, actor.spellings.aliases)], (), vocabulary=load_vocabulary())
    assert is_found(matcher, "Angelo Church")
    assert not is_found(matcher, "angelo church")


@needs_shared
@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, 8])
def test_300_listed_names_are_found_in_every_form_and_nowhere_else(seed):
    names = random.Random(seed).sample(listed_individuals(), 300)
    table = read_table("\n".join(["name", *(f'"{name}"' for name in names)]).encode())
    found = build_actors(*read_rows(table, choose_columns(table, WantedColumns())))
    actors = [Actor(a.id, a.name, a.spellings.aliases, a.spellings.weak, ("sanction*",)) for a in found.actors]
    matcher = Matcher(actors, (), vocabulary=load_vocabulary())
    assert [text for name in names for text in written_in_text(name) if not is_found(matcher, text)] == []
    with (SHARED / "corpus/background.jsonl").open(encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    mentioned = sum(bool(matcher.find(Text(item["title"], item.get("summary") or "")).mentions) for item in items)
    assert mentioned <= 3 * len(items) / 1000


def test_a_person_without_given_names_has_the_last_name_alone():
    assert read_person("ZELKIN", " ").full == ("Zelkin",)
    assert read_person("", "").full == ()
