"""Memory, descriptors, tasks and file sizes of the daemon over simulated time, and how steep their trends are."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PAIRS = 20_000  # of samples, whose slopes are compared


@dataclass(frozen=True, slots=True)
class Sample:
    """What was measured at one moment."""

    at_s: float  # simulated seconds
    life: int  # number of the process
    age_s: float  # simulated seconds since the process started
    rss_mb: float
    descriptors: int
    threads: int
    tasks: int
    database_mb: float
    wal_mb: float
    messages: int  # received by all destinations so far
    cpu_s: float  # of the process


def take_sample(pid: int, database: Path, *, at_s: float, life: int, age_s: float, tasks: int, messages: int) -> Sample:
    """Measure the process *pid* and its database.

    Raises:
        OSError: The process has ended.
    """
    process = Path(f"/proc/{pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines() if ":" in line)
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    return Sample(
        at_s=at_s,
        life=life,
        age_s=age_s,
        rss_mb=int(status["VmRSS"].split()[0]) / 1024,
        descriptors=len(list((process / "fd").iterdir())),
        threads=int(status["Threads"]),
        tasks=tasks,
        database_mb=_size_mb(database),
        wal_mb=_size_mb(database.with_name(f"{database.name}-wal")),
        messages=messages,
        cpu_s=(int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"),
    )


def _size_mb(path: Path) -> float:
    return path.stat().st_size / 1e6 if path.exists() else 0.0


def robust_slope(points: Sequence[tuple[float, float]], groups: Sequence[int] | None = None) -> float | None:
    """Return the median slope of all pairs of points (Theil 1950, Sen 1968), at most PAIRS of them, drawn at random.

    Args:
        points: Each with its x and its y.
        groups: The group of each point; only pairs of one group are compared. None: all are one group.

    Returns:
        The slope in units of y for a unit of x; None if there is no pair.
    """
    by_group: dict[int, list[tuple[float, float]]] = {}
    for point, group in zip(points, groups or [0] * len(points), strict=True):
        by_group.setdefault(group, []).append(point)
    pairs = [
        (first, second)
        for members in by_group.values()
        for n, first in enumerate(members)
        for second in members[n + 1 :]
        if first[0] != second[0]
    ]
    if len(pairs) > PAIRS:
        pairs = random.Random(1).sample(pairs, PAIRS)
    return median((b[1] - a[1]) / (b[0] - a[0]) for a, b in pairs) if pairs else None
