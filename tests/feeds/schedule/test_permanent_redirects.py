from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.feed_samples import NOW

from monitor.feeds.schedule.permanent_redirects import with_redirect
from monitor.model import FeedRecord

REDIRECTED = FeedRecord("wire", "https://wire.example/feed", NOW)
THERE = "https://new.example/feed"


def redirected(*answers: str, hours: float = 24, safely: bool = True, record: FeedRecord = REDIRECTED) -> FeedRecord:
    """Return the record after these redirects, so many hours apart; a dash stands for none."""
    for number, answer in enumerate(answers):
        now = NOW + timedelta(hours=number * hours)
        record = with_redirect(record, "" if answer == "-" else answer, now, safely=safely)
    return record


def test_a_permanent_redirect_is_taken_over_after_days_of_agreement() -> None:
    assert redirected(*[THERE] * 4).taken_url == ""
    taken = redirected(*[THERE] * 5)
    assert (taken.taken_url, taken.moved_to, taken.address) == (THERE, "", THERE)


@pytest.mark.parametrize(("hours", "taken"), [(18, THERE), (17.9, "")], ids=["three days", "less"])
def test_a_redirect_is_taken_over_after_three_days(hours: float, taken: str) -> None:
    assert redirected(*[THERE] * 5, hours=hours).taken_url == taken


def test_nothing_is_remembered_of_redirects_that_were_taken_over_or_have_ended() -> None:
    assert redirected(*[THERE] * 5) == replace(REDIRECTED, taken_url=THERE)
    assert redirected(THERE, THERE, "-") == REDIRECTED
    assert redirected("-") is REDIRECTED


def test_another_target_is_counted_from_its_first_redirect() -> None:
    record = redirected(THERE, THERE, "https://other.example/")
    assert (record.moved_to, record.moved_answers) == ("https://other.example/", 1)
    assert record.moved_since == NOW + timedelta(hours=48)


def test_until_then_its_target_is_stored_with_since_when_and_how_often() -> None:
    record = redirected(THERE, THERE)
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
def test_redirects_that_do_not_agree_for_days_are_not_taken_over(answers: list[str], hours: float) -> None:
    assert redirected(*answers, hours=hours).taken_url == ""


def test_a_redirect_over_plain_http_is_never_taken_over() -> None:
    assert redirected(*[THERE] * 50, safely=False).taken_url == ""


def test_a_second_move_is_taken_over_too_and_one_to_the_configured_address_ends_it() -> None:
    once = replace(REDIRECTED, taken_url=THERE)
    assert redirected(*["https://newer.example/"] * 5, record=once).taken_url == "https://newer.example/"
    assert redirected(*[REDIRECTED.url] * 5, record=once).taken_url == ""
