"""The harness of `make soak`: its parts, and three simulated hours with a fault of most kinds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from benchmarks.plot import Line, Plot, svg
from benchmarks.soak.measures import robust_slope
from benchmarks.soak.newsroom import DAY_S, HOUR_S, KINDS, Item, Newsroom
from benchmarks.soak.plan import FEED_OUTAGES, PROCESS, Event, Fault, draw_plan
from benchmarks.soak.rig import Rig, Settings
from benchmarks.soak.servers import Message
from benchmarks.soak.verdict import Observed, Span, judge

START = datetime(2026, 10, 20, 10, tzinfo=UTC)
SPARROW = Item("Q000001Q", 0, HOUR_S, "mailed", ("a",) * 50)


def received(to: str = "hook", life: int = 1, at_s: float = 2 * HOUR_S, **more) -> Message:
    link = "https://site-0.example/Q000001Q"
    fields = {"kind": "alert", "text": link, "possible_repeat": False, "answer_lost": False, "hits": 1}
    return Message(to, life, at_s, 0.0, **{**fields, **more})


def judged(*messages: Message, items=(SPARROW,), spans=(), killed=(), osprey=()):
    return judge(items, Observed(START, messages, spans, frozenset(killed), osprey))


def test_an_entry_is_expected_by_the_destinations_of_its_kind():
    verdict = judged(received("hook"), received("mail"))
    assert (verdict.problems, verdict.expected, verdict.delivered) == ([], 2, 2)


def test_a_destination_that_received_nothing_has_lost_the_entry():
    assert "lost: Q000001Q (mailed" in judged(received("hook")).problems[0]


def test_a_destination_that_is_not_meant_to_receive_an_entry_is_reported():
    assert judged(received("hook"), received("mail"), received("loud")).uncalled_for == 1


def test_an_entry_older_than_the_daemon_must_not_be_delivered():
    old = Item("Q000001Q", 0, -HOUR_S, "mailed", ("a",) * 50)
    assert judged(received("hook"), items=(old,)).uncalled_for == 1


@pytest.mark.parametrize(
    ("again", "killed", "unexplained"),
    [
        pytest.param(received(life=2, possible_repeat=True), (1,), 0, id="marked, after a kill"),
        pytest.param(received(life=2), (1,), 1, id="not marked"),
        pytest.param(received(life=2, possible_repeat=True), (), 1, id="marked, though nothing was killed"),
        pytest.param(received(possible_repeat=True), (1,), 1, id="marked, from the same process"),
    ],
)
def test_a_repeat_needs_a_mark_and_an_explanation(again, killed, unexplained):
    verdict = judged(received("mail"), received(), again, killed=killed)
    assert (verdict.unexplained_repeats, sum(verdict.repeats.values())) == (unexplained, 1 - unexplained)


def test_a_repeat_after_a_lost_answer_is_explained():
    verdict = judged(received("mail"), received(answer_lost=True), received(possible_repeat=True))
    assert verdict.repeats == {"the answer was lost": 1}


@pytest.mark.parametrize(("hour", "wrong"), [(6 - 10 + 24, 0), (12, 1)])  # 08:00 and 00:00 in Berlin
def test_a_digest_comes_at_its_hour(hour, wrong):
    heron = Item("Q000001Q", 0, HOUR_S, "actor", ("a",) * 50)
    assert judged(received("digest", at_s=hour * HOUR_S), items=(heron,)).wrong_time == wrong


def test_a_late_digest_is_excused_by_a_fault_since_its_hour():
    heron = Item("Q000001Q", 0, HOUR_S, "actor", ("a",) * 50)
    down = Span(20 * HOUR_S, 23 * HOUR_S, "daemon down")
    assert judged(received("digest", at_s=23.1 * HOUR_S), items=(heron,), spans=(down,)).wrong_time == 0


@pytest.mark.parametrize(
    ("begins", "wrong"),
    [
        pytest.param(9, 0, id="held up since before the quiet hours"),
        pytest.param(11, 1, id="the fault began in the quiet hours"),
    ],
)
def test_an_alert_in_quiet_hours_was_held_up_since_before_them(begins, wrong):
    # START is at 12:00 in Berlin: the quiet hours begin 10 hours later
    heron = Item("Q000001Q", 0, HOUR_S, "actor", ("a",) * 50)
    full = Span(begins * HOUR_S, 11.2 * HOUR_S, "full disk")
    assert judged(received("calm", at_s=11.3 * HOUR_S), items=(heron,), spans=(full,)).wrong_time == wrong


def test_an_entry_near_an_edit_of_the_watchlist_is_not_judged():
    osprey = Item("Q000001Q", 0, HOUR_S, "osprey", ("a",) * 50)
    assert judged(items=(osprey,), osprey=[(2 * HOUR_S, True)]).undecided == 2
    assert judged(items=(osprey,), osprey=[(0.0, True)]).lost == 2
    assert judged(items=(osprey,)).problems == []


def test_the_headline_of_an_edited_entry_names_the_actor_later():
    item = Item("Q000001Q", 0, 0.0, "edited", ("a", "b", "c", "d", "e"))
    assert "Quiet Sparrow" not in item.title(HOUR_S)
    assert "Quiet Sparrow" in item.title(3 * HOUR_S)
    assert "Crimson Heron" in Item("Q000001Q", 0, 0.0, "theft", ("a",) * 5).title(3 * HOUR_S)


def test_the_newsroom_and_the_plan_depend_on_the_seed_alone():
    rooms = [Newsroom(feeds=3, start=START, days=2, per_day=20, seed=4) for _ in range(2)]
    assert rooms[0].items == rooms[1].items
    assert {item.kind for item in rooms[0].items} <= KINDS.keys()
    assert rooms[0].document(1, DAY_S) == rooms[1].document(1, DAY_S)
    assert rooms[0].version(1, DAY_S) > rooms[0].version(1, 0.0)
    assert draw_plan(9, 1, ("leased",)) == draw_plan(9, 1, ("leased",)) != draw_plan(9, 2, ("leased",))


def test_a_month_has_faults_of_every_kind():
    assert {event.fault for event in draw_plan(30, 1, ("leased",))} == {*Fault}


def test_a_run_of_one_process_has_all_faults_that_do_not_end_it():
    plan = draw_plan(30, 1, ("leased",), one_process=True)
    assert {event.fault for event in plan} == {*Fault} - {*PROCESS}
    assert {event.what for event in plan if event.fault is Fault.FEEDS} == {*FEED_OUTAGES}


def test_the_slope_ignores_outliers_and_what_happens_between_two_groups():
    line = [(float(x), 2.0 * x + (500 if x == 7 else 0)) for x in range(20)]
    assert robust_slope(line) == pytest.approx(2.0)
    assert robust_slope([(0, 1), (1, 1), (2, 90), (3, 90)], [1, 1, 2, 2]) == 0
    assert robust_slope([(1.0, 1.0)]) is None


def test_a_plot_marks_what_is_extrapolated():
    drawn = svg(Plot("Cost <1>", "entries", "ms", [Line("poll", [(10, 1.0), (100, 2.0)], estimated=1, markers=True)]))
    assert "Cost &lt;1&gt;" in drawn
    assert 'fill="white" stroke="#1f6feb"' in drawn
    assert "stroke-dasharray" in drawn


@pytest.mark.slow
def test_three_simulated_hours_with_faults_lose_and_repeat_nothing(tmp_path):
    plan = [
        Event(1.1 * HOUR_S, Fault.CLOCK, 600, "", -4000),
        Event(1.3 * HOUR_S, Fault.DISK, 600),
        Event(1.6 * HOUR_S, Fault.BROKEN_EDIT, 300, "half a file"),
        Event(1.8 * HOUR_S, Fault.HOOKS, 600, "refused"),
        Event(2.0 * HOUR_S, Fault.MAIL, 600, "answer lost"),
        Event(2.3 * HOUR_S, Fault.KILL, 60),
        Event(2.5 * HOUR_S, Fault.KILL_AT_FAILPOINT, 5, "accepted", 1),
    ]
    settings = Settings(days=3 / 24, feeds=30, per_day=60, drain_days=0.3)
    ran = Rig(tmp_path, settings, say=lambda _: None, plan=plan).run()
    verdict = judge(ran.newsroom.items, ran.observed)
    assert [*ran.problems, *verdict.problems] == []
    assert verdict.expected == verdict.delivered > 30
    assert len(ran.faults) == len(plan)
