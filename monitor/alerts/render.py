"""A delivery as plain text, for a reader in a hurry. Pure.

Everything a feed wrote is neutralised here; the one live address is the entry's link, on its own line.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.alerts.clean import cut, neutralise, printable, safe_link
from monitor.alerts.excerpt import as_text, headline, mention_names, words_around
from monitor.alerts.time_words import moment_words, span_words
from monitor.model import Amount, Hit, Indicator, IndicatorKind, Message, Notification

MAX_TITLE = 150  # mail servers refuse very long subjects, and nobody reads them
MAX_HEADLINE = 300
MAX_REASON = 500
IN_FULL = 10
IN_SHORT = 30  # after those in full

_NAMES_SHOWN = 3
_FOUND_SHOWN = 5
_SKEW = timedelta(minutes=5)  # a clock that is a little ahead is not a date in the future
_LATE_S = 600.0


def render(message: Message, *, zone: ZoneInfo, now: datetime) -> Notification:
    """Return *message*, which has at least one hit, as plain text.

    One hit stands alone. Of several, the first 10 are shown in full, 30 more get a line each, the rest count.
    Moments are written in *zone*; *now* is the moment of sending.
    """
    hits = message.hits
    repeat = " (possible repeat)" if message.delivery.possible_repeat else ""
    title = neutralise(_title(hits), MAX_TITLE)
    if len(hits) == 1:
        return Notification(title, _block(hits[0], zone, now) + repeat)
    blocks = [_block(hit, zone, now) for hit in hits[:IN_FULL]]
    lines = [_line(hit) for hit in hits[IN_FULL : IN_FULL + IN_SHORT]]
    if (rest := len(hits) - IN_FULL - IN_SHORT) > 0:
        lines.append(f"and {rest} more")
    body = "\n\n".join([f"{len(hits)} hits{repeat}", *blocks, "\n".join(lines)])
    return Notification(title, body.rstrip())


def _title(hits: Sequence[Hit]) -> str:
    severity = max(hit.severity for hit in hits).word.upper()
    count = f"{len(hits)} hits: " if len(hits) > 1 else ""
    amounts = ", ".join(cut(a.text, 40) for a in largest_amounts(hits))
    names = _counted(mention_names(hits)) or hits[0].entry.text.title
    return f"[{severity}] {count}{names}" + (f" | {amounts}" if amounts else "")


def _counted(names: Sequence[str]) -> str:
    shown = ", ".join(cut(name, 40) for name in names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    return f"{shown}, +{more}" if more > 0 else shown


def largest_amounts(hits: Sequence[Hit], count: int = 2) -> list[Amount]:
    """Return the largest amount of each currency, at most *count*, the highest number first.

    One for each currency: nothing is converted, and $1.46B and 401,000 ETH are often the same money.
    """
    largest: dict[str, Amount] = {}
    for amount in (a for hit in hits for a in hit.judgement.amounts):
        if amount.currency not in largest or amount.value > largest[amount.currency].value:
            largest[amount.currency] = amount
    return sorted(largest.values(), key=lambda a: -a.value)[:count]


def _block(hit: Hit, zone: ZoneInfo, now: datetime) -> str:
    around = words_around(hit)
    title = headline(hit)
    lines = [
        # the mark stands once: in the words around the mention, in the headline when it is nowhere else
        neutralise(hit.entry.text.title, MAX_HEADLINE) if around else as_text(title, limit=MAX_HEADLINE),
        safe_link(hit.entry.link),
        f"{neutralise(hit.entry.outlet or hit.entry.feed, 80)}, {seen_words(hit, zone=zone, now=now)}",
        f"  {as_text(around)}" if around else "",
        *(f"Why: {neutralise(f'rule {r.rule}: {r.why}', MAX_REASON)}" for r in hit.judgement.rules),
        f"Found: {found}" if (found := found_words(hit)) else "",
        # the operator's own words: their links and mentions are meant
        *(f"Note: {cut(printable(note), MAX_REASON)}" for note in hit.notes),
        f"Hit #{hit.id}",
    ]
    return "\n".join(filter(None, lines))


def found_words(hit: Hit) -> str:
    """Return the addresses, transactions and CVE ids of *hit*, long ones shortened in the middle; may be empty."""
    found = hit.judgement.indicators
    more = len(found) - _FOUND_SHOWN
    return ", ".join([*map(_indicator, found[:_FOUND_SHOWN]), *([f"+{more}"] if more > 0 else [])])


def _indicator(indicator: Indicator) -> str:
    value = indicator.value
    if indicator.kind is IndicatorKind.CVE:
        return value
    what = " tx" if indicator.kind is IndicatorKind.TRANSACTION else ""
    # both ends, since whoever makes a look-alike address matches one of them
    return f"{indicator.chain}{what} {value[:6]}…{value[-4:]}"


def _line(hit: Hit) -> str:
    names = neutralise(_counted(mention_names([hit])), 60)
    return f"#{hit.id} [{hit.severity.word.upper()}] {names}: {neutralise(hit.entry.text.title, 120)}"


def seen_words(hit: Hit, *, zone: ZoneInfo, now: datetime) -> str:
    """Return when it was published, and seen how long after that: ``22 Nov 08:41 CET, seen after 3 min``.

    Says so when the date is unknown or lies in the future, and when the alert itself goes out late.
    """
    published, seen = hit.entry.published_at, hit.entry.first_seen_at
    late_s = (now - hit.seen_at).total_seconds()
    late = f", sent {span_words(late_s)} later" if late_s >= _LATE_S else ""
    if published is None:
        return f"date unknown, seen {moment_words(seen, zone=zone, now=now)}{late}"
    if published > seen + _SKEW:
        return f"dated in the future, seen {moment_words(seen, zone=zone, now=now)}{late}"
    after = span_words((seen - published).total_seconds())
    return f"{moment_words(published, zone=zone, now=now)}, seen after {after}{late}"
