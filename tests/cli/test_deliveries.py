from __future__ import annotations

import csv
import io
import json

import pytest
from support.servers import Reply

from monitor.cli import deliveries

FEED = b"<rss version='2.0'><channel><title>Wire</title>%s</channel></rss>"
BACKLOG = b"<item><guid>1</guid><title>Lazarus Group is mentioned</title></item>"
THEFT = b"<item><guid>2</guid><title>Lazarus Group stole $2M</title></item>"


@pytest.fixture
def polled(terminal, site):
    """A hit of the backlog, which nobody is notified of, and one that was delivered."""
    terminal.configure(url=site.route("/feed", Reply(body=FEED % BACKLOG), Reply(body=FEED % THEFT)))
    terminal.type("once")
    terminal.type("once")
    return terminal


def records(terminal, *words: str):
    return json.loads(terminal.type("deliveries", "--json", *words).out)


def test_every_hit_and_destination_has_a_record_with_the_reason(polled):
    second, first = records(polled)
    assert (second["hit"], second["destination"], second["notified"]) == (2, "desk", "yes")
    assert second["sent_at"]
    assert "theft" in second["reason"]
    assert (first["hit"], first["destination"], first["notified"]) == (1, "desk", "no")
    assert "first poll" in first["reason"] or "backlog" in first["reason"]
    assert first["sent_at"] is None


def test_the_record_is_limited_to_a_period_and_a_destination(polled):
    assert records(polled, "--until", "yesterday") == []
    assert len(records(polled, "--since", "1h", "--destination", "desk")) == 2
    assert records(polled, "--destination", "other") == []


def test_the_record_as_csv_and_as_a_table(polled):
    header, *lines = csv.reader(io.StringIO(polled.type("deliveries", "--csv").out))
    assert [line[header.index("notified")] for line in lines] == ["yes", "no"]
    assert "notified" in polled.type("deliveries").out.splitlines()[0]


def test_a_failed_delivery_has_its_reason(terminal, site):
    terminal.configure(
        terminal.config_text('[alerts]\nfirst_run = "alert"\n').replace("console://", "json://127.4.0.9:9/hook"),
        url=site.route("/feed", Reply(body=FEED % THEFT)),
    )
    terminal.type("once")
    (record,) = records(terminal)
    assert (record["notified"], record["state"]) == ("no", "pending")
    assert "refused" in record["reason"]


def test_hits_and_search_print_the_ndjson_that_match_reads(polled, site, tmp_path):
    for command in (["hits", "--ndjson"], ["search", "--ndjson", "lazarus"]):
        items = tmp_path / "items.ndjson"
        items.write_text(polled.type(*command).out)
        rows = [json.loads(line) for line in polled.type("match", str(items)).out.splitlines()]
        assert [row["actors"] for row in rows] == [["lazarus"], ["lazarus"]]
        assert all(row["id"] for row in rows)


def test_the_ndjson_of_a_hit_contains_its_texts(terminal, site, tmp_path):
    item = b"<item><guid>3</guid><title>A bridge is empty</title><description>Lazarus Group did it</description></item>"
    terminal.configure(
        terminal.config_text('[alerts]\nfirst_run = "alert"\n'), url=site.route("/feed", Reply(body=FEED % item))
    )
    terminal.type("once")
    items = tmp_path / "items.ndjson"
    items.write_text(terminal.type("hits", "--ndjson").out)
    assert json.loads(terminal.type("match", str(items)).out)["actors"] == ["lazarus"]
    assert "summary" not in json.loads(terminal.type("hits", "--json").out)[0]


def test_a_word_with_a_hyphen_before_it_is_excluded_from_a_search(polled):
    assert [row["hit"] for row in json.loads(polled.type("search", "lazarus", "-stole", "--json").out)] == [1]
    assert [row["hit"] for row in json.loads(polled.type("search", "-crypto", "lazarus -stole", "--json").out)] == [1]


def test_run_names_the_database(terminal, tmp_path):
    from monitor.store import InstanceLock

    terminal.configure()
    with InstanceLock(tmp_path / "monitor.db"):
        said = terminal.type("run")
    assert said.code == 4
    assert f"database={tmp_path / 'monitor.db'}" in said.err


def test_explain_shows_mentions_first_and_hides_candidates_that_they_overlap(terminal):
    config = terminal.config_text('[actors.group]\naliases = ["Grouped"]\nweak = ["Lazarus"]\ncontext = ["phish*"]\n')
    terminal.configure(config)
    lines = terminal.type("explain", "Inferno and Lazarus Group").out.splitlines()
    assert lines[0] == "Matches"
    assert 'actor lazarus: "Lazarus Group"' in lines[1]
    assert lines[2] == "Candidates that do not count"
    assert "actor inferno" in lines[3]
    assert lines[4] == "  2 candidates inside these matches not shown; --all shows them"
    assert 'actor group: "Lazarus"' in terminal.type("explain", "--all", "Inferno and Lazarus Group").out


def test_a_destination_that_no_rule_names_is_in_the_record(polled):
    polled.configure(polled.config_text('[destinations.pager]\nurl = "console://"\n'))
    found = [(r["hit"], r["destination"], r["notified"]) for r in records(polled)]
    assert found == [(2, "desk", "yes"), (2, "pager", "no"), (1, "desk", "no"), (1, "pager", "no")]
    (pager,) = records(polled, "--destination", "pager", "--limit", "1")
    assert pager["reason"] == "no matching rule sends to this destination"
    assert (pager["decision"], pager["delivery"], pager["sent_at"]) == (None, None, None)


def test_the_forms_for_programs_are_complete(polled, monkeypatch):
    monkeypatch.setattr(deliveries, "SHOWN", 1)
    assert len(records(polled)) == 2
    said = polled.type("deliveries")
    assert "--limit" in said.err
    assert len(said.out.splitlines()) == 2
    assert polled.type("deliveries", "--limit", "1").err == ""
    assert polled.type("deliveries", "--ndjson").out.count("\n") == 2
    assert json.loads(polled.type("deliveries", "--until", "2020-01-01", "--json").out) == []
