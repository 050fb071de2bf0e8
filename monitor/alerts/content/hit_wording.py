"""Phrases about a hit that all formats share: names, amounts, times, outlets, indicators.

They contain text exactly as the feed wrote it: neutralise it before showing it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.alerts.content.neutralise import cut, printable
from monitor.alerts.content.time_words import moment_words, span_words
from monitor.model import Amount, DailyMentions, Hit, Indicator, IndicatorKind, StoryOutlets, Text
from monitor.wording import counted

NAMES_SHOWN = 3
_BLOCKS = "▁▂▃▄▅▆▇█"  # none, then more and more
_SKEW = timedelta(minutes=5)  # the clock of a server may be a little fast
_LATE_S = 600.0
SAME_EVENT_RATIO = 10  # the sum of one theft grows while it is reported, but rarely tenfold


def mention_names(hits: Sequence[Hit]) -> list[str]:
    """Return the names of the actors of *hits*, each once; if they mention no actor, the names of their keywords."""
    actors = [dict(hit.names).get(actor, actor) for hit in hits for actor in hit.judgement.actors]
    keywords = [keyword for hit in hits for keyword in hit.judgement.keywords]
    return list(dict.fromkeys(actors or keywords))


def name_list(names: Sequence[str], shown: int = NAMES_SHOWN) -> str:
    """Return the first *shown* of *names* and how many more there are, as in ``The Block, Decrypt, Protos, +2``."""
    words = ", ".join(cut(name, 40) for name in names[:shown])
    more = len(names) - shown
    return f"{words}, +{more}" if more > 0 else words


def heading_amounts(hits: Sequence[Hit], count: int = 2) -> list[Amount]:
    """Return the amounts of money for the heading of *hits*: the largest of each currency, the highest number first.

    Of each hit, the amounts in its title count; if there are none, the amount nearest to a mention, because a text may
    name many other sums. Amounts are not converted: $1.46B and 401,000 ETH are often the same money.

    Args:
        hits: The hits of a message, or of one story.
        count: The maximum number of amounts.
    """
    largest: dict[str, Amount] = {}
    for amount in (amount for hit in hits for amount in _main_amounts(hit)):
        if amount.currency not in largest or amount.value > largest[amount.currency].value:
            largest[amount.currency] = amount
    return sorted(largest.values(), key=lambda amount: -amount.value)[:count]


def _main_amounts(hit: Hit) -> list[Amount]:
    amounts = hit.judgement.amounts
    if in_title := [amount for amount in amounts if amount.field == "title"]:
        return in_title
    if not amounts:
        return []
    offsets = _field_offsets(hit.entry.text)
    mentions = [mention for mention in hit.judgement.mentions if mention.actor] or hit.judgement.mentions
    places = [(offsets.get(m.field, 0) + m.start, offsets.get(m.field, 0) + m.end) for m in mentions] or [(0, 0)]

    def distance(amount: Amount) -> int:
        start, end = offsets.get(amount.field, 0) + amount.start, offsets.get(amount.field, 0) + amount.end
        return min(max(first - end, start - last, 0) for first, last in places)

    nearest = min(amounts, key=distance)
    # a range is two amounts with one span
    return [amount for amount in amounts if (amount.field, amount.start) == (nearest.field, nearest.start)]


def _field_offsets(text: Text) -> dict[str, int]:
    """Return for each field of *text* (title, summary, content) where it starts if all are read one after the other."""
    offsets: dict[str, int] = {}
    at = 0
    for name, value in text.fields():
        offsets[name] = at
        at += len(value) + 1
    return offsets


def amount_words(hits: Sequence[Hit]) -> str:
    """Return the amounts for the heading of *hits* as the articles write them: ``$1.46B, 401,000 ETH``, or nothing."""
    return ", ".join(cut(amount.text, 40) for amount in heading_amounts(hits))


def seen_words(hit: Hit, *, zone: ZoneInfo, now: datetime) -> str:
    """Return when the entry was published and how much later it was seen: ``22 Nov 08:41 CET, seen after 3 min``.

    The text also says if the publication date is missing or in the future, and if the alert is sent late.

    Args:
        hit: The hit.
        zone: The time zone in which times are written.
        now: The moment of sending.
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


def title_words(hit: Hit) -> str:
    """Return the headline as the outlet wrote it; ``(no title)`` if it has no printable character."""
    title = hit.entry.text.title
    return title if printable(title[:1000]) else "(no title)"


def moment_seen(hit: Hit, *, zone: ZoneInfo, now: datetime) -> str:
    """Return when the entry was published, as ``22 Nov 08:41 CET``.

    If the publication date is missing or in the future, return when the monitor first saw the entry.

    Args:
        hit: The hit.
        zone: The time zone in which the time is written.
        now: The moment of sending.
    """
    published, seen = hit.entry.published_at, hit.entry.first_seen_at
    at = published if published and published <= seen + _SKEW else seen
    return moment_words(at, zone=zone, now=now)


def outlet_words(hit: Hit) -> str:
    """Return the name of the outlet that published the entry; if it is unknown, the key of the feed."""
    return cut(hit.entry.outlet or hit.entry.feed, 80)


def others_words(hit: Hit, story_outlets: StoryOutlets | None) -> str:
    """Return the other outlets that report the story, ``also reported by The Block, Decrypt, +2``; empty if none does.

    An outlet is left out if its headlines name only amounts ten times larger or smaller: it reports another event.
    """
    if story_outlets is None:
        return ""
    others = [outlet for outlet in story_outlets.outlets if outlet and outlet != hit.entry.outlet]
    others = [outlet for outlet in others if _may_report_the_same_event(hit, outlet, story_outlets)]
    return f"also reported by {name_list(others)}" if others else ""


def _may_report_the_same_event(hit: Hit, outlet: str, story_outlets: StoryOutlets) -> bool:
    own = {amount.currency: amount.value for amount in heading_amounts([hit], count=10)}
    theirs = [a for a in story_outlets.amounts if a.outlet == outlet and own.get(a.currency) and a.value]
    ratios = [own[amount.currency] / amount.value for amount in theirs]
    return not ratios or any(1 / SAME_EVENT_RATIO < ratio < SAME_EVENT_RATIO for ratio in ratios)


def indicator_name(indicator: Indicator) -> str:
    """Return the label shown before an indicator, such as ``ETH`` or ``BTC tx``; empty for a CVE id."""
    if indicator.kind is IndicatorKind.CVE:
        return ""
    return f"{indicator.chain} tx" if indicator.kind is IndicatorKind.TRANSACTION else indicator.chain


def shortened(value: str) -> str:
    """Return a blockchain address or transaction id shortened to its ends, ``0x4766…86E2``.

    A text with spaces, such as a command, is returned whole.
    """
    # both ends, because fraudulent look-alike addresses imitate one of them
    return value if len(value) <= 16 or " " in value else f"{value[:6]}…{value[-4:]}"


def daily_mentions_line(series: DailyMentions) -> str:
    """Return the stories of an actor by day as blocks, one for each day, and in numbers: ``▁▁▂█▃ 14 stories ...``."""
    _, highest = series.peak
    blocks = "".join(_BLOCKS[-(-number * (len(_BLOCKS) - 1) // highest) if highest else 0] for number in series.stories)
    return f"{blocks} {daily_mentions_words(series)}"


def daily_mentions_words(series: DailyMentions) -> str:
    """Return the stories of an actor by day in numbers.

    For example ``14 stories in 28 days, most 9 on 2026-11-26; last 7 days: 0 0 1 0 0 9 3``.
    """
    day, highest = series.peak
    found = f"{counted(series.total, 'story')} in {counted(len(series.stories), 'day')}"
    week = " ".join(map(str, series.stories[-7:]))
    most = f", most {highest} on {day:%Y-%m-%d}; last 7 days: {week}" if highest else ""
    return f"{found}{most}"
