from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.csv_text import csv_text
from monitor.errors import UsageError
from monitor.exchange.formats.csv_table import NO_DELIMITER, read_table


def cells(raw: bytes, **options: str) -> list[tuple[str, ...]]:
    return [row.cells for row in read_table(raw, **options).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_common_encodings_are_recognised(encoding):
    assert cells("name;alias\nMüller;Möller\n".encode(encoding))[1] == ("Müller", "Möller")


def test_another_encoding_is_named():
    assert cells("имя;роль\nПетров;шеф\n".encode("cp1251"), encoding="cp1251")[1] == ("Петров", "шеф")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_guessed(delimiter):
    raw = f'name{delimiter}alias\n"Zelkin, Ivo"{delimiter}"Z; I"\n'.encode()
    assert cells(raw) == [("name", "alias"), ("Zelkin, Ivo", "Z; I")]


@pytest.mark.parametrize(
    "raw", [b"name\nZELKIN, Ivo\nKRANZ, Oto\n", b"ZELKIN, Ivo\nKRANZ, Oto Lem\n", b"Qarvex\nGrinex\n"]
)
def test_one_name_a_line_needs_no_quotes(raw):
    table = read_table(raw)
    assert table.delimiter == NO_DELIMITER
    assert all(len(row.cells) == 1 for row in table.rows)


def test_rows_know_their_line():
    table = read_table(b'name,alias\r\n\r\n"Zelkin\nIvo",x\r\nKranz,y\r\n')
    assert [row.line for row in table.rows] == [1, 3, 5]


@pytest.mark.parametrize(
    ("raw", "options", "message"),
    [
        (b"PK\x03\x04...", {}, "is a workbook"),
        (b"\xd0\xcf\x11\xe0...", {}, "is a workbook"),
        (b"name\n\x00\x01\n", {}, "binary data"),
        (b"name\n\xff\xfe\n", {"encoding": "utf-8"}, "is not in utf-8"),
        (b"name\n", {"encoding": "klingon"}, '"klingon" is not an encoding'),
        (b"name\n", {"delimiter": "::"}, "must be one character"),
        (b'name\n"' + b"x\n" * 200_000, {}, "line 2: a quoted cell does not end"),
    ],
    ids=["xlsx", "xls", "binary", "encoding", "unknown encoding", "delimiter", "open quote"],
)
def test_what_is_no_csv_is_refused_with_the_way_out(raw, options, message):
    with pytest.raises(UsageError, match=message):
        read_table(raw, **options)


@pytest.mark.parametrize("raw", [b"<!DOCTYPE html>", b"\xef\xbb\xbf\n<html>", b"<?xml version='1.0'?><a/>"])
def test_a_web_page_is_no_table(raw):
    with pytest.raises(UsageError, match="is a web page or XML, not CSV"):
        read_table(raw)


@pytest.mark.parametrize("delimiter", ["", ",,", "\n", "\r", '"'])
def test_a_delimiter_is_one_character_that_can_stand_between_cells(delimiter):
    with pytest.raises(UsageError, match="--delimiter must be one character"):
        read_table(b"a,b", delimiter=delimiter)


VALUES = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")), max_size=12)


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=5))
def test_what_the_monitor_exports_as_csv_is_read_back(pairs):
    text = csv_text([{"name": name, "alias": alias} for name, alias in pairs], ("name", "alias"))
    found = [row.cells for row in read_table(text.encode(), delimiter=",").rows]
    wanted = [(name.strip(), alias.strip()) for name, alias in pairs if name.strip() or alias.strip()]
    assert found[0] == ("name", "alias")
    # an apostrophe before a cell keeps a spreadsheet from executing it
    assert [tuple(cell.removeprefix("'").strip() for cell in cells) for cells in found[1:]] == [
        tuple(cell.removeprefix("'").strip() for cell in cells) for cells in wanted
    ]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_line_that_names_the_delimiter_for_excel_is_no_row(delimiter):
    table = read_table(f"sep={delimiter}\r\nname{delimiter}note\r\nHeron, Inc{delimiter}x\r\n".encode())
    assert (table.rows[0].line, table.rows[0].cells, table.delimiter) == (2, ("name", "note"), delimiter)
