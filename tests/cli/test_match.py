from __future__ import annotations

import json

import pytest


def match(terminal, tmp_path, *lines: str):
    terminal.configure()
    path = tmp_path / "items.ndjson"
    path.write_text("\n".join(lines), encoding="utf-8", errors="surrogatepass")
    said = terminal.type("match", str(path))
    return said.code, [json.loads(line) for line in said.out.splitlines()]


def test_an_item_is_answered_with_all_that_is_said_of_it(terminal, tmp_path):
    title = "Lazurus Group stole $1.46B"
    code, rows = match(terminal, tmp_path, json.dumps({"id": "a", "title": title}))
    row = rows[0]
    assert code == 0
    assert (row["id"], row["actors"], row["keywords"]) == ("a", ["lazarus"], ["theft"])
    assert (row["rules"], row["severity"]) == (["theft", "any"], "critical")
    assert row["amounts"] == [{"value": "1460000000", "currency": "USD", "text": "$1.46B"}]
    name = row["mentions"][0]
    assert {k: name[k] for k in ("alias", "text", "edits", "kind")} == {
        "alias": "Lazarus Group",
        "text": "Lazurus Group",
        "edits": 1,
        "kind": "fuzzy",
    }
    assert title[name["start"] : name["end"]] == name["text"]


def test_fields_are_cleaned_as_the_daemon_cleans_them(terminal, tmp_path):
    _, rows = match(terminal, tmp_path, json.dumps({"id": 1, "title": "<b>Laz</b>arus&nbsp;Group &amp; co"}))
    assert rows[0]["mentions"][0]["text"] == "Lazarus Group"


def test_bad_lines_are_answered_by_number_and_the_rest_goes_on(terminal, tmp_path):
    good = json.dumps({"id": 9, "title": "A quiet week"})
    code, rows = match(terminal, tmp_path, "{nope", "[]", '{"id": 3}', '{"title": 5}', "", good)
    assert code == 1
    assert [row.get("line") for row in rows] == [1, 2, 3, 4, None]
    assert [row["id"] for row in rows] == [None, None, None, None, 9]
    assert "no title" in rows[2]["error"]


@pytest.mark.parametrize("title", ["\\ud800 Lazarus Group", "Lazarus\\u0000 Group", "La\\u200bzarus Group"])
def test_odd_characters_neither_break_nor_hide(terminal, tmp_path, title):
    code, rows = match(terminal, tmp_path, f'{{"id": 1, "title": "{title}"}}')
    assert (code, rows[0]["actors"]) == (0, ["lazarus"])


def test_order_and_count_are_those_of_the_input(terminal, tmp_path):
    _, rows = match(terminal, tmp_path, *(json.dumps({"id": n, "title": f"Item {n}"}) for n in range(50)))
    assert [row["id"] for row in rows] == list(range(50))
