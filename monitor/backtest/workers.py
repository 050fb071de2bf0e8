"""Judge past entries in several processes, in order and with bounded memory."""

from __future__ import annotations

import gc
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context

from monitor.backtest.paired_judging import PairedJudge, PairedJudgement, WatchlistParts
from monitor.model import Entry, SeenText

CHUNK = 250  # texts that are sent to a process at once
MOST_PROCESSES = 4  # more would be idle: this process, which assigns stories and replays, is then the bottleneck
AHEAD = 3  # chunks for each process that are judged in advance
FEW = 2000  # texts; judging so few takes less time than starting processes

Chunk = list[SeenText]
Judgements = list[PairedJudgement]


@dataclass(frozen=True, slots=True)
class JudgingTask:
    """The two watchlists and options that a worker process needs to judge entries."""

    base: WatchlistParts
    edited: WatchlistParts
    with_profiles: bool

    def judge(self) -> PairedJudge:
        """Return a judge for both watchlists, which are compiled by this call."""
        base = self.base.compile()
        edited = base if self.edited == self.base else self.edited.compile()
        return PairedJudge(base, edited, with_profiles=self.with_profiles)


def judge_all(
    texts: Iterable[SeenText], task: JudgingTask, *, processes: int | None = None
) -> Iterator[tuple[SeenText, PairedJudgement]]:
    """Yield each text with its judgements by both watchlists, in the order of *texts*.

    Args:
        texts: The texts; they are read a few chunks ahead.
        task: The watchlists to judge by.
        processes: How many worker processes to use. 0 uses none; None uses one for each other processor, but none for
            few texts.
    """
    source = iter(texts)
    number = _other_processors() if processes is None else processes
    head = list(islice(source, FEW)) if processes is None else []
    if number == 0 or (processes is None and len(head) < FEW):
        judge = task.judge()
        for text in (*head, *source):
            yield text, judge.judge(text.entry)
        return
    yield from _judged_in_processes(_chunks(head, source), task, number)


def _judged_in_processes(
    chunks: Iterator[Chunk], task: JudgingTask, number: int
) -> Iterator[tuple[SeenText, PairedJudgement]]:
    # spawn, because fork would copy locks that threads of this process hold
    pool = ProcessPoolExecutor(number, mp_context=get_context("spawn"), initializer=_start, initargs=(task,))
    try:
        waiting: deque[tuple[Chunk, Future[Judgements]]] = deque()
        for chunk in chunks:
            waiting.append((chunk, pool.submit(_judge, [text.entry for text in chunk])))
            if len(waiting) > number * AHEAD:
                yield from _next(waiting)
        while waiting:
            yield from _next(waiting)
    finally:
        pool.shutdown(cancel_futures=True)


def _next(waiting: deque[tuple[Chunk, Future[Judgements]]]) -> Iterator[tuple[SeenText, PairedJudgement]]:
    chunk, judged = waiting.popleft()
    yield from zip(chunk, judged.result(), strict=True)


def _chunks(head: Chunk, source: Iterator[SeenText]) -> Iterator[Chunk]:
    for at in range(0, len(head), CHUNK):
        yield head[at : at + CHUNK]
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _other_processors() -> int:
    return min(MOST_PROCESSES, max(1, len(os.sched_getaffinity(0)) - 1))


# ---------------------------------------------------------------- in each process

_judges: list[PairedJudge] = []


def _start(task: JudgingTask) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the process that reads the results
    _judges.append(task.judge())
    gc.freeze()  # the watchlists stay; the garbage collector need not scan them


def _judge(entries: Sequence[Entry]) -> Judgements:
    return [_judges[0].judge(entry) for entry in entries]
