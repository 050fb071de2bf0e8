from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.feed_samples import NOW

from monitor.feeds.schedule.moves import with_redirect
from monitor.model import FeedRecord

RECORD = FeedRecord("wire", "https://wire.example/feed", NOW)
THERE = "https://new.example/feed"


def told(*answers: str, hours: float = 24, safely: bool = True, record: FeedRecord = RECORD) -> FeedRecord:
    """Return the record after these redirects, so many hours apart; a dash stands for none."""
    for number, answer in enumerate(answers):
        now = NOW + timedelta(hours=number * hours)
        record = with_redirect(record, "" if answer == "-" else answer, now, safely=safely)
    return record


def test_a_redirect_is_believed_after_days_of_agreement() -> None:
    assert told(*[THERE] * 4).taken_url == ""
    taken = told(*[THERE] * 5)
    assert (taken.taken_url, taken.moved_to, taken.address) == (THERE, "", THERE)


def test_until_then_it_is_remembered_since_when_and_how_often() -> None:
    record = told(THERE, THERE)
    assert (record.moved_to, record.moved_since, record.moved_answers) == (THERE, NOW, 2)


@pytest.mark.parametrize(
    ("answers", "hours"),
    [
        ([THERE] * 70, 1),
        ([THERE] * 4, 48),
        ([THERE] * 4 + ["-"] + [THERE] * 4, 24),
        ([THERE] * 4 + ["https://portal.example/"] + [THERE] * 4, 24),
        ([f"{THERE}?session={n}" for n in range(50)], 24),
    ],
    ids=["often within days", "seldom", "not now", "elsewhere for once", "never the same"],
)
def test_what_does_not_agree_for_days_is_not_believed(answers: list[str], hours: float) -> None:
    assert told(*answers, hours=hours).taken_url == ""


def test_a_way_over_a_weaker_scheme_is_never_taken() -> None:
    assert told(*[THERE] * 50, safely=False).taken_url == ""


def test_a_second_move_is_taken_too_and_one_back_home_ends_it() -> None:
    once = replace(RECORD, taken_url=THERE)
    assert told(*["https://newer.example/"] * 5, record=once).taken_url == "https://newer.example/"
    assert told(*[RECORD.url] * 5, record=once).taken_url == ""
