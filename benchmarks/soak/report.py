"""The report of a soak: tables and plots as Markdown with SVG files, and the figures as JSON."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.plot import Line, Plot, write_svg
from benchmarks.soak.measures import Sample, robust_slope
from benchmarks.soak.newsroom import DAY_S, HOUR_S
from benchmarks.soak.rig import Ran
from benchmarks.soak.verdict import Verdict, summary

WARM_UP_S = 6 * HOUR_S  # of a process
MEMORY_WARM_UP_S = 2 * DAY_S  # until its caches and the allocator's arenas have their usual size
LEAK = 0.01  # growth in a day, as a part of the median, from which on a measure is said to grow
SHOWN_PROBLEMS = 20
THIRTY_DAYS = 30
# what the daemon holds: the name in the report, the field of a sample, and how old a process is when it is judged
HELD = (
    ("memory of the daemon (RSS, MB)", "rss_mb", MEMORY_WARM_UP_S),
    ("open descriptors", "descriptors", WARM_UP_S),
    ("threads", "threads", WARM_UP_S),
    ("asyncio tasks", "tasks", WARM_UP_S),
)
STORED = (("database (MB)", "database_mb"), ("write-ahead log (MB)", "wal_mb"))


def write_report(folder: Path, ran: Ran, verdict: Verdict) -> str:
    """Write the report, its plots and its figures to *folder*; return a short summary."""
    folder.mkdir(parents=True, exist_ok=True)
    plots = dict(_plots(ran))
    for name, plot in plots.items():
        write_svg(folder / f"{name}.svg", plot)
    rows = list(_trend_rows(ran))
    text = "\n".join(_markdown(ran, verdict, rows, list(plots)))
    (folder / "README.md").write_text(text, encoding="utf-8")
    (folder / "soak.json").write_text(json.dumps(_figures(ran, verdict, rows), indent=2) + "\n", encoding="utf-8")
    problems = [*ran.problems, *verdict.problems]
    return "\n".join(
        [
            *(f"{name}: {value}" for name, value in summary(verdict)),
            f"{len(problems)} problems",
            *problems[:SHOWN_PROBLEMS],
        ]
    )


def steady_from_s(ran: Ran) -> float:
    """Return the simulated second from which the database has its usual size: no entry of its first day is left."""
    listed_s = 15 / ran.settings.per_day * DAY_S  # see newsroom.LISTED
    return listed_s + ran.settings.keep_s + DAY_S


def _trend_rows(ran: Ran) -> Iterator[dict[str, object]]:
    """Yield for each measure its median and its trend in a day after the warm-up."""
    story_s = ran.settings.story_days * DAY_S
    working = [sample for sample in ran.samples if sample.at_s <= ran.published_s]
    # open stories are part of the memory until they close
    steady = [sample for sample in working if sample.at_s >= story_s] or working
    late = [sample for sample in working if sample.at_s >= steady_from_s(ran)]
    for name, field, warm_up_s in HELD:
        yield _trend(name, field, [sample for sample in steady if sample.age_s >= warm_up_s], within_life=True)
    for name, field in STORED:
        yield _trend(name, field, late, within_life=False)


def _trend(name: str, field: str, samples: Sequence[Sample], *, within_life: bool) -> dict[str, object]:
    values = [float(getattr(sample, field)) for sample in samples]
    points = [(sample.at_s / DAY_S, value) for sample, value in zip(samples, values, strict=True)]
    slope = robust_slope(points, [sample.life for sample in samples] if within_life else None)
    usual = median(values) if values else None
    verdict = f"not judged: {'no process lived' if within_life else 'the run is not'} long enough"
    if slope is not None and usual is not None and _days(samples, within_life=within_life) >= 1:
        verdict = "flat" if slope <= LEAK * max(usual, 1.0) else "GROWS"
    return {
        "measure": name,
        "median": None if usual is None else round(usual, 2),
        "least": min(values, default=None),
        "most": max(values, default=None),
        "slope_per_day": None if slope is None else round(slope, 4),
        "samples": len(samples),
        "verdict": verdict,
    }


def _days(samples: Sequence[Sample], *, within_life: bool) -> float:
    """Return the length of the time that is judged, in days; of the longest life if lives are judged each."""
    spans: dict[int, tuple[float, float]] = {}
    for sample in samples:
        begin, _ = spans.setdefault(sample.life if within_life else 0, (sample.at_s, sample.at_s))
        spans[sample.life if within_life else 0] = begin, sample.at_s
    return max((end - begin for begin, end in spans.values()), default=0.0) / DAY_S


def _plots(ran: Ran) -> Iterator[tuple[str, Plot]]:
    def line(name: str, field: str) -> Line:
        return Line(name, [(sample.at_s / DAY_S, float(getattr(sample, field))) for sample in ran.samples])

    assert ran.observed is not None
    spans = [(span.begin_s / DAY_S, span.end_s / DAY_S) for span in ran.observed.spans]
    yield (
        "memory",
        Plot("Memory of the daemon (faults are shaded)", "simulated days", "MB", [line("RSS", "rss_mb")], spans=spans),
    )
    yield (
        "held",
        Plot(
            "Descriptors, threads and tasks",
            "simulated days",
            "number",
            [line("descriptors", "descriptors"), line("threads", "threads"), line("asyncio tasks", "tasks")],
        ),
    )
    yield (
        "database",
        Plot(
            "Size of the database",
            "simulated days",
            "MB",
            [line("database", "database_mb"), line("write-ahead log", "wal_mb")],
        ),
    )
    yield "deliveries", Plot("Messages received", "simulated days", "number", [line("messages", "messages")])


def _markdown(ran: Ran, verdict: Verdict, rows: Sequence[dict[str, object]], plots: Sequence[str]) -> Iterator[str]:
    settings, days = ran.settings, ran.published_s / DAY_S
    requests = sum(ran.requests.values())
    problems = [*ran.problems, *verdict.problems]
    yield "# Soak"
    yield ""
    only = " --one-process" if settings.one_process else ""
    yield f"`python -m benchmarks.soak --days {settings.days:g} --seed {settings.seed}{only}`, {_origin()}."
    yield ""
    yield (
        f"{settings.feeds} feeds every 30 minutes for {days:.1f} simulated days and {settings.drain_s / DAY_S:.1f} days"
        f" in which only late messages came: {requests:,} requests for feeds. It took {ran.real_s / 60:.0f} minutes and"
        f" {ran.cpu_s / 60:.0f} minutes of processor time of the daemon and its parsers"
        f" ({os.cpu_count()} processors, shared with other work)."
    )
    if days < THIRTY_DAYS * 0.9 and days > 0:
        factor = (THIRTY_DAYS + settings.drain_s / DAY_S) / (ran.simulated_s / DAY_S)
        yield (
            f"Extrapolated, not measured: {THIRTY_DAYS} days would be {requests * factor:,.0f} requests,"
            f" {ran.real_s * factor / 60:.0f} minutes on a machine as busy, {ran.cpu_s * factor / 60:.0f} minutes of"
            " processor time."
        )
    yield ""
    yield f"**{len(problems)} problems.**" if problems else "**No problems.**"
    yield ""
    yield from (f"- {problem[:300]}" for problem in problems[:SHOWN_PROBLEMS])
    yield from ("", "## Deliveries", "", "| | |", "|---|---:|")
    yield from (f"| {name} | {value} |" for name, value in summary(verdict))
    yield ""
    yield from ("From publication to arrival, in simulated hours:", "")
    yield from ("| destination | median | 99 of 100 | most |", "|---|---:|---:|---:|")
    for to, delays in sorted(verdict.delays_s.items()):
        ordered = sorted(delay / HOUR_S for delay in delays)
        yield f"| {to} | {median(ordered):.2f} | {ordered[len(ordered) * 99 // 100]:.2f} | {ordered[-1]:.2f} |"
    yield from ("", "## Trends", "")
    yield (
        f"The slope is the median of the slopes of all pairs of samples (Theil and Sen), one sample an hour. For the"
        f" process: pairs of one process, from {WARM_UP_S / HOUR_S:g} hours after its start"
        f" ({MEMORY_WARM_UP_S / HOUR_S:g} for its memory) and when {settings.story_days:g} days have passed, for which"
        f" stories stay open here. For the files: from day {steady_from_s(ran) / DAY_S:.1f}, when the first entries"
        f" have been deleted. Growth of {LEAK * 100:g} % a day is a leak."
    )
    yield from ("", "| | median | least | most | a day | samples | |", "|---|---:|---:|---:|---:|---:|---|")
    for row in rows:
        values = (row["median"], row["least"], row["most"], row["slope_per_day"], row["samples"])
        yield f"| {row['measure']} | {' | '.join(_shown(value) for value in values)} | {row['verdict']} |"
    yield ""
    yield from (f"![{name}]({name}.svg)\n" for name in plots)
    yield from ("## Faults", "", f"{ran.lives} processes, one after the other.", "", "| fault | times |", "|---|---:|")
    counted = Counter(f"{e.fault}{': ' if e.what else ''}{e.what}" for e in ran.faults)
    yield from (f"| {what} | {number} |" for what, number in sorted(counted.items()))
    yield from ("", "Requests by how they were answered: " + _counts(ran.requests) + ".", "")
    yield from ("## Warnings and errors in the log", "", "| | times |", "|---|---:|")
    yield from (f"| {text.replace('|', '/')} | {number:,} |" for text, number in ran.logged.most_common(30))
    yield ""


def _figures(ran: Ran, verdict: Verdict, rows: Sequence[dict[str, object]]) -> dict[str, object]:
    return {
        "origin": _origin(),
        "days": round(ran.published_s / DAY_S, 2),
        "feeds": ran.settings.feeds,
        "requests": sum(ran.requests.values()),
        "minutes": round(ran.real_s / 60, 1),
        "cpu_minutes": round(ran.cpu_s / 60, 1),
        "processes": ran.lives,
        "faults": len(ran.faults),
        "expected": verdict.expected,
        "delivered": verdict.delivered,
        "lost": verdict.lost,
        "without_reason": verdict.uncalled_for,
        "repeated_and_marked": dict(verdict.repeats),
        "repeated_unexplained": verdict.unexplained_repeats,
        "wrong_time": verdict.wrong_time,
        "problems": [*ran.problems, *verdict.problems][:SHOWN_PROBLEMS],
        "trends": rows,
    }


def _origin() -> str:
    root = Path(__file__).parents[2]
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=root, capture_output=True, text=True, check=False
    )
    at = f"commit {commit.stdout.strip()}" if commit.returncode == 0 else "no commit"
    return f"{datetime.now(UTC):%d %B %Y}, {at}, Python {platform.python_version()}"


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counter.most_common())


def _shown(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,.4g}" if isinstance(value, float) else str(value)
