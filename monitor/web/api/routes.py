"""The operations of the JSON API: one table gives their addresses and their OpenAPI description."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from monitor.daemon.operator_actions import TRIAGE_WORDS
from monitor.model import DeliveryState, Severity
from monitor.web.api import handlers
from monitor.web.api.schemas import COMPONENTS, Schema, listed, reference
from monitor.web.pages.exports import DEFAULT_LIMIT, MAX_LIMIT
from monitor.web.routing import Handler, PageRoute

PREFIX = "/api/v1"
_TEXT = {"type": "string", "maxLength": 500}
_TIME = {"type": "string", "description": "A span (3d), a date, or a date and time (ISO 8601)"}
_FILTERS: dict[str, Any] = {
    "q": {"type": "string", "description": "Search terms in the syntax of monitor search"},
    "since": {**_TIME, "default": "30d"},
    "until": _TIME,
    "severity": {"type": "string", "enum": [s.word for s in Severity]},
    "actor": {"type": "string"},
    "feed": {"type": "string"},
    "rule": {"type": "string"},
    "triage": {"type": "string", "enum": [*TRIAGE_WORDS, "none"]},
    "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
}


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the JSON API: its address and handler, and its schemas for the OpenAPI description."""

    path: str
    handler: Handler
    summary: str
    answer: Schema  # of the JSON object that is answered
    scope: str = "read"
    method: str = "GET"
    query: Mapping[str, Any] = field(default_factory=dict)  # schema by parameter
    body: Mapping[str, Any] = field(default_factory=dict)  # schema by field of the JSON object
    required: tuple[str, ...] = ()  # fields of the body
    status: int = 200

    def route(self) -> PageRoute:
        """Return the route that serves this operation."""
        return PageRoute(PREFIX + self.path, self.handler, self.scope, (self.method,), for_programs=True)


_DONE = reference("Done")

OPERATIONS = (
    Operation("/hits", handlers.list_hits, "Hits, the newest first", listed("hits", "Hit"), query=_FILTERS),
    Operation("/hits/{id:id}", handlers.get_hit, "One hit in full", reference("HitDetails")),
    Operation(
        "/hits/{id:id}/triage",
        handlers.triage,
        "Triage a hit",
        _DONE,
        "triage",
        "POST",
        body={"triage": {"type": "string", "enum": list(TRIAGE_WORDS)}, "why": _TEXT},
        required=("triage",),
    ),
    Operation("/stories/{id:id}", handlers.get_story, "One story with its entries", reference("Story")),
    Operation("/actors", handlers.list_actors, "The actors of the active watchlist", listed("actors", "Actor")),
    Operation("/feeds", handlers.list_feeds, "The configured feeds with their health", listed("feeds", "Feed")),
    Operation(
        "/deliveries",
        handlers.list_deliveries,
        "Deliveries in one state; without a state, all that are not sent",
        listed("deliveries", "Delivery"),
        query={"state": {"type": "string", "enum": [str(s) for s in DeliveryState]}},
    ),
    Operation(
        "/deliveries/{id:id}/retry", handlers.retry_delivery, "Send a delivery again now", _DONE, "deliveries", "POST",
    ),
    Operation(
        "/deliveries/{id:id}/drop", handlers.drop_delivery, "Drop a delivery", _DONE, "deliveries", "POST",
        body={"why": _TEXT},
    ),
    Operation("/silences", handlers.list_silences, "Silences, the newest first", listed("silences", "Silence")),
    Operation(
        "/silences",
        handlers.add_silence,
        "Silence an actor or a rule",
        _DONE,
        "silence",
        "POST",
        body={
            "subject": {"type": "string", "enum": ["actor", "rule"]},
            "name": _TEXT,
            "for": {"type": "string", "description": "A span such as 4h or 7d"},
            "why": {**_TEXT, "minLength": 1},
        },
        required=("subject", "name", "for", "why"),
        status=201,
    ),
    Operation("/silences/{id:id}", handlers.end_silence, "End a silence early", _DONE, "silence", "DELETE"),
)  # fmt: skip


async def openapi(_request: Request) -> Response:
    """Return the OpenAPI description of the JSON API."""
    return JSONResponse(description())


def description() -> dict[str, Any]:
    """Return the OpenAPI 3.1 description of the JSON API as a JSON object."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        path = PREFIX + re.sub(r"\{(\w+):\w+\}", r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "crypto-news monitor", "version": version("crypto-news-monitor")},
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": COMPONENTS,
        },
        "security": [{"token": []}],
    }


def _described(operation: Operation) -> dict[str, Any]:
    parameters = [{"name": n, "in": "query", "schema": schema} for n, schema in operation.query.items()]
    if "{id:id}" in operation.path:
        schema = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
        parameters.append({"name": "id", "in": "path", "required": True, "schema": schema})
    error = {"content": {"application/json": {"schema": reference("Error")}}}
    refusals = {
        "401": "No valid token",
        "403": "The token lacks the required scope",
        "404": "Not found",
        "400": "A parameter or the body cannot be read; the error says which and why",
        "409": "Not possible; the error says why",
        "503": "The database cannot be read now",
    }
    found: dict[str, Any] = {
        "summary": operation.summary,
        "description": f"Needs the scope {operation.scope}.",
        "parameters": parameters,
        "responses": {
            str(operation.status): {
                "description": "Done",
                "content": {"application/json": {"schema": operation.answer}},
            },
            **{status: {"description": text, **error} for status, text in refusals.items()},
        },
    }
    if operation.body:
        schema = {
            "type": "object",
            "properties": dict(operation.body),
            "required": list(operation.required),
            "additionalProperties": False,
        }
        found["requestBody"] = {
            "required": bool(operation.required),
            "content": {"application/json": {"schema": schema}},
        }
    return found


ROUTES = (
    *(operation.route() for operation in OPERATIONS),
    PageRoute(f"{PREFIX}/openapi.json", openapi, scope="", for_programs=True),
)
