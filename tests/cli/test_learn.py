"""``monitor learn``, as typed."""

from __future__ import annotations

import json

import pytest
from support.command_line import CONFIG
from support.servers import Reply
from support.sqlite_file import open_sqlite

ITEM = "<item><guid>%d</guid><title>%s</title><link>https://wire.example/%d</link></item>"
LINES = (
    {"id": 1, "title": "Lazarus Group, also known as Zylkrat, stole $2M", "source": "Wire", "date": "2026-11-20"},
    {"id": 2, "title": "Bitbarn hack: $40 million drained", "source": "Wire", "date": "2026-11-21T08:00:00Z"},
    {"id": 3, "title": "$40M drained in Bitbarn hack", "source": "Desk", "date": "2026-11-21T09:00:00Z"},
    {"id": 4, "title": "Inferno was hacked", "source": "Desk", "date": "2026-11-22"},
)


@pytest.fixture
def entries(tmp_path):
    path = tmp_path / "entries.ndjson"
    path.write_text("\n".join(map(json.dumps, LINES)))
    return path


@pytest.fixture
def publish(terminal, site):
    """Poll a feed with these titles once."""

    def do(*titles: str) -> None:
        items = "".join(ITEM % (n, title, n) for n, title in enumerate(titles, 1))
        document = f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>"
        terminal.configure(url=site.route("/feed", Reply(body=document.encode())))
        terminal.type("once")

    return do


def test_names_near_misses_and_thefts_are_found_in_a_file(terminal, entries):
    terminal.configure()
    said = terminal.type("learn", "--entries", str(entries))
    assert said.code == 0, said.err
    assert 'lazarus: "Zylkrat" by "also known as", 1 entry of 1 outlet' in said.out
    assert 'aliases = ["Lazarus Group", "Zylkrat"]' in said.out
    assert 'inferno: "Inferno" for "Inferno"' in said.out
    assert "names that are not in the watchlist: Bitbarn (2)" in said.out


def test_the_suggestion_can_be_pasted_and_is_not_made_again(terminal, entries):
    terminal.configure()
    (found,) = json.loads(terminal.type("learn", "--entries", str(entries), "--json").out)["new_aliases"]
    assert found["instruction"] == "delete line 5, and at the end add"
    terminal.configure(CONFIG.replace('lazarus = ["Lazarus Group"]\n', "") + found["toml"])
    again = json.loads(terminal.type("learn", "--entries", str(entries), "--json").out)
    assert again["new_aliases"] == []


def test_toml_is_not_wrapped_on_a_narrow_terminal(terminal, entries, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    terminal.configure()
    said = terminal.type("learn", "--entries", str(entries)).out
    assert 'aliases = ["Lazarus Group", "Zylkrat"]' in said.splitlines()


def test_json_has_the_documented_keys(terminal, entries):
    terminal.configure()
    report = json.loads(terminal.type("learn", "--entries", str(entries), "--json").out)
    assert set(report) == {
        *("entries", "first_at", "last_at", "aliases", "new_aliases", "weaker_evidence", "of_another_actor"),
        *("subgroups", "near_misses", "thefts_without_actor", "bad_lines"),
    }
    (alias,) = report["new_aliases"]
    assert alias["evidence"] == [{"sentence": LINES[0]["title"], "outlet": "Wire", "link": ""}]


def test_one_actor_can_be_asked_for(terminal, entries):
    terminal.configure()
    report = json.loads(terminal.type("learn", "--entries", str(entries), "--actor", "inferno", "--json").out)
    assert (report["new_aliases"], report["thefts_without_actor"]) == ([], [])
    assert [miss["actor"] for miss in report["near_misses"]] == ["inferno"]


def test_an_unknown_actor_is_refused(terminal, entries):
    terminal.configure()
    said = terminal.type("learn", "--entries", str(entries), "--actor", "lazaruss")
    assert (said.code, 'no actor "lazaruss"; did you mean "lazarus"?' in said.err) == (2, True)


def test_without_a_database_a_file_is_asked_for(terminal):
    terminal.configure()
    said = terminal.type("learn")
    assert (said.code, "name a file of entries: --entries FILE" in said.err) == (2, True)


def test_bad_lines_are_named(terminal, entries):
    entries.write_text(entries.read_text() + "\nnot json\n")
    terminal.configure()
    said = terminal.type("learn", "--entries", str(entries))
    assert (said.code, said.err) == (1, "--entries, line 5: not JSON\n")


def test_noise_is_answered_with_phrases_to_exclude(terminal, publish, tmp_path):
    publish(
        *("Inferno phishing kit returns", "Inferno sold phishing pages", "Inferno Tower phish fry opens"),
        *("Guests love the Inferno Tower phish fry", "Inferno phishing crew was seen"),
    )
    with open_sqlite(tmp_path / "monitor.db") as db:
        db.execute("UPDATE hits SET triage = 'relevant'")
        noise = "SELECT h.id FROM hits h JOIN entries e ON e.id = h.entry_id WHERE e.title LIKE '%Tower%'"
        db.execute(f"UPDATE hits SET triage = 'noise' WHERE id IN ({noise})")
    report = json.loads(terminal.type("learn", "--json").out)
    (alias,) = report["aliases"]
    assert (alias["hits"], alias["relevant"], alias["noise"], alias["undecided"]) == (5, 3, 2, 0)
    assert (alias["precision"], round(alias["at_least"], 2)) == (0.6, 0.23)
    best = alias["refinements"][0]
    assert (best["kind"], best["words"]) == ("exclude", ["Inferno Tower"])
    assert (best["noise_removed"], best["relevant_lost"]) == (2, 0)
    said = terminal.type("learn").out
    assert "2 of 2 noise hits removed, no relevant hit of 3 lost" in said
    assert 'exclude = ["Towering Inferno", "Inferno Tower"]' in said
