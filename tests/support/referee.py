"""A web server that scores how polite its client is, over simulated days.

Its sites change, answer and are overloaded by a clock that the test moves; each request is judged by what the client
was told before. Renewals that are planned are none of the faults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime

from support.servers import FeedServer, Reply, Request

RENEWAL = timedelta(days=7)  # from that age of the last whole answer on, an unconditional request is no fault


@dataclass
class Site:
    """A feed, and what its client was told last."""

    path: str
    host: str
    news_every: timedelta = timedelta(hours=3)
    etag: bytes | None = b'W/"%d \xc3\xa9"'
    dated: bool = True  # sends Last-Modified
    max_age_s: int | None = None
    expires_s: int | None = None
    head: str = ""  # of the document
    to: str = ""  # redirects there, for the time being
    redated: bool = False  # a 304 brings a new Last-Modified
    lies_from: datetime | None = None  # from then on it answers 304 whatever there is
    told: tuple[bytes | None, bytes | None] = (None, None)
    whole_at: datetime | None = None
    fresh_until: datetime | None = None


@dataclass(frozen=True)
class Overload:
    """A time in which a host answers *status* to everybody, and asks them to stay away."""

    host: str
    begin: datetime
    length: timedelta
    status: int
    as_date: bool = False


@dataclass
class Referee(FeedServer):
    """Answers for *sites* and counts faults by their name."""

    sites: Sequence[Site] = ()
    overloads: Sequence[Overload] = ()
    clock: Callable[[], datetime] = datetime.now
    faults: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    times: list[datetime] = field(default_factory=list)
    left_alone_until: dict[str, datetime] = field(default_factory=dict)
    busy: Counter[str] = field(default_factory=Counter)

    def began(self, request: Request) -> None:
        """Note a request that came in."""
        host = self._host(request)
        self.times.append(self.clock())
        self.busy[host] += 1
        if self.busy[host] > 1:
            self.faults["two at once"] += 1
        if self.clock() < self.left_alone_until.get(host, self.clock()):
            self.faults["inside Retry-After"] += 1

    def ended(self, request: Request) -> None:
        """Note that it was answered."""
        self.busy[self._host(request)] -= 1

    def _reply(self, request: Request) -> Reply:
        host, now = self._host(request), self.clock()
        site = next((s for s in self.sites if (s.path, s.host) == (request.path, host)), None)
        if site is None:
            self.faults["a path that nobody named"] += 1
            return Reply(status=404)
        if site.fresh_until and now < site.fresh_until:
            self.faults["inside max-age"] += 1
        over = next((o for o in self.overloads if o.host == host and o.begin <= now < o.begin + o.length), None)
        reply = self._overloaded(over, now) if over else self._judged(site, request, now)
        self.answers[reply.status] += 1
        return reply

    def _overloaded(self, over: Overload, now: datetime) -> Reply:
        until = over.begin + over.length
        self.left_alone_until[over.host] = until
        after = format_datetime(until, usegmt=True) if over.as_date else str(int((until - now).total_seconds()))
        return Reply(status=over.status, headers=[("Retry-After", after)])

    def _judged(self, site: Site, request: Request, now: datetime) -> Reply:
        if site.to:
            return Reply(status=302, headers=[("Location", site.to)])
        sent = (request.header("If-None-Match"), request.header("If-Modified-Since"))
        self._judge(site, sent, now)
        number = int(now.timestamp() // site.news_every.total_seconds())
        etag = site.etag and site.etag.replace(b"%d", b"%d" % number)
        changed = datetime.fromtimestamp(number * site.news_every.total_seconds(), now.tzinfo)
        dated = format_datetime(changed, usegmt=True).encode() if site.dated else None
        lies = site.lies_from is not None and now >= site.lies_from
        known = etag is not None and (sent[0] == etag or (lies and sent[0] is not None))
        if known and site.redated:
            dated = format_datetime(now, usegmt=True).encode()
        if known and lies:
            etag, dated = sent
        headers = self._freshness(site, now)
        if known:
            site.told = (etag, dated)
            return Reply(status=304, headers=headers, etag=etag, last_modified=dated)
        site.told, site.whole_at = (etag, dated), now
        return Reply(status=200, body=_document(site, number, changed), headers=headers, etag=etag, last_modified=dated)

    def _judge(self, site: Site, sent: tuple[bytes | None, bytes | None], now: datetime) -> None:
        if site.whole_at is None or site.told == (None, None) or sent == site.told:
            return
        if sent == (None, None) and now - site.whole_at >= RENEWAL:
            self.answers[-1] += 1  # a planned renewal
        elif sent == (None, None):
            self.faults["unconditional"] += 1
        else:
            self.faults["other validators than it was told"] += 1

    def _freshness(self, site: Site, now: datetime) -> list[tuple[str, str]]:
        headers = [("Date", format_datetime(now, usegmt=True))]
        if site.max_age_s is not None:
            headers.append(("Cache-Control", f"public, max-age={site.max_age_s}"))
        if site.expires_s is not None:
            headers.append(("Expires", format_datetime(now + timedelta(seconds=site.expires_s), usegmt=True)))
        wait_s = site.max_age_s if site.max_age_s is not None else site.expires_s
        site.fresh_until = None if wait_s is None else now + timedelta(seconds=wait_s)
        return headers

    def _host(self, request: Request) -> str:
        return (request.header("Host") or b"").decode().partition(":")[0]

    def most_within(self, window: timedelta, begin: datetime, end: datetime) -> int:
        """Return the largest number of requests in any *window* between *begin* and *end*."""
        times = [at for at in self.times if begin <= at < end]
        return max((sum(at <= other < at + window for other in times) for at in times), default=0)


def _document(site: Site, number: int, changed: datetime) -> bytes:
    items = "".join(
        f"<item><guid isPermaLink='false'>{n}</guid><title>Report {n} of {site.path}</title>"
        f"<pubDate>{format_datetime(changed - (number - n) * site.news_every, usegmt=True)}</pubDate></item>"
        for n in range(number, number - 5, -1)
    )
    head = f"<title>{site.path}</title>{site.head}"
    return f"<rss version='2.0'><channel>{head}{items}</channel></rss>".encode()
