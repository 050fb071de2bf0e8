from datetime import UTC, datetime

import pytest

from monitor.alerts.apprise.attempt_evidence import Evidence, HttpExchange
from monitor.alerts.apprise.outcome import FailedAttempt, LogLine, failure_of, refused_recipients
from monitor.errors import OutcomeUnknown

WARNING = "Failed to send notification."
NOW = datetime(2025, 11, 22, tzinfo=UTC)


def attempt(*exchanges, lines=(), delivered=0):
    logged = (LogLine("WARNING", WARNING), *lines)
    return FailedAttempt(Evidence(http=list(exchanges)), logged, delivered, NOW)


def answered(status, **more):
    return HttpExchange(sent=True, status=status, **more)


@pytest.mark.parametrize(
    ("status", "unknown"),
    [(404, False), (429, False), (500, False), (503, False), (502, True), (504, True), (200, True), (202, True)],
)
def test_the_status_is_named_and_decides(status, unknown):
    error = failure_of(attempt(answered(status)), ())
    assert str(error) == f"the service answered {status}: {WARNING}"
    assert isinstance(error, OutcomeUnknown) is unknown


@pytest.mark.parametrize(
    ("logged", "words"),
    [
        ("Failed to send JSON POST notification: Internal Server Error., error=500.", ": Internal Server Error"),
        ("Failed to send Slack notification to #soc: channel_not_found, error=500.", ": channel_not_found"),
        ("Failed to send JSON POST notification: error=500.", ""),
        ("Nothing of the kind: error=500 it said", ": Nothing of the kind: error=500 it said"),
    ],
)
def test_the_reason_is_quoted_without_what_apprise_adds(logged, words):
    error = failure_of(attempt(answered(500), lines=(LogLine("WARNING", logged),)), ())
    assert str(error) == f"the service answered 500{words}"


def test_an_earlier_request_without_an_answer_makes_it_unknown():
    error = failure_of(attempt(HttpExchange(sent=True, error="no answer in time"), answered(404)), ())
    assert isinstance(error, OutcomeUnknown)


def test_a_failure_that_apprise_does_not_explain_is_unknown():
    error = failure_of(attempt(lines=(LogLine("DEBUG", "Socket Exception: something new"),)), ())
    assert isinstance(error, OutcomeUnknown)
    assert str(error) == WARNING


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("Socket Exception: [Errno 111] Connection refused", "the connection was refused"),
        ("MQTT Exception: [Errno -2] Name or service not known", "no such host"),
    ],
)
def test_a_plugin_without_http_that_never_connected_is_a_failure(log, words):
    error = failure_of(attempt(lines=(LogLine("DEBUG", log),)), ())
    assert not isinstance(error, OutcomeUnknown)
    assert str(error) == words


def test_the_text_of_the_message_does_not_influence_the_outcome():
    error = failure_of(attempt(lines=(LogLine("DEBUG", "Payload: {'title': 'Exception: Connection refused'}"),)), ())
    assert isinstance(error, OutcomeUnknown)


def test_recipients_that_accepted_make_the_outcome_unknown():
    error = failure_of(attempt(answered(200), answered(500), delivered=1), ())
    assert isinstance(error, OutcomeUnknown)
    assert str(error) == f"some recipients accepted it, then: the service answered 500: {WARNING}"


def test_recipients_that_refused_for_good_are_reported_when_others_accepted():
    attempted = attempt(answered(200), answered(403), delivered=1)
    assert refused_recipients(attempted, ()) == ("one recipient: the service answered 403",)


@pytest.mark.parametrize("status", [408, 429, 500, 502])
def test_a_recipient_that_may_accept_later_is_not_given_up(status):
    assert refused_recipients(attempt(answered(200), answered(status), delivered=1), ()) == ()


def test_a_refusal_after_a_login_that_succeeded_is_not_a_partial_delivery():
    assert refused_recipients(attempt(answered(200), answered(403)), ()) == ()


def test_secrets_in_a_quoted_warning_are_hidden():
    lines = (LogLine("ERROR", "bad key hunter22"),)
    assert "hunter22" not in str(failure_of(attempt(answered(403), lines=lines), ("hunter22",)))


def test_an_empty_log_still_gives_a_reason():
    error = failure_of(FailedAttempt(Evidence(), ()), ())
    assert str(error) == "the service did not accept it and gave no reason"
