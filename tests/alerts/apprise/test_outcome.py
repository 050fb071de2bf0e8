import pytest

from monitor.alerts.apprise.outcome import LogLine, read_failure
from monitor.errors import OutcomeUnknown

WARNING = "Failed to send notification."


def failure(*texts, level="DEBUG", elapsed_s=0.1, secrets=()):
    lines = [LogLine("WARNING", WARNING), *(LogLine(level, text) for text in texts)]
    return read_failure(lines, elapsed_s=elapsed_s, read_timeout_s=20, secrets=secrets)


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("Socket Exception: (Caused by NameResolutionError(...))", "no such host"),
        ("Socket Exception: [Errno 111] Connection refused", "the connection was refused"),
        ("Socket Exception: ConnectTimeoutError(x, 'timed out. (connect timeout=1)')", "no connection"),
        (
            "Socket Exception: SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]')",
            "the certificate is not accepted",
        ),
        ("Socket Exception: (535, b'5.7.8 no')", "the mail server answered 535"),
        ("Socket Exception: {'a@b.example': (550, b'no')}", "the mail server answered 550"),
        ("Something else", WARNING),
    ],
)
def test_an_attempt_that_was_certainly_not_accepted_is_a_failure(log, words):
    error = failure(log)
    assert not isinstance(error, OutcomeUnknown)
    assert str(error) == words


@pytest.mark.parametrize(
    "log",
    [
        "Socket Exception: Read timed out. (read timeout=20)",
        "Socket Exception: ('Connection aborted.', RemoteDisconnected('x'))",
        "Socket Exception: Connection unexpectedly closed",
    ],
)
def test_an_attempt_that_may_have_been_accepted_is_unknown(log):
    assert isinstance(failure(log), OutcomeUnknown)


@pytest.mark.parametrize(("status", "unknown"), [(404, False), (429, False), (500, False), (502, True), (504, True)])
def test_the_status_is_named_and_that_of_a_gateway_is_unknown(status, unknown):
    said = f"Failed to send: no such max_units, error={status}."
    error = failure(said, level="WARNING")
    assert str(error) == f"the service answered {status}: {said}"
    assert isinstance(error, OutcomeUnknown) is unknown


def test_an_attempt_that_used_up_its_time_is_unknown():
    assert isinstance(failure(elapsed_s=19.9), OutcomeUnknown)


def test_the_text_of_the_message_does_not_influence_the_outcome():
    error = failure("Payload: {'title': 'Socket Exception: Read timed out, error=404'}")
    assert str(error) == WARNING


def test_partial_acceptance_is_unknown():
    error = failure("Sent Email to x", level="INFO")
    assert isinstance(error, OutcomeUnknown)
    assert str(error) == f"a part was accepted, then: {WARNING}"


def test_secrets_in_a_quoted_warning_are_hidden():
    assert "hunter22" not in str(failure("bad key hunter22", level="ERROR", secrets=("hunter22",)))


def test_an_empty_log_still_gives_a_reason():
    error = read_failure([], elapsed_s=0, read_timeout_s=20, secrets=())
    assert str(error) == "the service did not accept it and gave no reason"
