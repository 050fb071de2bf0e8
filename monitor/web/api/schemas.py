"""JSON Schemas of the objects that the API returns, for its OpenAPI description."""

from __future__ import annotations

from typing import Any

from monitor.daemon.operator_actions import TRIAGE_WORDS
from monitor.errors import FeedState
from monitor.model import DeliveryKind, DeliveryState, MatchKind, Severity, Verdict

Schema = dict[str, Any]


def _object(**fields: Schema) -> Schema:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    if "enum" in schema:
        return schema | {"type": ["string", "null"], "enum": [*schema["enum"], None]}
    return schema | {"type": [schema["type"], "null"]}


def _one_of(words: Any) -> Schema:
    return {"type": "string", "enum": [str(word) for word in words]}


def reference(name: str) -> Schema:
    """Return a JSON Schema reference to the component *name* of the OpenAPI description."""
    return {"$ref": f"#/components/schemas/{name}"}


def listed(key: str, name: str) -> Schema:
    """Return the JSON Schema of an object with one field *key*, a list of objects of the component *name*."""
    return _object(**{key: _list(reference(name))})


_TEXT: Schema = {"type": "string"}
_ID: Schema = {"type": "integer", "minimum": 0}
_NUMBER: Schema = {"type": "number"}
_FLAG: Schema = {"type": "boolean"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_SEVERITY = _one_of(severity.word for severity in Severity)
_TRIAGE = _one_of(TRIAGE_WORDS)
_STATE = _one_of(DeliveryState)

_HIT: dict[str, Schema] = {
    "id": _ID,
    "seen_at": _TIME,
    "published_at": _or_null(_TIME),
    "severity": _SEVERITY,
    "title": _TEXT,
    "link": _TEXT,
    "feed": _TEXT,
    "outlet": _TEXT,
    "actors": _list(_TEXT),
    "keywords": _list(_TEXT),
    "story": _ID,
    "triage": _or_null(_TRIAGE),
}
_PLACE = {
    "alias": _TEXT, "text": _TEXT, "field": _TEXT, "start": _ID, "end": _ID, "edits": _ID, "kind": _one_of(MatchKind),
}  # fmt: skip
_MENTION: Schema = {"oneOf": [_object(actor=_TEXT, **_PLACE), _object(keyword=_TEXT, **_PLACE)]}
_REASON: Schema = {"type": "object", "properties": {"code": _TEXT}, "required": ["code"]}  # and its parameters
_LISTED = _object(
    actor=_TEXT, list=_TEXT, title=_TEXT, date={"type": "string", "format": "date"}, sanctions=_FLAG, by_name=_FLAG,
    by_address=_FLAG, words=_TEXT,
)  # fmt: skip
_DECISION = _object(
    destination=_TEXT, verdict=_one_of(Verdict), reason=_TEXT, reasons=_list(_REASON), decided_at=_TIME,
    due_at=_or_null(_TIME), delivery=_or_null(_ID), state=_or_null(_STATE),
)  # fmt: skip
_DELIVERY_OF_HIT = _object(
    id=_ID, destination=_TEXT, kind=_one_of(DeliveryKind), state=_STATE, due_at=_TIME, sent_at=_or_null(_TIME),
    late=_FLAG, reason=_TEXT, why=_TEXT,
)  # fmt: skip
_EVIDENCE = _object(
    reason=_TEXT, score=_NUMBER, weak=_FLAG, similarity=_NUMBER, shared=_list(_object(word=_TEXT, weight=_NUMBER)),
    victim=_or_null(_TEXT), amount=_or_null(_TEXT), amount_is_near=_FLAG, indicator=_or_null(_TEXT), same_link=_FLAG,
    is_cited=_FLAG, outlet=_TEXT,
)  # fmt: skip
_STORY_ENTRY = _object(
    entry=_ID, hit=_or_null(_ID), outlet=_TEXT, title=_TEXT, seen_at=_TIME, why=_TEXT, evidence=_or_null(_EVIDENCE),
)  # fmt: skip
_REPORT = _object(
    feed=_TEXT, outlet=_TEXT, link=_TEXT, title=_TEXT, published_at=_or_null(_TIME), seen_at=_TIME, reason=_TEXT,
    hit=_or_null(_ID), severity=_or_null(_SEVERITY), triage=_or_null(_TRIAGE),
)  # fmt: skip

COMPONENTS: dict[str, Schema] = {
    "Error": _object(error=_TEXT),
    "Done": _object(done=_TEXT),
    "Hit": _object(**_HIT, rules=_list(_TEXT)),
    "HitDetails": _object(
        **_HIT,
        summary=_TEXT,
        content=_TEXT,
        version=_ID,
        is_update=_FLAG,
        changes=_list(_TEXT),
        canary=_FLAG,
        watchlist_version=_ID,
        raw_sha256=_TEXT,
        why=_list(_object(rule=_TEXT, severity=_SEVERITY, why=_TEXT)),
        mentions=_list(_MENTION),
        rules=_list(_TEXT),
        amounts=_list(_object(value=_TEXT, currency=_TEXT, text=_TEXT)),
        addresses=_list(_object(chain=_TEXT, address=_TEXT)),
        transactions=_list(_object(chain=_TEXT, hash=_TEXT)),
        cves=_list(_TEXT),
        lists=_list(_LISTED),
        destinations=_list(_DECISION),
        story_entries=_list(_STORY_ENTRY),
        daily_mentions=_list(_object(actor=_TEXT, last_day={"type": "string", "format": "date"}, stories=_list(_ID))),
        deliveries=_list(_DELIVERY_OF_HIT),
        triages=_list(_object(triage=_TRIAGE, author=_TEXT, at=_TIME, why=_TEXT)),
    ),
    "Story": _object(
        id=_ID,
        title=_TEXT,
        opened_at=_TIME,
        last_entry_at=_TIME,
        follows=_or_null(_ID),
        followed_by=_list(_ID),
        entries=_list(_REPORT),
    ),
    "Actor": _object(id=_TEXT, name=_TEXT, tags=_list(_TEXT), note=_TEXT),
    "Feed": _object(
        feed=_TEXT,
        url=_TEXT,
        hits=_ID,
        state=_one_of(FeedState),
        cause=_TEXT,
        remedy=_TEXT,
        last_success_at=_or_null(_TIME),
        last_poll_at=_or_null(_TIME),
        newest_at=_or_null(_TIME),
        next_due_at=_or_null(_TIME),
        next_due_why=_or_null(_TEXT),
        failures=_ID,
        latency_s=_or_null(_NUMBER),
        latency=_or_null(_TEXT),
        moved_to=_or_null(_TEXT),
        polled_url=_TEXT,
    ),
    "Delivery": _object(
        id=_ID,
        destination=_TEXT,
        kind=_one_of(DeliveryKind),
        state=_STATE,
        attempts=_ID,
        due_at=_TIME,
        sent_at=_or_null(_TIME),
        reason=_TEXT,
    ),
    "Silence": _object(
        id=_ID,
        subject=_one_of(("actor", "rule")),
        name=_TEXT,
        author=_TEXT,
        why=_TEXT,
        created_at=_TIME,
        until=_TIME,
        ended_by=_or_null(_TEXT),
    ),
}
