"""Several goals of one benchmark, each with its figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.result import Result


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure is to reach; exactly one of the two bounds is set."""

    name: str
    figure: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def met(self) -> bool:
        """Return whether the figure is within its bound."""
        if self.at_least is not None:
            return self.figure >= self.at_least
        return self.at_most is not None and self.figure <= self.at_most

    def row(self) -> dict[str, Any]:
        """Return the goal as it is kept in the results."""
        bound = {"at_least": self.at_least} if self.at_least is not None else {"at_most": self.at_most}
        return {"goal": self.name, "figure": self.figure, **bound, "met": self.met}


def rows(goals: Iterable[Goal]) -> list[dict[str, Any]]:
    """Return *goals* as they are kept in the results."""
    return [goal.row() for goal in goals]


def missed(goals: Iterable[Goal]) -> int:
    """Return how many of *goals* are not met."""
    return sum(not goal.met for goal in goals)


def goals_result(name: str, goals: Sequence[Goal], details: Mapping[str, Any]) -> Result:
    """Return the result of a benchmark whose figure is the number of its goals that are missed.

    Args:
        name: The name of the benchmark.
        goals: Its goals, with their figures.
        details: What else was measured.
    """
    return Result(
        name=name,
        figure=missed(goals),
        unit=f"of {len(goals)} goals missed",
        goal=0,
        details={"goals": rows(goals), **details},
    )
