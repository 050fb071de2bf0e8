from __future__ import annotations

import json

import pytest
from support.page_client import page_client
from support.store_samples import NOW

from monitor.config import WebSettings, WebToken, WebUser
from monitor.daemon.operator_actions import AddSilence, EndSilence, Triage
from monitor.json_text import dump
from monitor.pipeline.hit_record import hit_row, load_hit_record
from monitor.store import open_reader
from monitor.web.api.routes import OPERATIONS, description

TOKEN = {scope: f"{scope:0<32}" for scope in ("read", "triage", "silence", "deliveries", "metrics")}
SETTINGS = WebSettings(
    users={"ana": WebUser("$argon2id$x", is_editor=True)},
    tokens={scope: WebToken(token, frozenset({scope})) for scope, token in TOKEN.items()},
)


@pytest.fixture
def api(database, watched_config):
    with page_client(database, SETTINGS, config=watched_config, address="192.0.2.7") as client:
        yield client


def as_program(scope):
    return {"Authorization": f"Bearer {TOKEN[scope]}"}


def post(api, path, body, scope):
    return api.client.post(path, content=json.dumps(body), headers=as_program(scope))


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/api/v1/hits", "hits"),
        ("/api/v1/hits?severity=critical&limit=1", "hits"),
        ("/api/v1/hits/1", "mentions"),
        ("/api/v1/stories/1", "entries"),
        ("/api/v1/actors", "actors"),
        ("/api/v1/feeds", "feeds"),
        ("/api/v1/deliveries", "deliveries"),
        ("/api/v1/silences", "silences"),
    ],
)
def test_programs_read(api, path, key):
    answer = api.client.get(path, headers=as_program("read"))
    assert answer.status_code == 200
    assert key in answer.json()


def test_a_hit_has_what_was_found_and_decided(api):
    hit = api.client.get("/api/v1/hits/1", headers=as_program("read")).json()
    assert hit["mentions"][0]["text"] == "Lazarus Group"
    assert hit["destinations"][0]["destination"] == "slack"
    assert hit["rules"]


def test_without_a_token_nothing_is_answered(api):
    for path in ("/api/v1/hits", "/hits.json", "/hits.csv", "/hits.atom", "/metrics"):
        answer = api.client.get(path, follow_redirects=False)
        assert answer.status_code == 401
        assert "token" in answer.json()["error"]


def test_a_token_does_only_what_its_scopes_say(api):
    for path, scope in (("/api/v1/hits", "triage"), ("/api/v1/hits", "metrics"), ("/metrics", "read")):
        assert api.client.get(path, headers=as_program(scope)).status_code == 403
    for scope in ("read", "silence", "deliveries", "metrics"):
        assert post(api, "/api/v1/hits/1/triage", {"triage": "noise"}, scope).status_code == 403
    assert not api.done


def test_a_token_opens_no_page(api):
    assert api.client.get("/", headers=as_program("read"), follow_redirects=False).status_code == 303


def test_acts_have_the_token_as_author(api):
    assert post(api, "/api/v1/hits/1/triage", {"triage": "noise", "why": "old"}, "triage").status_code == 200
    silence = {"subject": "actor", "name": "lazarus", "for": "4h", "why": "test"}
    assert post(api, "/api/v1/silences", silence, "silence").status_code == 201
    assert api.client.delete("/api/v1/silences/1", headers=as_program("silence")).status_code == 200
    assert post(api, "/api/v1/deliveries/1/drop", {}, "deliveries").status_code == 200
    assert [type(action) for action in api.done[:3]] == [Triage, AddSilence, EndSilence]
    assert api.done[0].author == "triage"


@pytest.mark.parametrize(
    "body", ["", "[]", "{", "1", '{"triage": 1}', '{"triage": "noise", "x": "y"}', '{"why": "x"}', "[" * 100_000]
)
def test_a_body_that_cannot_be_read_is_explained(api, body):
    answer = api.client.post("/api/v1/hits/1/triage", content=body, headers=as_program("triage"))
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_the_exports_have_the_filters_of_the_page(api):
    rows = api.client.get("/hits.json?since=all", headers=as_program("read")).json()
    assert [row["id"] for row in rows] == [3, 2, 1]
    assert api.client.get("/hits.json?q=nothing+such", headers=as_program("read")).json() == []
    assert api.client.get("/hits.csv", headers=as_program("read")).text.count("\n") == 4
    assert api.client.get("/hits.json?limit=0", headers=as_program("read")).status_code == 400


def test_the_atom_feed_is_read_as_a_feed(api):
    import feedparser

    feed = feedparser.parse(api.client.get("/hits.atom", headers=as_program("read")).content)
    assert not feed.bozo
    assert [entry.id.rpartition("/")[2] for entry in feed.entries] == ["3", "2", "1"]
    assert feed.feed.updated_parsed


def test_metrics_are_read_by_prometheus(api):
    from prometheus_client.parser import text_string_to_metric_families

    text = api.client.get("/metrics", headers=as_program("metrics")).text
    found = {family.name: family for family in text_string_to_metric_families(text)}
    assert found["monitor_hits"].samples[0].value == 3
    assert found["monitor_up"].samples[0].value == 0
    assert {sample.labels["state"] for sample in found["monitor_deliveries"].samples} >= {"open", "sent", "dead"}
    assert found["monitor_notification_latency_seconds"].type == "histogram"


def test_every_operation_is_described():
    described = description()["paths"]
    assert sum(len(methods) for methods in described.values()) == len(OPERATIONS)
    for methods in described.values():
        for operation in methods.values():
            assert operation["summary"]
            assert {"400", "401", "403", "404", "409"} <= operation["responses"].keys()


def test_a_hit_is_what_show_prints(api, database):
    answer = api.client.get("/api/v1/hits/1", headers=as_program("read"))
    with open_reader(database) as db:
        assert answer.text == dump(hit_row(load_hit_record(db, 1), NOW))
    assert answer.json()["triage"] is None
    assert answer.json()["why"][0].keys() == {"rule", "severity", "why"}
