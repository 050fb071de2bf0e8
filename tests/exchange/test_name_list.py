from __future__ import annotations

import pytest

from monitor.exchange.formats.csv_table import read_table
from monitor.exchange.formats.name_columns import WantedColumns, choose_columns
from monitor.exchange.formats.name_rows import read_rows, split_aliases
from monitor.exchange.name_list import (
    NameList,
    build_actors,
    build_one_actor,
    names_of_others,
)
from monitor.model import Actor


def imported(text: str, taken: frozenset[str] = frozenset()) -> NameList:
    table = read_table(text.encode())
    return build_actors(*read_rows(table, choose_columns(table, WantedColumns())), taken=taken)


def notices(text: str) -> list[tuple[int, str]]:
    return [(notice.record, notice.text) for notice in imported(text).notices]


@pytest.mark.parametrize(
    ("cell", "aliases"),
    [
        ("Zed; Zelk | The Crane\nKrantz", ["Zed", "Zelk", "The Crane", "Krantz"]),
        ("ZELKIN, Ivo", ["ZELKIN, Ivo"]),
        ("Zed, Zelk, Krantz", ["Zed", "Zelk", "Krantz"]),
        ("ZELKIN, Ivo; KRANZ, Oto", ["ZELKIN, Ivo", "KRANZ, Oto"]),
        ("a) Zed\nb) Zelk\n- Krantz", ["Zed", "Zelk", "Krantz"]),
        ("-0-", []),
        ("; ;", []),
    ],
)
def test_a_cell_holds_several_aliases(cell, aliases):
    assert split_aliases(cell) == aliases


def test_rows_with_the_same_name_are_one_actor_and_reported():
    found = imported('name\n"ZELKIN, Ivo"\nIvo Zelkin\n')
    assert [actor.id for actor in found.actors] == ["ivo-zelkin"]
    assert found.actors[0].written == ((2, "ZELKIN, Ivo"), (3, "Ivo Zelkin"))
    assert (3, '"Ivo Zelkin" is the same name as in line 2; both are one actor') in notices(
        'name\n"ZELKIN, Ivo"\nIvo Zelkin\n'
    )


def test_each_doubtful_name_is_reported_with_its_line():
    text = "name;alias\nQarvex;Snake\nTotal Look;\n;orphan\n"
    assert notices(text) == [
        (2, '"Snake" is an ordinary word; made weak: it counts only near a context word'),
        (3, '"Total Look" is made of ordinary words; matched only with the capitals of a name'),
        (4, "has no name; left out"),
    ]


def test_a_name_that_two_rows_have_is_reported():
    assert notices("name;alias\nQarvex;Grintosh\nVelmar;grintosh\n") == [
        (3, '"Grintosh" is also a spelling of line 2; a text with it mentions both actors')
    ]


def test_a_name_of_an_actor_of_the_configuration_is_reported():
    other = Actor("grin", "Grin", ("GRINTOSH",))
    found = [*names_of_others(imported("name\nGrintosh\n").actors, [other])]
    assert [n.text for n in found] == [
        '"Grintosh" is also a spelling of [actors.grin] of your configuration; a text with it mentions both actors'
    ]


def test_ids_are_unique_and_valid():
    found = imported("name\nQarvex\n王伟\nÉlan Zürk\n", taken=frozenset({"qarvex"}))
    assert [actor.id for actor in found.actors] == ["qarvex-2", "line-3", "elan-zurk"]


def test_a_row_with_too_many_cells_is_reported():
    assert (2, "has 3 cells where the header has 2; quote a cell that contains a comma") in notices(
        "name,x\nQarvex,b,c\nVelmar,1\nGrintosh,2\n"
    )


def test_all_names_may_be_one_actor():
    table = read_table(b"name\nQarvex\nVelmar\n")
    found = build_one_actor(*_rows_of(table), actor_id="listed")
    assert [(actor.id, actor.spellings.aliases) for actor in found.actors] == [("listed", ("Qarvex", "Velmar"))]


def _rows_of(table):
    rows, notices = read_rows(table, choose_columns(table, WantedColumns()))
    return rows, notices
