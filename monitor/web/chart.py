"""Bar charts as SVG, drawn on the server without any script."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from monitor.model import DailyMentions, Severity
from monitor.wording import counted

WIDTH, HEIGHT = 1000, 120
GAP = 0.16  # of the width of a day


@dataclass(frozen=True, slots=True)
class DayChart:
    """A chart of the number of hits by day and severity."""

    svg: Markup
    first: str
    last: str
    highest: int  # of a day


def day_chart(
    days: Mapping[str, Mapping[Severity, int]], *, last: date, number: int, link: Callable[[str], str]
) -> DayChart:
    """Return a chart with a stacked bar for each day.

    Args:
        days: The number of hits by day (``2026-11-27``) and severity.
        last: The last day of the chart, at its right end.
        number: The number of days in the chart.
        link: Returns the link target for the bar of a day.
    """
    names = [f"{last - timedelta(days=n):%Y-%m-%d}" for n in reversed(range(number))]
    highest = max([sum(days.get(name, {}).values()) for name in names] + [1])
    width = WIDTH / number
    bars = [_bar(name, days.get(name, {}), at * width, width, highest, link) for at, name in enumerate(names)]
    svg = Markup(
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="none" class="chart" role="group" aria-label="Hits by day">'
        "{}</svg>"
    ).format(WIDTH, HEIGHT, Markup("").join(bars))
    return DayChart(svg, names[0], names[-1], highest)


def _bar(
    name: str, numbers: Mapping[Severity, int], left: float, width: float, highest: int, link: Callable[[str], str]
) -> Markup:
    parts, top = [], float(HEIGHT)
    for severity in sorted(numbers):
        height = HEIGHT * numbers[severity] / highest
        top -= height
        parts.append(
            Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="{}"/>').format(
                left + width * GAP / 2, top, width * (1 - GAP), height, severity.word
            )
        )
    total = sum(numbers.values())
    of_each = ", ".join(f"{numbers[s]} {s.word}" for s in sorted(numbers, reverse=True))
    label = f"{name}: {counted(total, 'hit')}" + (f" ({of_each})" if of_each else "")
    return Markup(
        '<a href="{}" aria-label="{}"{}><title>{}</title>'
        '<rect x="{:.1f}" y="0" width="{:.1f}" height="{}" class="behind"/>{}</a>'
    ).format(
        link(name), label, Markup("") if total else Markup(' tabindex="-1"'), label, left, width, HEIGHT,
        Markup("").join(parts),
    )  # fmt: skip


def hour_chart(per_hour: Sequence[int]) -> Markup:
    """Return a small bar chart of the number of entries that a feed published in each hour of the day (UTC)."""
    highest, width = max(*per_hour, 1), WIDTH / len(per_hour)
    bars = [
        Markup(
            '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="low"><title>{}</title></rect>'
        ).format(
            hour * width + width * GAP / 2,
            HEIGHT - HEIGHT * number / highest,
            width * (1 - GAP),
            HEIGHT * number / highest,
            f"{hour:02}:00 UTC: {counted(number, 'entry', 'entries')}",
        )
        for hour, number in enumerate(per_hour)
    ]
    return Markup(
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="none" class="chart" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, f"Entries by hour of the day, UTC: {' '.join(map(str, per_hour))}", Markup("").join(bars))


def mentions_chart(series: DailyMentions) -> Markup:
    """Return a small bar chart of the number of stories per day that mentioned an actor."""
    highest, width = max(*series.stories, 1), WIDTH / len(series.stories)
    first = series.last - timedelta(days=len(series.stories) - 1)
    bars = []
    for at, number in enumerate(series.stories):
        label = f"{first + timedelta(days=at):%Y-%m-%d}: {counted(number, 'story')}"
        height = HEIGHT * number / highest
        bars.append(
            Markup(
                '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="medium"><title>{}</title></rect>'
            ).format(at * width + width * GAP / 2, HEIGHT - height, width * (1 - GAP), height, label)
        )
    return Markup(
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="none" class="chart" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, f"Stories by day: {' '.join(map(str, series.stories))}", Markup("").join(bars))
