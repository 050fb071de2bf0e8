"""What a benchmark found, and the file it is kept in."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one benchmark."""

    name: str
    figure: float
    unit: str  # of the figure and the goal
    goal: float  # the figure is to be at most that
    details: dict[str, Any]  # what the figure is made of

    def __str__(self) -> str:
        """Return the outcome as one line for people."""
        verdict = "met" if self.figure <= self.goal else "MISSED"
        return f"{self.name}: {self.figure:g} {self.unit} (goal: at most {self.goal:g}, {verdict})"


def write(result: Result) -> None:
    """Keep *result*, with what of the machine bears on it: neither its name nor a path."""
    machine = {
        "cpus": os.cpu_count(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "date": datetime.now(UTC).date().isoformat(),
    }
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(asdict(result) | {"machine": machine}, indent=2)
    (RESULTS / f"{result.name}.json").write_text(text + "\n", encoding="utf-8")
