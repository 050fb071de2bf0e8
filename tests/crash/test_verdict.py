from __future__ import annotations

import pytest
from support.crash_verdict import Crash, Message, in_window, judge

AGAIN = "Q1 (possible repeat)"
KILLED = Crash(1, "accepted", frozenset({("Q1", "hook")}))
COMMITTED = Crash(1, "outcome committed", frozenset())


def told(*texts: str) -> list[Message]:
    """Return messages to the hook, the first of life 1, the second of life 2, and so on."""
    return [Message("hook", life, text) for life, text in enumerate(texts, 1)]


def test_one_message_for_each_promise_is_all_right():
    verdict = judge({"Q1": ("hook",)}, ["Q0"], told("Q1"), [])
    assert (verdict.problems, verdict.lost, verdict.repeats) == ((), 0, ())


def test_a_marked_repeat_after_a_kill_in_the_window_is_all_right():
    verdict = judge({"Q1": ("hook",)}, [], told("Q1", AGAIN), [KILLED])
    assert (verdict.problems, verdict.repeats) == ((), (("accepted", "hook"),))


@pytest.mark.parametrize(
    ("messages", "crashes", "problem"),
    [
        pytest.param([], [], "Q1 is lost for hook", id="lost"),
        pytest.param(told("Q1", "Q1"), [KILLED], "not marked", id="repeat without a mark"),
        pytest.param(told("Q1", AGAIN), [COMMITTED], "came to hook in life 1 and 2", id="repeat after the commit"),
        pytest.param(told("Q1") * 2, [KILLED], "in life 1 and 1", id="repeat without a kill"),
        pytest.param(told(AGAIN), [], "nothing had been in flight", id="mark without a kill"),
        pytest.param(told("Q1", "Q0"), [], "Q0 was sent to hook without a reason", id="told of the baseline"),
    ],
)
def test_it_finds(messages, crashes, problem):
    assert problem in "; ".join(judge({"Q1": ("hook",)}, ["Q0"], messages, crashes).problems)


def test_two_repeats_for_one_kill_and_destination_are_one_too_many():
    kill = Crash(1, "accepted", frozenset({("Q1", "hook"), ("Q2", "hook")}))
    messages = told("Q1 Q2", AGAIN + " Q2")
    assert "2 repeats at hook" in judge({"Q1": ("hook",), "Q2": ("hook",)}, [], messages, [kill]).problems[0]


def test_the_window_is_open_for_what_arrived_and_is_in_flight():
    assert in_window(told("Q1"), KILLED) == 1
    assert in_window(told("Q1"), COMMITTED) == 0
    assert in_window([], KILLED) == 0
