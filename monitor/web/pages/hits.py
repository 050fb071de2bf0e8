"""The page of hits: search, filters with counts, a chart by day, a card for each hit, and triage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlencode

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.daemon.operator_actions import MAX_MANY, TRIAGE_WORDS, Triage, TriageMany
from monitor.errors import UsageError
from monitor.model import Severity
from monitor.store import Reader
from monitor.store.hit_filter import Cursor, HitFilter
from monitor.store.hit_pages import PAGE, HitCounts, HitPage, count_hits, find_hits
from monitor.store.hits import load_hit
from monitor.store.saved_searches import SavedSearch, list_searches
from monitor.store.search import parse_query
from monitor.times import span_seconds, typed_time
from monitor.web.access import NotPossibleError
from monitor.web.chart import DayChart, day_chart
from monitor.web.pages.card import Card, card
from monitor.web.routing import (
    PageRoute,
    access,
    id_in,
    pages,
    person,
    read_form,
    reason_in,
    safe_next,
    wants_fragment,
    with_message,
)

SPANS = ("24h", "7d", "30d", "90d", "all")
DEFAULT_SPAN = "30d"
FACETS = ("severity", "actor", "rule", "feed", "triage")


@dataclass(frozen=True, slots=True)
class Links:
    """Builds links to the page of hits that keep the current filters and change one of them."""

    params: tuple[tuple[str, str], ...]

    def with_value(self, name: str, value: str | None) -> str:
        """Return the link with the parameter *name* set to *value*, or without the parameter if *value* is None.

        The link leads to the first page of results.
        """
        kept = [(key, v) for key, v in self.params if key not in (name, "before", "done")]
        return "/?" + urlencode(kept + ([(name, value)] if value is not None else []))

    @property
    def query(self) -> str:
        """The current filters as a query string."""
        return urlencode([(key, value) for key, value in self.params if key not in ("before", "done")])


async def hits(request: Request) -> Response:
    """Show the hits that match the filters in the query parameters."""
    now = access(request).now()
    params = request.query_params
    wanted, before, problem = _filter_or_problem(params, now)

    def query(db: Reader) -> tuple[list[Card], HitPage, HitCounts, list[SavedSearch]]:
        found = find_hits(db, wanted, before=before, limit=PAGE + 1)
        cards = [card(hit, item.triage) for item in found.hits[:PAGE] if (hit := load_hit(db, item.id))]
        return cards, found, count_hits(db, wanted), list_searches(db)

    cards, found, counts, searches = await access(request).read(query)
    links = Links(tuple((key, value) for key, value in params.multi_items() if value))
    context = {
        "cards": cards,
        "counts": counts,
        "chart": _chart(counts.days, params, now, links),
        "links": links,
        "facets": [(name, counts.facets.get(name, []), params.get(name)) for name in FACETS],
        "q": params.get("q", ""),
        "span": params.get("since") or DEFAULT_SPAN,
        "spans": SPANS,
        "day": params.get("day"),
        "searches": searches,
        "problem": problem,
        "older": _after(found, links),
        "searched_to": found.searched_to.seen_at if found.searched_to else None,
        "is_first": before is None,
        "has_bulk": True,
    }
    return pages(request).render(request, "hits.html", context, 400 if problem else 200)


async def triage_many(request: Request) -> Response:
    """Store the same triage for all selected hits.

    Raises:
        UsageError: No hit is selected, or too many are, or the triage is unknown.
        NotPossibleError: None of the hits exists any more.
    """
    form = await read_form(request)
    word = _triage_word(form)
    ids = list(dict.fromkeys(number for value in form.getlist("id") if (number := id_in(value)) is not None))
    if not ids:
        raise UsageError("select at least one hit first")
    if len(ids) > MAX_MANY:
        raise UsageError(f"select at most {MAX_MANY} hits at once")
    said = await access(request).perform(TriageMany(tuple(ids), word, person(request).name, reason_in(form)))
    return RedirectResponse(with_message(safe_next(str(form.get("next", "/"))), said), 303)


async def triage_one(request: Request) -> Response:
    """Store a triage of one hit, and return its new card, or lead back to the page that the user came from.

    Raises:
        UsageError: The triage is unknown.
        NotPossibleError: There is no such hit.
    """
    form = await read_form(request)
    number, word = request.path_params["id"], _triage_word(form)
    done = await access(request).perform(Triage(number, word, person(request).name, reason_in(form)))
    target = safe_next(str(form.get("next", f"/hits/{number}")))
    if not wants_fragment(request):
        return RedirectResponse(with_message(target, done), 303)
    hit = await access(request).read(lambda db: load_hit(db, number))
    if hit is None:
        raise NotPossibleError(f"there is no hit #{number}")
    context = {"card": card(hit, word), "here": target, "has_bulk": target.partition("?")[0] == "/"}
    return pages(request).render(request, "_card.html", context)


def read_filter(params: QueryParams, now: datetime) -> HitFilter:
    """Return the filter for hits that the query parameters describe.

    Args:
        params: The parameters q, since, until, day, severity (may be repeated), actor, feed, rule and triage.
        now: The current time.

    Raises:
        UsageError: A parameter is invalid.
    """
    text = params.get("q", "").strip()
    since, until = _limits(params, now)
    return HitFilter(
        query=parse_query(text, now=now) if text else None,
        since=since,
        until=until,
        severities=tuple(_severity(word) for word in params.getlist("severity") if word),
        actor=params.get("actor") or None,
        feed=params.get("feed") or None,
        rule=params.get("rule") or None,
        triage=_triage(params.get("triage")),
    )


def _triage_word(form: FormData) -> str:
    word = str(form.get("triage", ""))
    if word not in TRIAGE_WORDS:
        raise UsageError(f'triage: "{word[:40]}" is not one of {", ".join(TRIAGE_WORDS)}')
    return word


def _filter_or_problem(params: QueryParams, now: datetime) -> tuple[HitFilter, Cursor | None, str]:
    try:
        return read_filter(params, now), _cursor(params.get("before", "")), ""
    except UsageError as error:
        return HitFilter(since=now), None, str(error)  # nothing is that new: an empty page with the problem


def _limits(params: QueryParams, now: datetime) -> tuple[datetime | None, datetime | None]:
    if text := params.get("day"):
        try:
            start = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
        except ValueError:
            raise UsageError(f'day: "{text[:40]}" is not a date; write it as 2026-11-27') from None
        return start, datetime.combine(start, datetime.max.time(), UTC)
    since = params.get("since") or DEFAULT_SPAN
    until = params.get("until")
    return (
        None if since == "all" else typed_time("since", since, now=now),
        typed_time("until", until, now=now, end_of_day=True) if until else None,
    )


def _severity(word: str) -> Severity:
    for severity in Severity:
        if severity.word == word:
            return severity
    raise UsageError(f'severity: "{word[:40]}" is not one of {", ".join(s.word for s in Severity)}')


def _triage(word: str | None) -> str | None:
    if word and word not in (*TRIAGE_WORDS, "none"):
        raise UsageError(f'triage: "{word[:40]}" is not one of {", ".join((*TRIAGE_WORDS, "none"))}')
    return word or None


def _cursor(text: str) -> Cursor | None:
    if not text:
        return None
    at, _, digits = text.rpartition("_")
    number = id_in(digits)
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo and number is not None:
            return Cursor(moment.astimezone(UTC), number)
    except (ValueError, OverflowError):
        pass
    raise UsageError(f'before: "{text[:80]}" is not a position in the list; begin with the newest hits')


def _after(found: HitPage, links: Links) -> str:
    """Return the link to the next page of hits; empty if this is the last page."""
    last = found.hits[PAGE - 1].cursor if len(found.hits) > PAGE else found.searched_to
    return f"/?{links.query}&{urlencode({'before': f'{last.seen_at.isoformat()}_{last.id}'})}" if last else ""


def _chart(days: dict[str, dict[Severity, int]], params: QueryParams, now: datetime, links: Links) -> DayChart:
    seconds = span_seconds(params.get("since") or DEFAULT_SPAN)
    first = min(days, default=f"{now:%Y-%m-%d}")
    number = int(seconds // 86_400) if seconds else (now.date() - date.fromisoformat(first)).days + 1
    return day_chart(days, last=now.date(), number=max(7, min(90, number)), link=lambda d: links.with_value("day", d))


async def to_list(request: Request) -> Response:
    """Redirect to the page of hits; alerts of earlier versions link to this address."""
    query = str(request.url.query)
    return RedirectResponse(f"/?{query}" if query else "/", 308)


ROUTES = (
    PageRoute("/", hits),
    PageRoute("/hits", to_list),
    PageRoute("/hits/triage", triage_many, scope="triage", methods=("POST",)),
    PageRoute("/hits/{id:id}/triage", triage_one, scope="triage", methods=("POST",)),
)
