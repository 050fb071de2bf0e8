"""Real answers against the schemas of the description."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import jsonschema_rs
import pytest
from support.page_client import page_client
from support.store_samples import JUDGEMENT, NOW, entry, feed, put_entry

from monitor.config import WebSettings, WebToken
from monitor.model import FeedRecord, Indicator, IndicatorKind
from monitor.store import open_writer, write
from monitor.store.feeds import configure, save_feed
from monitor.store.hits import NewHit, add_hit
from monitor.web.accounts import SCOPES
from monitor.web.api.routes import OPERATIONS, PREFIX, description

TOKEN = "0123456789abcdef0123456789abcdef"
SETTINGS = WebSettings(tokens={"all": WebToken(TOKEN, SCOPES)})
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def api(database, watched_config):
    """Return a client of a database that has something of everything."""
    found = Indicator(IndicatorKind.ADDRESS, "ETH", "0x1", "0x1", "summary", 0, 3)
    with open_writer(database) as db, write(db):
        configure(db, [feed(key) for key in watched_config.feeds])
        judgement = replace(JUDGEMENT, indicators=(found,))
        add_hit(db, NewHit(put_entry(db, replace(entry("9"), published_at=None)), 1, judgement, NOW, 1))
        key = next(iter(watched_config.feeds))
        save_feed(db, FeedRecord(key, "http://127.4.0.9:9/feed", datetime(2026, 11, 22, tzinfo=UTC), latency_s=0.5))
    with page_client(database, SETTINGS, config=watched_config) as client:
        silence = {"subject": "actor", "name": "lazarus", "for": "4h", "why": "test"}
        for path, body in (
            ("/hits/4/triage", {"triage": "noise", "why": "old"}),
            ("/hits/1/triage", {"triage": "ack"}),
            ("/silences", silence),
            ("/silences", silence),
        ):
            answer = client.client.post(PREFIX + path, content=json.dumps(body), headers=HEADERS)
            assert answer.status_code in (200, 201), answer.text
        client.client.delete(f"{PREFIX}/silences/2", headers=HEADERS)
        yield client


def problems(schema, answer):
    """Return what of *answer* the schema does not allow."""
    whole = schema | {"components": description()["components"]}
    return [error.message for error in jsonschema_rs.validator_for(whole).iter_errors(answer)]


BODIES = {
    "/hits/{id:id}/triage": {"triage": "ack"},
    "/silences": {"subject": "rule", "name": "theft", "for": "4h", "why": "test"},
    "/deliveries/{id:id}/drop": {"why": "x"},
}
# the delivery is dropped before it is sent again
ORDERED = sorted(range(len(OPERATIONS)), key=lambda n: OPERATIONS[n].path.endswith("/retry"))


def test_every_operation_answers_as_its_schema_says(api):
    for number in ORDERED:
        operation = OPERATIONS[number]
        path = PREFIX + operation.path.replace("{id:id}", "1")
        body = json.dumps(BODIES[operation.path]) if operation.method == "POST" and operation.path in BODIES else None
        answer = api.client.request(operation.method, path, content=body, headers=HEADERS)
        assert answer.status_code == operation.status, (path, answer.text)
        assert problems(operation.answer, answer.json()) == [], path
        if "{id" not in path and "1" not in path.removeprefix(PREFIX):
            assert [] not in answer.json().values(), path  # something of everything is there to be checked


def test_hits_with_and_without_a_delivery_answer_as_the_schema_says(api):
    for number in (1, 4):
        answer = api.client.get(f"{PREFIX}/hits/{number}", headers=HEADERS).json()
        assert problems({"$ref": "#/components/schemas/HitDetails"}, answer) == []
        assert answer["destinations"] if number == 1 else answer["addresses"]


def test_every_error_answers_as_its_schema_says(api):
    for path, status in (("/hits/99", 404), ("/hits?limit=0", 400), ("/deliveries?state=x", 400)):
        answer = api.client.get(PREFIX + path, headers=HEADERS)
        assert answer.status_code == status
        assert problems({"$ref": "#/components/schemas/Error"}, answer.json()) == []


def test_the_check_finds_what_is_missing_and_what_is_not_described():
    schema = {"$ref": "#/components/schemas/Done"}
    assert problems(schema, {"done": "x"}) == []
    assert problems(schema, {}) != []
    assert problems(schema, {"done": "x", "more": 1}) != []
