"""Read past entries in several processes, in order and with bounded memory."""

from __future__ import annotations

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from typing import Any, Protocol, TypeVar

from monitor.backtest.paired_judging import PairedJudge, PairedJudgement, WatchlistParts
from monitor.model import Entry, SeenText

CHUNK = 250  # texts that are sent to a process at once
MOST_PROCESSES = 4  # more would be idle: this process, which assigns stories and replays, is then the bottleneck
AHEAD = 3  # chunks for each process that are judged in advance
FEW = 2000  # texts; judging so few takes less time than starting processes

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
Chunk = list[SeenText]


class Task(Protocol[R_co]):
    """The work that each process does on every entry; it is sent to each process once."""

    def start(self) -> Callable[[Entry], R_co]:
        """Return the function that each entry is passed to; called once in each process."""
        ...  # pragma: no cover


@dataclass(frozen=True, slots=True)
class JudgingTask:
    """The two watchlists and options that a worker process needs to judge entries."""

    base: WatchlistParts
    edited: WatchlistParts
    with_profiles: bool

    def start(self) -> Callable[[Entry], PairedJudgement]:
        """Return the function that judges an entry by both watchlists, which are compiled by this call."""
        base = self.base.compile()
        edited = base if self.edited == self.base else self.edited.compile()
        return PairedJudge(base, edited, with_profiles=self.with_profiles).judge


def map_entries(
    texts: Iterable[SeenText], task: Task[R], *, processes: int | None = None, spare: int = 1
) -> Iterator[tuple[SeenText, R]]:
    """Yield each text with the result of *task* for its entry, in the order of *texts*.

    Args:
        texts: The texts; they are read a few chunks ahead.
        task: What to do with each entry.
        processes: How many worker processes to use. 0 uses none; None uses one for each processor that is not spared,
            but none for few texts.
        spare: How many processors are left to this process, which uses the results meanwhile.
    """
    source = iter(texts)
    number = _processors(spare) if processes is None else processes
    head = list(islice(source, FEW)) if processes is None else []
    if number == 0 or (processes is None and len(head) < FEW):
        function = task.start()
        for text in (*head, *source):
            yield text, function(text.entry)
        return
    yield from _in_processes(_chunks(head, source), task, number)


def _in_processes(chunks: Iterator[Chunk], task: Task[R], number: int) -> Iterator[tuple[SeenText, R]]:
    # spawn, because fork would copy locks that threads of this process hold
    pool = ProcessPoolExecutor(number, mp_context=get_context("spawn"), initializer=_start, initargs=(task,))
    try:
        waiting: deque[tuple[Chunk, Future[list[R]]]] = deque()
        for chunk in chunks:
            with _interrupts_held():  # the first call starts the processes
                waiting.append((chunk, pool.submit(_run, [text.entry for text in chunk])))
            if len(waiting) > number * AHEAD:
                yield from _next(waiting)
        while waiting:
            yield from _next(waiting)
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back meanwhile, so that it cannot cut off what a new process is sent; the process inherits that."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _next(waiting: deque[tuple[Chunk, Future[list[R]]]]) -> Iterator[tuple[SeenText, R]]:
    chunk, results = waiting.popleft()
    yield from zip(chunk, results.result(), strict=True)


def _chunks(head: Chunk, source: Iterator[SeenText]) -> Iterator[Chunk]:
    for at in range(0, len(head), CHUNK):
        yield head[at : at + CHUNK]
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _processors(spare: int) -> int:
    return min(MOST_PROCESSES, max(1, len(os.sched_getaffinity(0)) - spare))


# ---------------------------------------------------------------- in each process

_functions: list[Callable[[Entry], Any]] = []


def _start(task: Task[Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the process that reads the results
    _functions.append(task.start())
    gc.freeze()  # the watchlists stay; the garbage collector need not scan them


def _run(entries: Sequence[Entry]) -> list[Any]:
    return [_functions[0](entry) for entry in entries]
