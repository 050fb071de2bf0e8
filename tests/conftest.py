from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from support.database_template import DatabaseTemplate
from support.effort import RANDOM, examples
from support.environment import remove_machine_settings
from support.longest_first import begin_with_the_longest
from support.memory_disk import use_memory_for_tests
from support.shared_workers import SharedWorkers, shared_workers
from support.simulated_clock import SimulatedClock

from monitor import clock
from monitor.feeds.parse import workers
from monitor.store import committer
from monitor.store.db import connection

# no deadline, and no check of how long examples take to generate: on a busy machine, correct tests would fail
settings.register_profile(
    "monitor",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=examples(100),
    derandomize=not RANDOM,
)
settings.load_profile("monitor")

remove_machine_settings()
use_memory_for_tests()
gc.disable()  # until all tests are collected: nothing of what that makes is garbage


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    begin_with_the_longest(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def pytest_collection_finish() -> None:
    """Keep the garbage collector from visiting the collected tests again and again, and from running too often."""
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()


@pytest.fixture
def simulated_clock(monkeypatch: pytest.MonkeyPatch) -> SimulatedClock:
    """Stop the clock, and commit each batch without waiting for more."""
    stopped = SimulatedClock()
    monkeypatch.setattr(clock, "now", stopped)
    monkeypatch.setattr(committer, "BATCH_S", 0.0)
    return stopped


@pytest.fixture(scope="session")
def worker_processes() -> Iterator[SharedWorkers]:
    with shared_workers() as shared:
        yield shared


@pytest.fixture(autouse=True)
def share_worker_processes(
    request: pytest.FixtureRequest, worker_processes: SharedWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let every pool use the shared processes, unless the test is about the processes themselves."""
    if not request.node.get_closest_marker("own_worker_processes"):
        monkeypatch.setattr(workers, "start_processes", worker_processes.start)
        monkeypatch.setattr(workers, "end_processes", worker_processes.end)


@pytest.fixture(scope="session")
def database_template(tmp_path_factory: pytest.TempPathFactory) -> DatabaseTemplate:
    return DatabaseTemplate(tmp_path_factory.mktemp("template"))


@pytest.fixture(autouse=True)
def copy_new_databases(database_template: DatabaseTemplate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copy each new database from one that is made once; tests of the creation itself override this."""
    monkeypatch.setattr(connection, "_make", database_template.create)
