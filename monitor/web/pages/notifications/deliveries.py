"""The pages about deliveries: which are waiting or were given up, and what each message says; with retry and drop."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.alerts.content.reason_wording import delivery_reason
from monitor.alerts.render.notification import RenderOptions
from monitor.daemon.operator_actions import Drop, Retry
from monitor.errors import UsageError
from monitor.model import Delivery, DeliveryState, Message
from monitor.redaction import Redactor
from monitor.store import Reader, delivery_list, messages
from monitor.web.pages.notifications.rendered_message import rendered_message
from monitor.web.routing import PageRoute, access, pages, person, read_form, reason_in, refusal

CHOICES = ("unsent", *(str(state) for state in DeliveryState))
LIMIT = 200
MAX_HITS = 50  # of a message that are listed


async def delivery_page(request: Request) -> Response:
    """Show the deliveries in one state, or all that are not sent.

    Raises:
        UsageError: There is no such state.
    """
    chosen = request.query_params.get("state", "unsent")
    if chosen not in CHOICES:
        raise UsageError(f'state: "{chosen[:40]}" is not one of {", ".join(CHOICES)}')
    states = set(DeliveryState) - {DeliveryState.SENT} if chosen == "unsent" else {DeliveryState(chosen)}
    found, counts = await access(request).read(
        lambda db: (delivery_list.list_deliveries(db, states, LIMIT), delivery_list.count_with_sent(db))
    )
    context = {
        "rows": [_row(d, request) for d in found],
        "counts": counts,
        "chosen": chosen,
        "choices": CHOICES,
        "limit": LIMIT,
    }
    return pages(request).render(request, "deliveries.html", context)


async def delivery(request: Request) -> Response:
    """Show one delivery with its hits and its message in the format of the destination's service."""
    number = request.path_params["id"]
    config, now = access(request).config(), access(request).now()

    def query(db: Reader) -> tuple[Delivery, Message] | None:
        found = delivery_list.load_delivery(db, number)
        return (found, messages.message_of(db, found)) if found else None

    stored = await access(request).read(query)
    if stored is None:
        return refusal(request, 404, f"there is no delivery {number}")
    found, message = stored
    options = RenderOptions(zone=config.alerts.timezone, now=now, base_url=config.base_url)
    destination = config.destinations.get(found.destination)
    context = {
        "row": _row(found, request),
        "hits": [(hit.id, hit.severity.word, hit.entry.text.title) for hit in message.hits[:MAX_HITS]],
        "more_hits": max(0, len(message.hits) - MAX_HITS),
        "rendered": await rendered_message(message, destination, options, Redactor(config.secrets)),
    }
    return pages(request).render(request, "delivery.html", context)


async def retry(request: Request) -> Response:
    """Make a delivery due now that waits for a retry, was given up, or was dropped."""
    done = await access(request).perform(Retry(request.path_params["id"], person(request).name))
    return _back(request, done)


async def drop(request: Request) -> Response:
    """Drop a delivery that waits or was given up."""
    form = await read_form(request)
    done = await access(request).perform(Drop(request.path_params["id"], person(request).name, reason_in(form)))
    return _back(request, done)


def _back(request: Request, done: str) -> Response:
    return RedirectResponse(f"/deliveries/{request.path_params['id']}?{urlencode({'done': done})}", 303)


def _row(found: Delivery, request: Request) -> dict[str, Any]:
    hide = Redactor(access(request).config().secrets).redact
    return {
        "id": found.id,
        "destination": found.destination,
        "kind": str(found.kind),
        "state": str(found.state),
        "attempts": found.attempts,
        "created_at": found.created_at,
        "due_at": found.due_at,
        "sent_at": found.sent_at,
        "possible_repeat": found.possible_repeat,
        "late": found.late,
        "reason": hide(delivery_reason(found, zone=UTC, now=access(request).now())),
        "can_retry": found.state in (DeliveryState.PENDING, DeliveryState.DEAD, DeliveryState.DROPPED),
        "can_drop": found.state in (DeliveryState.OPEN, DeliveryState.PENDING, DeliveryState.DEAD),
    }


ROUTES = (
    PageRoute("/deliveries", delivery_page),
    PageRoute("/deliveries/{id:id}", delivery),
    PageRoute("/deliveries/{id:id}/retry", retry, scope="deliveries", methods=("POST",)),
    PageRoute("/deliveries/{id:id}/drop", drop, scope="deliveries", methods=("POST",)),
)
