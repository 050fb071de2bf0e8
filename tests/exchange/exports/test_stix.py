from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
import stix2
from support.export_samples import BTC, CVE, ETH, HOSTILE, Report, put_report
from support.store_samples import NOW

from monitor.exchange.exports.sharing import ExportContext, Tlp
from monitor.exchange.exports.stix import StixExport, StixOptions, bundle_text
from monitor.store import open_reader
from monitor.store.hit_export import database_origin, exported_hits, indicators_first_seen, whole_story_ids
from monitor.store.hit_list import HitQuery, hit_ids


def bundle(db, context, query: HitQuery | None = None, **options) -> dict:
    """Export, and let stix2 check every object."""
    query = query or HitQuery(limit=None)
    chosen = StixOptions(**options)
    ids = whole_story_ids(db, query) if chosen.per_story else hit_ids(db, query)
    export = StixExport(context, indicators_first_seen(db), chosen)
    text = "".join(bundle_text(export.objects(exported_hits(db, ids))))
    stix2.parse(text, allow_custom=False)
    return json.loads(text)


def of_type(found: dict, kind: str) -> list[dict]:
    return [item for item in found["objects"] if item["type"] == kind]


@pytest.mark.parametrize("per_story", [True, False])
@pytest.mark.parametrize("actor_type", ["threat-actor", "intrusion-set"])
@pytest.mark.parametrize("tlp", [None, *Tlp])
def test_every_bundle_is_valid_and_closed(samples, context, per_story, actor_type, tlp):
    found = bundle(samples, replace(context, tlp=tlp), per_story=per_story, actor_type=actor_type)
    ids = [item["id"] for item in found["objects"]]
    assert len(ids) == len(set(ids))
    named = set(re.findall(r'"([a-z-]+--[0-9a-f-]{36})"', json.dumps(found["objects"])))
    assert named - set(ids) <= {"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"}
    marked = [item for item in found["objects"] if "object_marking_refs" in item]
    assert len(marked) == (len(ids) - 1 if tlp else 0)


def test_a_report_is_a_story_with_all_its_hits_or_one_hit(samples, context):
    stories = of_type(bundle(samples, context), "report")
    hits = of_type(bundle(samples, context, per_story=False), "report")
    assert len(hits) == len(hit_ids(samples, HitQuery(limit=None)))
    assert len(stories) == len(hits) - 2
    urls = [ref["url"] for ref in stories[0]["external_references"] if "url" in ref]
    assert urls == [f"https://desk.example/{key}" for key in "abc"]
    one = bundle(samples, context, HitQuery(limit=1, until=NOW))
    assert of_type(one, "report") == [stories[0]]  # selected by one of its hits, exported whole


def test_a_repeated_export_has_the_same_objects(samples, context):
    assert bundle(samples, context) == bundle(samples, context)
    few = bundle(samples, context, HitQuery(limit=2))
    every = {item["id"]: item for item in bundle(samples, context)["objects"]}
    assert all(every[item["id"]] == item for item in few["objects"])
    assert few["id"] != bundle(samples, context)["id"]


def test_triage_makes_a_new_version_of_a_report(samples, context):
    reports = of_type(bundle(samples, context, per_story=False), "report")
    by_hit = {report["external_references"][-1]["external_id"]: report for report in reports}
    assert by_hit["hit 1"]["confidence"] > 50 > by_hit["hit 5"]["confidence"]
    assert "confidence" not in by_hit["hit 2"]
    assert (
        by_hit["hit 1"]["modified"] > by_hit["hit 1"]["created"] == by_hit["hit 2"]["created"].replace("01:00", "00:00")
    )
    assert by_hit["hit 1"]["labels"] == ["severity:critical", "rule:dprk-theft", "rule:anything", "triage:relevant"]


def test_an_actor_has_its_names_without_marks_and_without_internal_notes(samples, context):
    found = bundle(samples, context)
    (lazarus,) = [item for item in of_type(found, "threat-actor") if item["name"] == "Lazarus Group"]
    assert lazarus["aliases"] == ["HIDDEN COBRA", "BlueNoroff", "ZINC"]
    assert lazarus["labels"] == ["dprk"]
    assert [ref.get("url") for ref in lazarus["external_references"][1:]] == [
        "https://attack.mitre.org/groups/G0032",
        None,
    ]
    assert "call Ana" not in json.dumps(found)


def test_addresses_are_indicators_and_one_address_is_one_indicator(samples, context):
    found = bundle(samples, context)
    patterns = [item["pattern"] for item in of_type(found, "indicator")]
    assert sum(ETH.lower() in pattern for pattern in patterns) == 1
    assert len(patterns) == 3
    assert any(re.search(pattern, f"sent to {ETH}, he said") for pattern in patterns)
    assert not any(re.search(pattern, BTC.lower()) for pattern in patterns)
    assert [item["name"] for item in of_type(found, "vulnerability")] == [CVE]


def test_an_address_on_a_published_list_indicates_the_actor_and_the_report_names_the_list(samples, context):
    found = bundle(samples, context)
    by_id = {item["id"]: item for item in found["objects"]}
    (relation,) = of_type(found, "relationship")
    assert ETH.lower() in by_id[relation["source_ref"]]["pattern"]
    assert by_id[relation["target_ref"]]["name"] == "Lazarus Group"
    (report,) = [item for item in of_type(found, "report") if relation["id"] in item["object_refs"]]
    assert "OFAC SDN list of 2026-11-20; the name match alone is no identification" in report["description"]


def test_a_hit_without_actor_has_a_report(samples, context):
    (report,) = [item for item in of_type(bundle(samples, context), "report") if item["name"] == "Drained"]
    assert [ref.partition("--")[0] for ref in report["object_refs"]] == ["identity"]


def test_hostile_texts_stay_texts(samples, context):
    text = json.dumps(bundle(samples, context, per_story=False), ensure_ascii=False)
    assert "javascript:" not in text.replace('"description": "javascript:alert(1)"', "")
    assert not set(text) & set("\u202e\u2066\x00\x07\ufffe")
    assert "(no title)" in text
    assert HOSTILE[6].partition(" ")[0] in text


def test_two_databases_share_no_report(samples, context, db):
    put_report(db, Report("a", seen_s=7))
    with_other = ExportContext(replace(database_origin(db, NOW), id="another"), {})
    ids = [{item["id"] for item in of_type(bundle(*pair), "report")} for pair in ((samples, context), (db, with_other))]
    assert not ids[0] & ids[1]


def test_an_empty_database_gives_a_valid_bundle(db):
    assert of_type(bundle(db, ExportContext(database_origin(db, NOW), {})), "report") == []


@pytest.mark.slow
def test_a_thousand_hits_are_valid(thousand_hits):
    with open_reader(thousand_hits) as db:
        assert len(of_type(bundle(db, ExportContext(database_origin(db, NOW), {})), "report")) == 500


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://a.example/ä b?q=<x>&r=%20#ü", "https://a.example/%C3%A4%20b?q=%3Cx%3E&r=%20#%C3%BC"),
        ("https://a.example/(1)~x_y-z.html;v=1", "https://a.example/(1)~x_y-z.html;v=1"),
        ("javascript:alert(1)", None),
        ("https://[broken", None),
    ],
)
def test_links_are_uris(db, link, url):
    put_report(db, Report("a", link=link))
    (report,) = of_type(bundle(db, ExportContext(database_origin(db, NOW), {})), "report")
    assert report["external_references"][0].get("url") == url
