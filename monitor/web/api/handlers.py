"""The request handlers of the JSON API."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from monitor.daemon.operator_actions import (
    TRIAGE_WORDS,
    AddSilence,
    Drop,
    EndSilence,
    OperatorAction,
    Retry,
    Triage,
)
from monitor.errors import UsageError
from monitor.feeds.schedule.feed_health import feed_row
from monitor.json_text import dump
from monitor.model import DeliveryState
from monitor.pipeline.hit_record import hit_row, load_hit_record
from monitor.redaction import Redactor
from monitor.store import delivery_list, feeds, triage_and_silences
from monitor.store.hits import count_by_feed
from monitor.store.story_view import story_view
from monitor.times import span_seconds
from monitor.web.api.rows import delivery_row, iso, silence_row, story_row
from monitor.web.pages.exports import hit_rows
from monitor.web.routing import access, person, refusal

LIMIT = 1000
MAX_TEXT = 500


async def list_hits(request: Request) -> Response:
    """Return the hits that match the filters in the query parameters."""
    return JSONResponse({"hits": await hit_rows(request)})


async def get_hit(request: Request) -> Response:
    """Return all data about one hit, with the same fields as ``monitor show --json``."""
    number, now = request.path_params["id"], access(request).now()

    record = await access(request).read(lambda db: load_hit_record(db, number))
    if record is None:
        return refusal(request, 404, f"there is no hit #{number}")
    return Response(dump(hit_row(record, now)), media_type="application/json")


async def get_story(request: Request) -> Response:
    """Return one story and its entries."""
    number = request.path_params["id"]
    story = await access(request).read(lambda db: story_view(db, number))
    return _found(request, story_row(story) if story else None, f"there is no story {number}")


async def list_actors(request: Request) -> Response:
    """Return the actors of the active watchlist."""
    actors = access(request).config().actors.values()
    return JSONResponse(
        {"actors": [{"id": a.id, "name": a.name, "tags": sorted(a.tags), "note": a.note} for a in actors]}
    )


async def list_feeds(request: Request) -> Response:
    """Return the configured feeds and their health, with the same fields as ``monitor feeds --json``."""
    config = access(request).config()
    records, counts = await access(request).read(
        lambda db: ({record.key: record for record in feeds.load_feeds(db)}, count_by_feed(db))
    )
    hide = Redactor(config.secrets).redact
    rows = [hide(feed_row(feed, records.get(key), counts.get(key, 0))) for key, feed in config.feeds.items()]
    return JSONResponse({"feeds": [{name: _plain(value) for name, value in row.items()} for row in rows]})


def _plain(value: object) -> object:
    return iso(value) if isinstance(value, datetime) else value


async def list_deliveries(request: Request) -> Response:
    """Return the deliveries in the state that the query parameter names, or all that are not sent.

    Raises:
        UsageError: There is no such state.
    """
    text = request.query_params.get("state")
    if text is not None and text not in set(map(str, DeliveryState)):
        raise UsageError(f"state: must be one of {', '.join(map(str, DeliveryState))}")
    states = {DeliveryState(text)} if text else set(DeliveryState) - {DeliveryState.SENT}
    found = await access(request).read(lambda db: delivery_list.list_deliveries(db, states, LIMIT))
    hide, now = Redactor(access(request).config().secrets).redact, access(request).now()
    return JSONResponse({"deliveries": [hide(delivery_row(d, now)) for d in found]})


async def list_silences(request: Request) -> Response:
    """Return the silences, the newest first."""
    found = await access(request).read(lambda db: triage_and_silences.list_silences(db, LIMIT))
    return JSONResponse({"silences": [silence_row(silence, ended_by) for silence, ended_by in found]})


async def triage(request: Request) -> Response:
    """Store a triage of a hit; the request body is ``{"triage": "noise", "why": "..."}``.

    Raises:
        UsageError: A field is missing or invalid.
    """
    given = await _body(request, {"triage"}, {"why"})
    if given["triage"] not in TRIAGE_WORDS:
        raise UsageError(f"triage: must be one of {', '.join(TRIAGE_WORDS)}")
    return await _act(request, Triage(request.path_params["id"], given["triage"], _author(request), given["why"]))


async def add_silence(request: Request) -> Response:
    """Silence an actor or a rule for some time.

    The request body is ``{"subject": "actor", "name": "...", "for": "4h", "why": "..."}``.

    Raises:
        UsageError: A field is missing or invalid.
    """
    given = await _body(request, {"subject", "name", "for", "why"}, set())
    config = access(request).config()
    if given["name"] not in {"actor": config.actors, "rule": config.rules}.get(given["subject"], {}):
        raise UsageError("subject and name must be an actor or a rule of the watchlist")
    seconds = span_seconds(given["for"])
    if not seconds:
        raise UsageError('for: must be a time span such as "4h" or "7d"')
    action = AddSilence(given["subject"], given["name"], seconds, given["why"], _author(request))
    return await _act(request, action, 201)


async def end_silence(request: Request) -> Response:
    """End a silence before its time."""
    return await _act(request, EndSilence(request.path_params["id"], _author(request)))


async def retry_delivery(request: Request) -> Response:
    """Make a delivery due now that waits for a retry, was given up, or was dropped."""
    return await _act(request, Retry(request.path_params["id"], _author(request)))


async def drop_delivery(request: Request) -> Response:
    """Drop a delivery that waits or was given up; the request body is ``{"why": "..."}``."""
    given = await _body(request, set(), {"why"})
    return await _act(request, Drop(request.path_params["id"], _author(request), given["why"]))


async def _act(request: Request, action: OperatorAction, status: int = 200) -> Response:
    return JSONResponse({"done": await access(request).perform(action)}, status)


def _author(request: Request) -> str:
    return person(request).name


async def _body(request: Request, required: set[str], optional: set[str]) -> dict[str, str]:
    """Return the fields of the JSON object in the request body; missing optional fields are empty.

    Args:
        request: The request.
        required: Names of the fields that the body must have.
        optional: Names of the fields that it may have.

    Raises:
        UsageError: The body is not such an object.
    """
    raw = await request.body()
    try:
        given = json.loads(raw) if raw or required else {}
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise UsageError("the body must be a JSON object")
    if unknown := sorted(given.keys() - required - optional):
        raise UsageError(
            f"there is no field {unknown[0][:40]!a}; the fields are {', '.join(sorted(required | optional))}"
        )
    if missing := sorted(required - given.keys()):
        raise UsageError(f"the field {missing[0]} is missing")
    for name, value in given.items():
        if not isinstance(value, str) or len(value) > MAX_TEXT or not value.isprintable():
            raise UsageError(f"{name}: must be a printable text of at most {MAX_TEXT} characters")
    return {name: given.get(name, "") for name in required | optional}


def _found(request: Request, row: dict[str, Any] | None, otherwise: str) -> Response:
    return JSONResponse(row) if row is not None else refusal(request, 404, otherwise)
