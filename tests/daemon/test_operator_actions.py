"""Operator actions as the control socket takes them."""

import pytest

from monitor.daemon.operator_actions import (
    AddSilence,
    DeleteSearch,
    Drop,
    EndSilence,
    Retry,
    SaveSearch,
    SendDigest,
    Triage,
    TriageMany,
    action_request,
    read_action,
)
from monitor.errors import UsageError

ACTIONS = [
    Retry(7, "ana"),
    Drop(7, "ana", "a rerun"),
    Triage(7, "noise", "ana", "a rerun"),
    TriageMany((7, 9), "noise", "ana", "a rerun"),
    AddSilence("actor", "lazarus", 3600.0, "known campaign", "ana"),
    EndSilence(3, "ana"),
    SendDigest("mail"),
    SaveSearch("Bybit", "q=bybit", "ana"),
    DeleteSearch(3, "ana"),
]


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_a_request_round_trips_to_its_action(action):
    assert read_action(action_request(action)) == action


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            {},
            '"do" must be one of retry, drop, triage, triage many, silence, end silence, send digest, ',
        ),
        ({"do": ["retry"]}, '"do" must be one of'),
        ({"do": "dance"}, '"do" must be one of'),
        ({"do": "retry"}, 'retry: the field "id" is missing'),
        ({"do": "retry", "id": "7"}, "retry: \"id\" must be a positive number, not '7'"),
        ({"do": "retry", "id": True}, 'retry: "id" must be a positive number, not True'),
        ({"do": "retry", "id": 2**80}, 'retry: "id" must be a positive number'),
        ({"do": "retry", "id": 7, "who": "ana"}, 'retry: there is no field "who"; the fields are author, id'),
        ({"do": "drop", "id": 7, "author": ["ana"]}, "drop: \"author\" must be a text, not \\['ana'\\]"),
        ({"do": "silence", "subject": "actor", "subject_id": "x", "for_s": "9", "why": "x", "author": "a"}, "for_s"),
        (
            {"do": "silence", "subject": "actor", "subject_id": "x", "for_s": float("nan"), "why": "x", "author": "a"},
            "n",
        ),
        (
            {"do": "triage many", "ids": [], "triage": "ack", "author": "ana"},
            "a list of 1 to 200 positive numbers, not",
        ),
        (
            {"do": "triage many", "ids": [0], "triage": "ack", "author": "ana"},
            "a list of 1 to 200 positive numbers, not",
        ),
        ({"do": "triage many", "ids": 7, "triage": "ack", "author": "ana"}, "positive numbers, not 7"),
        ({"do": "triage", "id": [7], "triage": "ack", "author": "ana"}, "positive number, not \\[7\\]"),
        ({"do": "triage", "id": 7, "triage": None, "author": "ana"}, 'triage: "triage" must be a text, not None'),
    ],
)
def test_the_error_for_an_invalid_request_names_the_field(request_, message):
    with pytest.raises(UsageError, match=message):
        read_action(request_)
