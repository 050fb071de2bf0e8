"""The pages about actors: how often each is mentioned, by which spellings, with which actors, in which stories."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from monitor.alerts.content.hit_wording import daily_mentions_words
from monitor.model import Actor
from monitor.store import Reader
from monitor.store.actor_view import count_actors, mentioned_beside, spelling_uses, story_lines
from monitor.store.hit_filter import HitFilter
from monitor.store.hit_pages import count_hits, hit_page
from monitor.store.hits import load_hit
from monitor.store.mentions import daily_mentions
from monitor.web.chart import day_chart, mentions_chart
from monitor.web.pages.card import card
from monitor.web.paging import list_page
from monitor.web.routing import PageRoute, access, pages, refusal

SPAN = timedelta(days=90)
NEWEST = 10  # hits shown
STORIES = 8  # stories shown, of the newest
STORIES_IN = 100  # hits
MAX_FORMER = 100


async def actor_list(request: Request) -> Response:
    """Show all actors of the active watchlist; the actors with the most hits come first."""
    config, now = access(request).config(), access(request).now()
    counts = await access(request).read(lambda db: count_actors(db, now - SPAN))
    wanted = request.query_params.get("q", "").strip().casefold()
    found = [a for a in config.actors.values() if not wanted or any(wanted in text.casefold() for text in _names(a))]
    rows = [(actor, counts.get(actor.id)) for actor in found]
    rows.sort(key=lambda row: (-(row[1].hits if row[1] else 0), row[0].name.casefold()))
    former = sorted(counts.keys() - config.actors.keys())[:MAX_FORMER] if not wanted else []
    context = {
        "list": list_page(request, rows),
        "number": len(config.actors),
        "q": request.query_params.get("q", ""),
        "former": [(name, counts[name]) for name in former],
        "days": SPAN.days,
    }
    return pages(request).render(request, "actors.html", context)


def _names(actor: Actor) -> Iterable[str]:
    return (actor.id, actor.name, *actor.aliases, *actor.weak)


async def actor(request: Request) -> Response:
    """Show one actor: its hits by day, the precision of its spellings, its latest stories."""
    config, now, name = access(request).config(), access(request).now(), request.path_params["id"]
    known = config.actors.get(name)

    def query(db: Reader) -> dict[str, Any]:
        wanted = HitFilter(actor=name)
        newest = hit_page(db, wanted, limit=STORIES_IN)
        stories = list(dict.fromkeys(hit.story for hit in newest))[:STORIES]
        return {
            "stories": story_lines(db, stories),
            "counts": count_hits(db, HitFilter(actor=name, since=now - SPAN)),
            "cards": [card(hit, f.triage) for f in newest[:NEWEST] if (hit := load_hit(db, f.id))],
            "uses": spelling_uses(db, name),
            "beside": mentioned_beside(db, name),
            "daily_mentions": daily_mentions(db, name, now.date(), SPAN.days),
        }

    found = await access(request).read(query)
    if known is None and not found["cards"]:
        return refusal(request, 404, f'there is no actor "{name[:80]}" in the watchlist or in a stored hit')
    used = {use.alias for use in found["uses"]}
    chart = day_chart(
        found["counts"].days,
        last=now.date(),
        number=SPAN.days,
        link=lambda day: "/?" + urlencode({"actor": name, "day": day}),
    )
    context = {
        **found,
        "id": name,
        "actor": known,
        "unused": [alias for alias in (*known.aliases, *known.weak) if alias not in used] if known else [],
        "chart": chart,
        "mentions_chart": mentions_chart(found["daily_mentions"]),
        "mentions_words": daily_mentions_words(found["daily_mentions"]),
        "names": {key: entry.name for key, entry in config.actors.items()},
    }
    return pages(request).render(request, "actor.html", context)


ROUTES = (PageRoute("/actors", actor_list), PageRoute("/actors/{id}", actor))
