from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pymisp import MISPEvent
from support.export_samples import BTC, CVE, ETH, Report, put_report
from support.store_samples import NOW

from monitor.exchange.exports.misp import MispExport
from monitor.exchange.exports.sharing import ExportContext, Tlp
from monitor.store import open_reader
from monitor.store.hit_export import database_origin, exported_hits, whole_story_ids
from monitor.store.hit_list import HitQuery, hit_ids


def loaded(event: dict) -> dict:
    """Let pymisp check an event, and return it as pymisp writes it."""
    checked = MISPEvent(strict_validation=True)
    checked.load(event)
    return json.loads(checked.to_json())


def story_events(db, context, query: HitQuery | None = None) -> list[dict]:
    ids = whole_story_ids(db, query or HitQuery(limit=None))
    document = json.loads("".join(MispExport(context).story_events(exported_hits(db, ids))))
    return [event["Event"] for event in document["response"]]


def run_event(db, context, name: str = "all hits") -> dict:
    ids = hit_ids(db, HitQuery(limit=None))
    return json.loads("".join(MispExport(context).run_event(exported_hits(db, ids), name, NOW)))["Event"]


@pytest.mark.parametrize("tlp", [None, *Tlp])
def test_every_event_is_valid(samples, context, tlp):
    marked = replace(context, tlp=tlp)
    events = [*story_events(samples, marked), run_event(samples, marked)]
    for event in events:
        checked = loaded(event)
        assert len(checked["Attribute"]) == len(event["Attribute"])
        assert (f"tlp:{tlp}" in [tag["name"] for tag in checked["Tag"]]) == (tlp is not None)


def test_no_identifier_and_no_value_is_given_twice(samples, context):
    uuids = []
    for event in story_events(samples, context):
        attributes = event["Attribute"] + [inner for found in event["Object"] for inner in found["Attribute"]]
        uuids += [event["uuid"], *(found["uuid"] for found in [*attributes, *event["Object"]])]
        values = [(found["type"], found["value"]) for found in event["Attribute"]]
        assert len(values) == len(set(values))
    assert len(uuids) == len(set(uuids))


def test_addresses_have_the_types_of_misp(samples, context):
    event = next(event for event in story_events(samples, context) if BTC in json.dumps(event))
    assert {"btc": BTC, "vulnerability": CVE}.items() <= {a["type"]: a["value"] for a in event["Attribute"]}.items()
    (coin,) = event["Object"]
    assert {a["object_relation"]: a["value"] for a in coin["Attribute"]} == {"address-crypto": ETH, "symbol": "ETH"}
    assert not any(a["to_ids"] for a in [*event["Attribute"], *coin["Attribute"]])


def test_a_published_list_is_named_with_its_date(samples, context):
    (event,) = [event for event in story_events(samples, context) if "OFAC" in json.dumps(event)]
    assert 'monitor:list="OFAC SDN list of 2026-11-20"' in [tag["name"] for tag in event["Tag"]]
    assert any(a["type"] == "comment" and "no identification" in a["value"] for a in event["Attribute"])


def test_a_story_is_an_event_with_its_links_tags_and_severity(samples, context):
    event = story_events(samples, context)[0]
    assert [a["value"] for a in event["Attribute"] if a["type"] == "link"] == [
        f"https://desk.example/{k}" for k in "abc"
    ]
    assert {tag["name"] for tag in event["Tag"]} >= {
        'misp-galaxy:threat-actor="Lazarus Group"',
        'monitor:severity="critical"',
        'monitor:rule="dprk-theft"',
        'monitor:triage="relevant"',
    }
    assert (event["threat_level_id"], event["analysis"], event["published"]) == ("1", "2", False)


def test_a_repeated_export_is_the_same_and_a_story_is_always_whole(samples, context):
    assert story_events(samples, context) == story_events(samples, context)
    assert story_events(samples, context, HitQuery(limit=1, until=NOW)) == story_events(samples, context)[:1]
    assert run_event(samples, context)["uuid"] == run_event(samples, context)["uuid"]
    assert run_event(samples, context)["uuid"] != run_event(samples, context, "since 2026-11-01")["uuid"]


def test_without_hits_there_is_no_event_or_an_empty_one(db):
    nothing = ExportContext(database_origin(db, NOW), {})
    assert story_events(db, nothing) == []
    assert loaded(run_event(db, nothing))["info"].endswith("all hits")


@pytest.mark.slow
def test_a_thousand_hits_are_one_valid_event(thousand_hits):
    with open_reader(thousand_hits) as db:
        event = run_event(db, ExportContext(database_origin(db, NOW), {}))
    assert len(loaded(event)["Attribute"]) == 1001  # a link each, and their common text


def test_quotes_in_a_name_do_not_break_a_tag(db):
    put_report(db, Report("a", names=(("lazarus", 'The "Group"'),)))
    (event,) = story_events(db, ExportContext(database_origin(db, NOW), {}))
    assert "misp-galaxy:threat-actor=\"The 'Group'\"" in [tag["name"] for tag in event["Tag"]]
