"""Run the examples (``[[tests]]``) of a configuration, and compare expected with actual results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.config import ExampleTest
from monitor.model import Judgement, Text
from monitor.watchlist.compile import Watchlist
from monitor.watchlist.judge import Explanation, explain, judge

NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Difference:
    """A key of ``expect`` whose actual result differs from the expected one; both as text, ``nothing`` if empty."""

    key: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """The result of one example in ``[[tests]]``; it passed if there are no differences."""

    test: ExampleTest
    differences: tuple[Difference, ...]
    explanation: Explanation | None  # of a failure; None: it passed

    @property
    def passed(self) -> bool:
        """Return whether the actual result of the example equals the expected one."""
        return not self.differences


def run_tests(watchlist: Watchlist, tests: Iterable[ExampleTest]) -> tuple[ExampleResult, ...]:
    """Return the result of each example that consists of a single text, in order.

    Actors, keywords and rules must be exactly the expected ones; keys that are left out of ``expect`` are not checked.
    ``"nothing"`` means that no actor is mentioned and no rule matches; a keyword may be mentioned.
    """
    return tuple(_result(watchlist, test) for test in tests if not test.items)


def _result(watchlist: Watchlist, test: ExampleTest) -> ExampleResult:
    text = Text(test.title, test.summary, test.content)
    differences = tuple(_differences(test, judge(watchlist, text, feed=test.feed)))
    # an explanation takes many times as long as a judgement
    return ExampleResult(test, differences, explain(watchlist, text, feed=test.feed) if differences else None)


def _differences(test: ExampleTest, judgement: Judgement) -> Iterator[Difference]:
    expect = test.expect
    none: frozenset[str] = frozenset()
    wanted = {
        "actors": none if expect.nothing else expect.actors,
        "keywords": expect.keywords,
        "rules": none if expect.nothing else expect.rules,
    }
    found = {
        "actors": judgement.actors,
        "keywords": judgement.keywords,
        "rules": tuple(match.rule for match in judgement.rules),
    }
    for key, ids in wanted.items():
        if ids is not None and ids != frozenset(found[key]):
            yield Difference(key, _listed(ids), _listed(found[key]))
    if expect.severity is not None and expect.severity != judgement.severity:
        yield Difference("severity", expect.severity.word, judgement.severity.word if judgement.severity else NOTHING)


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(sorted(ids)) or NOTHING
