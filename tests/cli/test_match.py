from __future__ import annotations

import json

import pytest


def match(terminal, tmp_path, *lines: str):
    terminal.configure()
    path = tmp_path / "items.ndjson"
    path.write_text("\n".join(lines), encoding="utf-8", errors="surrogatepass")
    said = terminal.type("match", str(path))
    return said.code, [json.loads(line) for line in said.out.splitlines()]


def test_the_result_of_an_item_has_its_matches_rules_and_recipients(terminal, tmp_path):
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


def test_match_cleans_fields_like_the_daemon(terminal, tmp_path):
    _, rows = match(terminal, tmp_path, json.dumps({"id": 1, "title": "<b>Laz</b>arus&nbsp;Group &amp; co"}))
    assert rows[0]["mentions"][0]["text"] == "Lazarus Group"


def test_an_invalid_line_has_a_result_with_its_number_and_the_next_lines_are_matched(terminal, tmp_path):
    good = json.dumps({"id": 9, "title": "A quiet week"})
    code, rows = match(terminal, tmp_path, "{nope", "[]", '{"id": 3}', '{"title": 5}', "", good)
    assert code == 1
    assert [row.get("line") for row in rows] == [1, 2, 3, 4, None]
    assert [row["id"] for row in rows] == [None, None, None, None, 9]
    assert "no title" in rows[2]["error"]


@pytest.mark.parametrize("title", ["\\ud800 Lazarus Group", "Lazarus\\u0000 Group", "La\\u200bzarus Group"])
def test_unusual_characters_neither_break_the_output_nor_hide_a_match(terminal, tmp_path, title):
    code, rows = match(terminal, tmp_path, f'{{"id": 1, "title": "{title}"}}')
    assert (code, rows[0]["actors"]) == (0, ["lazarus"])


def test_results_are_as_many_and_in_the_same_order_as_the_items(terminal, tmp_path):
    _, rows = match(terminal, tmp_path, *(json.dumps({"id": n, "title": f"Item {n}"}) for n in range(50)))
    assert [row["id"] for row in rows] == list(range(50))


def test_every_result_has_the_addresses_transactions_and_cves_of_the_item(terminal, tmp_path):
    address, tx = "0xde709f2102306220921060314715629080e2fb77", "4a" * 32
    summary = f"It went to {address}, transaction {tx}, by cve-2024-12345."
    _, rows = match(terminal, tmp_path, json.dumps({"id": 1, "title": "A quiet week", "summary": summary}))
    assert rows[0]["addresses"] == [{"chain": "ETH", "address": address}]
    assert rows[0]["transactions"] == [{"chain": "BTC", "hash": tx}]
    assert rows[0]["cves"] == ["CVE-2024-12345"]


def stories(terminal, tmp_path, *items: dict) -> list[dict]:
    terminal.configure()
    path = tmp_path / "items.ndjson"
    path.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    return [json.loads(line) for line in terminal.type("match", "--stories", str(path)).out.splitlines()]


HEIST = "Quillbridge drained of $42 million in overnight exploit"


def test_with_stories_every_result_has_a_story_with_its_reason(terminal, tmp_path):
    rows = stories(
        terminal,
        tmp_path,
        {"id": 1, "title": "Hackers steal $42M from Quillbridge", "date": "2026-11-22T12:00:00Z", "source": "Wire"},
        {"id": 2, "title": "Senate hears about stablecoin reserves", "date": "2026-11-22"},
        {"id": 3, "title": HEIST, "date": "Sun, 22 Nov 2026 09:00:00 GMT", "source": "Chain Post"},
    )
    assert [(row["id"], row["story"]) for row in rows] == [(1, "2"), (2, "1"), (3, "2")]
    assert rows[0]["story_reason"] == 'shares "Quillbridge", $42M with the report of Chain Post'
    assert rows[2]["story_reason"].startswith("opens a story")


@pytest.mark.parametrize("date", [None, "", "soon", "0000-00-00"])
def test_an_item_without_a_date_comes_last(terminal, tmp_path, date):
    undated = {"id": 1, "title": "Hackers steal $42M from Quillbridge"} | ({} if date is None else {"date": date})
    rows = stories(terminal, tmp_path, undated, {"id": 2, "title": HEIST, "published": "2026-11-22"})
    assert [row["story"] for row in rows] == ["1", "1"]
    assert rows[1]["story_reason"].startswith("opens a story")


def test_a_story_names_the_story_that_it_follows(terminal, tmp_path):
    arrest = {"id": 2, "title": "Two men arrested over $42M Quillbridge exploit", "date": "2026-11-24"}
    rows = stories(terminal, tmp_path, {"id": 1, "title": HEIST, "date": "2026-11-22"}, arrest)
    assert [(row["story"], row["follows"]) for row in rows] == [("1", None), ("2", "1")]


def test_with_stories_an_invalid_line_has_its_result_in_the_same_place(terminal, tmp_path):
    rows = stories(terminal, tmp_path, {"id": 1, "title": HEIST}, {"id": 2}, {"id": 3, "title": HEIST})
    assert [row.get("story") for row in rows] == ["1", None, "1"]
    assert rows[1]["line"] == 2


ETHER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
LISTED = f"""
[lists.ofac]
title = "OFAC SDN list"
date = 2026-11-25
sanctions = true
[actors.ferry]
name = "Tin Ferry"
aliases = ["Tin Ferry"]
list = "ofac"
addresses = ["{ETHER}"]
"""


def test_a_listed_address_is_a_mention_with_its_list(terminal, tmp_path):
    terminal.configure(terminal.config_text(LISTED))
    path = tmp_path / "items.ndjson"
    path.write_text(json.dumps({"id": 1, "title": f"Coins went to {ETHER.lower()}"}))
    (row,) = map(json.loads, terminal.type("match", str(path)).out.splitlines())
    assert (row["actors"], row["rules"]) == (["ferry"], ["any"])
    (mention,) = row["mentions"]
    assert (mention["kind"], mention["alias"], mention["text"]) == ("address", ETHER, ETHER.lower())
    (listed,) = row["lists"]
    assert listed == {
        "actor": "ferry", "list": "ofac", "title": "OFAC SDN list", "date": "2026-11-25", "sanctions": True,
        "by_name": False, "by_address": True, "words": "address on the OFAC SDN list of 2026-11-25",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"Coins went to {ETHER}", "  Tin Ferry: address on the OFAC SDN list of 2026-11-25"),
        ("Tin Ferry moves coins", "  Tin Ferry: on the OFAC SDN list of 2026-11-25; a name match is no identification"),
        (f"Coins went to {ETHER[:-1]}a", "it may be a look-alike made to deceive"),
    ],
    ids=["address", "name", "look-alike"],
)
def test_explain_names_the_list_and_look_alikes(terminal, text, said):
    terminal.configure(terminal.config_text(LISTED))
    assert said in terminal.type("explain", text, "--no-proposals").out


def test_explain_never_proposes_a_look_alike_address_as_a_spelling(terminal):
    terminal.configure(terminal.config_text(LISTED))
    assert "aliases" not in terminal.type("explain", f"Coins went to {ETHER[:-1]}a", "--actor", "ferry").out
