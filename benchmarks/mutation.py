"""Count how many small faults, put into the code on purpose, the tests notice.

mutmut changes one operator, constant or argument at a time (a mutant) and runs the tests that call the changed
function. A mutant is killed if a test fails; it times out if a test no longer ends. One that survives shows behaviour
that no test pins down, or code that nobody needs. mutmut does not change module constants and decorated functions.
Everything happens in copies, in ``build/mutation``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import chdir
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

from benchmarks.goals import Goal, goals_result
from benchmarks.result import RESULTS, write

ROOT = Path(__file__).parents[1]
WORK = ROOT / "build" / "mutation"
GOAL_PERCENT = 85
SAMPLED_DIGITS = "3715926048"  # a mutant is in a sample of N tenths if its number ends in one of the first N

SETTINGS = """\
[mutmut]
source_paths=monitor
only_mutate=
    {changed}
do_not_mutate=
    {unchanged}
pytest_add_cli_args_test_selection={tests}
pytest_add_cli_args=
    -p
    no:cacheprovider
timeout_constant=4
track_dependencies=false
use_git_change_detection=false
"""
# only the plugins that the tests need: to look for others takes longer than most tests
PLUGINS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "pytest_asyncio.plugin,_hypothesis_pytestplugin"}


@dataclass(frozen=True, slots=True)
class Part:
    """A package whose code is changed, and the tests that must notice."""

    package: str  # the folder
    tests: str  # the folder
    unchanged: tuple[str, ...] = ("__init__.py",)  # files of the package that belong to something else

    def settings(self) -> str:
        """Return the configuration of mutmut."""
        unchanged = "\n    ".join(f"{self.package}/{file}" for file in self.unchanged)
        return SETTINGS.format(changed=f"{self.package}/*", unchanged=unchanged, tests=self.tests)


PARTS = {
    "policy": Part("monitor/alerts/policy", "tests/alerts/policy"),
    "due_times": Part("monitor/feeds/schedule", "tests/feeds/schedule"),
    # without what checks and compares configurations: no entry passes it
    "rules": Part(
        "monitor/watchlist",
        "tests/watchlist",
        ("__init__.py", "changes.py", "watchlist_lint.py", "published_list_lint.py"),
    ),
    "stories": Part("monitor/stories", "tests/stories"),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of the code, and its outcome."""

    name: str  # as mutmut knows it: monitor.stories.tokens.x_tokens__mutmut_3
    source: str  # path of the changed file
    status: str  # killed, survived, timeout, no tests, not checked, ...

    @property
    def is_detected(self) -> bool:
        """Return whether the tests noticed the change."""
        return self.status in ("killed", "timeout")


@dataclass(frozen=True, slots=True)
class Score:
    """The mutants of one part of the code, counted by outcome."""

    killed: int
    timed_out: int
    survived: int  # those that no test calls are among them
    date: str
    commit: str
    tenths: int = 10  # less: only such a part of all mutants ran

    @property
    def percent(self) -> float:
        """Return how many of 100 mutants were detected."""
        detected = self.killed + self.timed_out
        return round(100 * detected / max(1, detected + self.survived), 1)


def main() -> None:
    """Run the mutants of the parts that are named, print and store the figures, and exit 1 below the goal."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description=__doc__)
    options.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; default: all")
    options.add_argument(
        "--only", metavar="PATTERN", help="run mutants of that name, such as '*.tokens.*', and no others"
    )
    options.add_argument("--sample", type=int, choices=range(1, 10), metavar="N", help="run N tenths of the mutants")
    options.add_argument("--survivors", action="store_true", help="run only mutants that survived before")
    options.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1), help="default: at most 2")
    asked = options.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        options.error(f"no part called {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
    only = asked.only or (f"*[{SAMPLED_DIGITS[: asked.sample]}]" if asked.sample else None)
    scores = {}
    for name in asked.parts or PARTS:
        commit = _commit()
        copy_tree(name, fresh=not (asked.survivors or asked.only))
        chosen = [only] if only else []
        if asked.survivors:
            chosen = [m.name for m in read_mutants(name) if not m.is_detected and fnmatch(m.name, only or "*")]
        _run_mutmut(name, chosen, asked.processes)
        mutants = [m for m in read_mutants(name) if not asked.sample or fnmatch(m.name, str(only))]
        print(f"what was not killed: {write_not_killed(name, mutants).relative_to(ROOT)}")
        if {"not checked", "check was interrupted by user"}.isdisjoint(m.status for m in mutants):
            scores[name] = found = score(mutants, commit, tenths=asked.sample or 10)
            print(
                f"{name}: {found.percent:g} % detected; {found.killed} killed, {found.timed_out} timed out, "
                f"{found.survived} survived" + (f" (a sample of {asked.sample} tenths)" if asked.sample else ""),
                flush=True,
            )
    store(scores)
    sys.exit(any(found.percent < GOAL_PERCENT for found in scores.values()))


def copy_tree(name: str, *, fresh: bool) -> None:
    """Copy what the tests of a part need to its folder in ``build/mutation``.

    Args:
        name: The name of the part.
        fresh: Whether to forget the outcomes of earlier runs.
    """
    work, part = WORK / name, PARTS[name]
    for stale in [work] if fresh else [work / "monitor", work / "tests", work / "mutants" / "tests"]:
        shutil.rmtree(stale, ignore_errors=True)
    for folder in ("monitor", "tests/support", part.tests):
        shutil.copytree(ROOT / folder, work / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for folder in Path(part.tests).parents:
        if (fixtures := ROOT / folder / "conftest.py").exists():
            shutil.copy2(fixtures, work / folder / "conftest.py")
    shutil.copy2(ROOT / "pyproject.toml", work / "pyproject.toml")  # how pytest runs
    (work / "setup.cfg").write_text(part.settings(), encoding="utf-8")


def _run_mutmut(part: str, names: Sequence[str], processes: int) -> None:
    program = str(Path(sys.executable).with_name("mutmut"))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | PLUGINS
    command = [program, "run", "--max-children", str(processes), *names]
    subprocess.run(command, cwd=WORK / part, env=environment, check=True)


def read_mutants(part: str) -> Iterator[Mutant]:
    """Yield all mutants of *part*, with the outcomes that mutmut stored; none if it did not run."""
    from mutmut.stats import status_by_exit_code

    mutants = WORK / part / "mutants"
    for path in sorted(mutants.glob("monitor/**/*.py.meta")):
        source = str(path.relative_to(mutants)).removesuffix(".meta")
        for name, exit_code in json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"].items():
            yield Mutant(name, source, status_by_exit_code[exit_code])


def _commit() -> str:
    """Return the commit, with "-dirty" if the code or the tests differ from it."""

    def git(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)

    differs = git("diff", "--quiet", "HEAD", "--", "monitor", "tests").returncode
    return git("describe", "--always").stdout.strip() + ("-dirty" if differs else "")


def score(mutants: Sequence[Mutant], commit: str, tenths: int = 10) -> Score:
    """Return the outcomes of *mutants*, counted.

    Args:
        mutants: Those that ran.
        commit: What was changed.
        tenths: How large a part of all mutants they are.
    """
    count = Counter(m.status for m in mutants)
    return Score(
        killed=count["killed"],
        timed_out=count["timeout"],
        survived=sum(not m.is_detected for m in mutants),
        date=datetime.now(UTC).date().isoformat(),
        commit=commit,
        tenths=tenths,
    )


def write_not_killed(part: str, mutants: Iterable[Mutant]) -> Path:
    """Write the changes that no test failed for to a file, and return its path."""
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    with chdir(WORK / part):
        texts = [
            f"# {m.name}: {m.status}\n{get_diff_for_mutant(m.name, path=Path(m.source))}"
            for m in mutants
            if m.status not in ("killed", "not checked")
        ]
    path = WORK / f"{part}.diff"
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def store(scores: dict[str, Score]) -> None:
    """Store *scores*, beside the last ones of the parts that did not run."""
    stored = RESULTS / "mutation.json"
    earlier = json.loads(stored.read_text(encoding="utf-8"))["details"]["parts"] if stored.exists() else {}
    latest = {part: Score(**numbers) for part, numbers in earlier.items()} | scores
    goals = [
        Goal(f"{part}: % of mutants detected", latest[part].percent, at_least=GOAL_PERCENT)
        for part in PARTS
        if part in latest
    ]
    write(goals_result("mutation", goals, {"parts": {part: asdict(found) for part, found in latest.items()}}))


if __name__ == "__main__":
    main()
