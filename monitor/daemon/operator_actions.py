"""Operator actions, such as the triage of a hit: one frozen class for each command that changes the database.

A running daemon receives them as JSON over its control socket; without a daemon, the command performs them itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, ClassVar, assert_never, get_args, get_type_hints

from monitor.errors import UsageError
from monitor.logs import Log
from monitor.store import Writer, triage_and_silences
from monitor.store.triage_and_silences import NewSilence, TriageRecord
from monitor.wording import counted

LONGEST_SILENCE_S = 100 * 365 * 86_400.0
TRIAGE_WORDS = ("relevant", "noise", "ack")
MAX_ID = 2**63 - 1  # SQLite's integers have 64 bits
MAX_SEARCH_TITLE = 60  # characters
MAX_SEARCH_QUERY = 2000
MAX_MANY = 200  # hits that are triaged in one transaction, which delays the commits of polls

log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Retry:
    """The operator action that makes a pending, dead or dropped delivery due now."""

    name: ClassVar = "retry"
    id: int
    author: str


@dataclass(frozen=True, slots=True)
class Drop:
    """The operator action that drops an open, pending or dead delivery."""

    name: ClassVar = "drop"
    id: int
    author: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Triage:
    """The operator action that marks a hit as relevant, as noise, or as acknowledged."""

    name: ClassVar = "triage"
    id: int
    triage: str
    author: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class TriageMany:
    """The operator action that marks several hits alike in one transaction; hits that no longer exist are skipped."""

    name: ClassVar = "triage many"
    ids: tuple[int, ...]
    triage: str
    author: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class AddSilence:
    """The operator action that silences an actor or a rule for a time."""

    name: ClassVar = "silence"
    subject: str  # "actor" or "rule"
    subject_id: str
    for_s: float
    why: str
    author: str


@dataclass(frozen=True, slots=True)
class EndSilence:
    """The operator action that ends a silence early."""

    name: ClassVar = "end silence"
    id: int
    author: str


@dataclass(frozen=True, slots=True)
class SendDigest:
    """The operator action that sends the collected digest of a destination now, before its scheduled time."""

    name: ClassVar = "send digest"
    destination: str


@dataclass(frozen=True, slots=True)
class SaveSearch:
    """Save a search of the web page under a name."""

    name: ClassVar = "save search"
    title: str
    query: str  # of the address of the list of hits
    author: str


@dataclass(frozen=True, slots=True)
class DeleteSearch:
    """Delete a saved search."""

    name: ClassVar = "delete search"
    id: int
    author: str


OperatorAction = Retry | Drop | Triage | TriageMany | AddSilence | EndSilence | SendDigest | SaveSearch | DeleteSearch
_BY_NAME: Mapping[str, type[Any]] = {action.name: action for action in get_args(OperatorAction)}


def action_request(action: OperatorAction) -> dict[str, Any]:
    """Return *action* as a request for the control socket: its name under ``do``, and its fields."""
    return {"do": action.name, **asdict(action)}


def read_action(request: Mapping[str, Any]) -> OperatorAction:
    """Return the operator action that a request of the control socket describes.

    Raises:
        UsageError: There is no such action, or a field is missing, unknown or of a wrong type.
    """
    name = request.get("do")
    kind = _BY_NAME.get(name) if isinstance(name, str) else None
    if kind is None:
        raise UsageError(f'"do" must be one of {", ".join(_BY_NAME)}, not {name!r}')
    hints = get_type_hints(kind)
    given = {key: tuple(v) if isinstance(v, list) else v for key, v in request.items() if key != "do"}
    known = {field.name for field in fields(kind)}
    if unknown := sorted(given.keys() - known):
        raise UsageError(f'{name}: there is no field "{unknown[0]}"; the fields are {", ".join(sorted(known))}')
    for field in fields(kind):
        if field.name in given:
            _ensure_type(name, field.name, given[field.name], hints[field.name])
        elif field.default is MISSING:
            raise UsageError(f'{name}: the field "{field.name}" is missing')
    action: OperatorAction = kind(**given)
    return action


def _ensure_type(action: object, field: str, value: object, wanted: object) -> None:
    if wanted is int:
        fits, words = _is_id(value), "a positive number"
    elif wanted == tuple[int, ...]:
        fits = isinstance(value, tuple) and 0 < len(value) <= MAX_MANY and all(map(_is_id, value))
        words = f"a list of 1 to {MAX_MANY} positive numbers"
    elif wanted is float:
        fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        words = "a number"
    else:
        fits, words = isinstance(value, str), "a text"
    if not fits:
        shown = list(value) if isinstance(value, tuple) else value
        raise UsageError(f'{action}: "{field}" must be {words}, not {shown!r:.100}')


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_ID


def perform_action(db: Writer, action: OperatorAction, now: datetime) -> str:
    """Perform *action* in the database, and return a message that says what was done.

    Args:
        db: The writing connection, in a transaction.
        action: The action to perform.
        now: The current time.

    Raises:
        UsageError: The action is not possible; the text says why.
    """
    match action:
        case Retry():
            return _retry(db, action, now)
        case Drop():
            return _drop(db, action)
        case Triage():
            return _triage(db, action, now)
        case TriageMany():
            return _triage_many(db, action, now)
        case AddSilence():
            return _add_silence(db, action, now)
        case EndSilence():
            return _end_silence(db, action, now)
        case SendDigest():
            return _send_digest(db, action, now)
        case SaveSearch():
            return _save_search(db, action, now)
        case DeleteSearch():
            return _delete_search(db, action)
    assert_never(action)


def _retry(db: Writer, action: Retry, now: datetime) -> str:
    from monitor.store import (
        deliveries,
    )  # imported only by the actions that need it, because the import takes longer than a triage

    if not deliveries.retry(db, action.id, now):
        state = _state(db, action.id)
        raise UsageError(f"delivery {action.id} {state}; only pending, dead and dropped deliveries can be retried")
    log.info("delivery retried by an operator", delivery=action.id, author=action.author)
    return f"delivery {action.id} is due now"


def _drop(db: Writer, action: Drop) -> str:
    from monitor.model.reason import Dropped
    from monitor.store import deliveries

    if not deliveries.drop(db, action.id, Dropped(action.author, action.why)):
        state = _state(db, action.id)
        raise UsageError(f"delivery {action.id} {state}; only open, pending and dead deliveries can be dropped")
    return f"delivery {action.id} is dropped"


def _ensure_triage_word(word: str) -> None:
    if word not in TRIAGE_WORDS:
        words = f"{', '.join(TRIAGE_WORDS[:-1])} or {TRIAGE_WORDS[-1]}"
        raise UsageError(f'a hit is triaged as {words}, not "{word}"')


def _triage_many(db: Writer, action: TriageMany, now: datetime) -> str:
    _ensure_triage_word(action.triage)
    from monitor.pipeline.triage import triage_hit

    done, missing = 0, 0
    for number in action.ids:
        try:
            triage_hit(db, number, TriageRecord(action.triage, action.author, now, action.why))
            done += 1
        except LookupError:
            missing += 1
    if not done:
        raise UsageError("none of these hits exists any more; retention may have deleted them")
    said = f"{counted(done, 'hit')} marked as {action.triage} by {action.author}"
    return f"{said}; {counted(missing, 'hit')} did not exist any more" if missing else said


def _triage(db: Writer, action: Triage, now: datetime) -> str:
    _ensure_triage_word(action.triage)
    from monitor.pipeline.triage import triage_hit  # imported when it is used: it takes 20 ms

    try:
        ended = triage_hit(db, action.id, TriageRecord(action.triage, action.author, now, action.why))
    except LookupError:
        raise UsageError(f"there is no hit #{action.id}; monitor hits lists all hits") from None
    done = f"hit #{action.id}: {action.triage}, by {action.author}"
    if ended is None:
        return done
    if not ended.deliveries and not ended.escalations:
        return f"{done}; its story gets no more follow-ups"
    words = f"{counted(ended.deliveries, 'pending message')} and {counted(ended.escalations, 'escalation')}"
    return f"{done}; its story gets no more follow-ups: {words} cancelled"


def _add_silence(db: Writer, action: AddSilence, now: datetime) -> str:
    if action.subject not in ("actor", "rule") or not action.subject_id or not action.why:
        raise UsageError("a silence needs an actor or a rule, and a reason")
    if not 0 < action.for_s <= LONGEST_SILENCE_S:
        raise UsageError("a silence lasts more than 0 s and at most 100 years")
    until = now + timedelta(seconds=action.for_s)
    new = NewSilence(action.subject, action.subject_id, action.author, action.why, until)
    number = triage_and_silences.add_silence(db, new, now)
    return (
        f"silence {number}: {action.subject} {action.subject_id} until {until:%Y-%m-%d %H:%M} UTC;"
        " alerts that are pending already will still be sent"
    )


def _end_silence(db: Writer, action: EndSilence, now: datetime) -> str:
    if not triage_and_silences.end_silence(db, action.id, author=action.author, now=now):
        raise UsageError(f"silence {action.id} is not active; monitor silences lists the active silences")
    return f"silence {action.id} has ended"


def _send_digest(db: Writer, action: SendDigest, now: datetime) -> str:
    from monitor.store import deliveries

    if not (number := deliveries.make_digests_due(db, action.destination, now)):
        raise UsageError(f"no digest for {action.destination} is waiting to be sent")
    return f"{counted(number, 'digest')} for {action.destination} will be sent now"


def _save_search(db: Writer, action: SaveSearch, now: datetime) -> str:
    from monitor.store.saved_searches import MAX_SAVED, list_searches, save_search

    title = action.title.strip()
    if not title or len(title) > MAX_SEARCH_TITLE or not title.isprintable():
        raise UsageError(f"name the search, in at most {MAX_SEARCH_TITLE} characters")
    if not action.query or len(action.query) > MAX_SEARCH_QUERY:
        raise UsageError(f"a search to save has a filter, and at most {MAX_SEARCH_QUERY} characters")
    known = {search.name for search in list_searches(db)}
    if title not in known and len(known) >= MAX_SAVED:
        raise UsageError(f"there are {MAX_SAVED} saved searches already; delete one first")
    save_search(db, title, action.query, author=action.author, now=now)
    return f'search "{title}" is {"replaced" if title in known else "saved"}'


def _delete_search(db: Writer, action: DeleteSearch) -> str:
    from monitor.store.saved_searches import delete_search

    if not delete_search(db, action.id):
        raise UsageError(f"there is no saved search {action.id}")
    return "the saved search is deleted"


def _state(db: Writer, number: int) -> str:
    from monitor.store.delivery_list import load_delivery

    delivery = load_delivery(db, number)
    return f"is {delivery.state}" if delivery else "does not exist"
