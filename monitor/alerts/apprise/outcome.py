"""Decide what a failed attempt to send means: nobody got the message, some recipients got it, or that is unknown.

The network evidence decides. Plugins that use neither HTTP nor SMTP leave none; then the log lines of Apprise decide.
If they are not recognised, the outcome counts as unknown: if it counted as a refusal, an alert that did arrive would be
sent again without the note "possible repeat".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from monitor.alerts.apprise.attempt_evidence import Evidence, HttpExchange, SmtpSession
from monitor.alerts.content.neutralise import cut, printable
from monitor.errors import DeliveryError, OutcomeUnknown
from monitor.redaction import redacted

MAX_QUOTED = 200  # characters of what a service said
RATE_LIMIT_S = 60.0  # to wait after a 429 without Retry-After
MAX_RETRY_AFTER_S = 3600.0  # so that one bad header cannot stop a destination for a day

_RATE_LIMITED = (429, 503)
_COMPLAINT_LEVELS = ("WARNING", "ERROR", "CRITICAL")

# for plugins without network evidence: search exceptions only, because other lines may quote text from a feed
_EXCEPTION = re.compile(r"[\w .-]{0,60}Exception: ")
# what most plugins log around the reason, and is known without them
_FRAME_BEGIN = re.compile(r"Failed to send [^:]{0,80} notification(?: to [^:]{0,80})?: ")
_FRAME_END = re.compile(r"[ ,.]*\berror=\d{3}\.?$")
_NOT_SENT = (
    (re.compile(r"NameResolutionError|Name or service not known|No address associated"), "no such host"),
    (re.compile(r"Connection refused"), "the connection was refused"),
    (re.compile(r"No route to host|Network is unreachable"), "no connection"),
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line that Apprise logged during an attempt to send."""

    level: str  # as logging names it
    text: str


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """An attempt to send that Apprise reports as failed, with everything known about it."""

    evidence: Evidence
    lines: Sequence[LogLine]  # everything logged during it, oldest first
    delivered: int = 0  # recipients that accepted the message, earlier attempts of the delivery included
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)  # what a Retry-After with a date is compared with


def refused_recipients(attempt: FailedAttempt, secrets: Sequence[str]) -> tuple[str, ...]:
    """Return the recipients that refused the message permanently, each with the reason, if all others accepted it.

    Return nothing if no recipient accepted the message, or if a retry may reach further recipients.

    Args:
        attempt: The failed attempt.
        secrets: Texts to remove from the result, such as passwords, longest first.
    """
    smtp, http = attempt.evidence.smtp, attempt.evidence.http
    if smtp is not None:
        if smtp.problem or not (smtp.accepted or attempt.delivered):
            return ()
        if not all(reply.is_permanent for reply in smtp.refused.values()):
            return ()
        return tuple(_refusal(address, str(reply), secrets) for address, reply in smtp.refused.items())
    failed = [exchange for exchange in http if not exchange.accepted]
    if not attempt.delivered or not all(exchange.refused_for_good for exchange in failed):
        return ()
    return tuple(f"one recipient: the service answered {exchange.status}" for exchange in failed)


def failure_of(attempt: FailedAttempt, secrets: Sequence[str]) -> DeliveryError:
    """Return the error that describes a failed attempt: OutcomeUnknown if the message may have been accepted.

    Args:
        attempt: The failed attempt.
        secrets: Texts to remove from the message of the error, such as passwords, longest first.
    """
    evidence = attempt.evidence
    if evidence.smtp is not None:
        failure = _smtp_failure(evidence.smtp, secrets)
    elif evidence.http:
        failure = _http_failure(attempt, secrets)
    elif evidence.requested_pause_s:
        failure = _Failure("the service asked for a pause after an earlier message", maybe_accepted=False)
    else:
        failure = _logged_failure(attempt.lines, secrets)
    text, maybe_accepted = failure.text, failure.maybe_accepted
    if evidence.timed_out:
        text = "no complete answer in time"
    if attempt.delivered or (evidence.smtp and evidence.smtp.accepted):
        text, maybe_accepted = f"some recipients accepted it, then: {text}", True
    retry_after_s = _retry_after_s(evidence.http[-1], attempt.now) if evidence.http else None
    if evidence.requested_pause_s:
        retry_after_s = min(evidence.requested_pause_s, MAX_RETRY_AFTER_S)
    if not maybe_accepted:
        return DeliveryError(text, retry_after_s=retry_after_s)
    likely = not evidence.timed_out and _is_likely_accepted(evidence)
    return OutcomeUnknown(text, retry_after_s=retry_after_s, likely_accepted=likely)


def _is_likely_accepted(evidence: Evidence) -> bool:
    """Return whether the service probably accepted the message: it answered with success, or no failure is known.

    A gateway timeout (502, 504) does not count as probable acceptance: the service behind the gateway may be down.
    """
    if evidence.smtp is not None:
        return evidence.smtp.maybe_accepted
    if evidence.http:
        return any(exchange.status is not None and 200 <= exchange.status < 300 for exchange in evidence.http)
    return True


@dataclass(frozen=True, slots=True)
class _Failure:
    text: str
    maybe_accepted: bool


def _smtp_failure(smtp: SmtpSession, secrets: Sequence[str]) -> _Failure:
    if smtp.problem:
        reply = _quoted(str(smtp.reply), secrets) if smtp.reply else ""
        return _Failure(": ".join(filter(None, (smtp.problem, reply))), smtp.maybe_accepted)
    refusals = (_refusal(address, str(reply), secrets) for address, reply in smtp.refused.items())
    return _Failure("; ".join(refusals) or "the mail was not sent", maybe_accepted=False)


def _refusal(address: str, reply: str, secrets: Sequence[str]) -> str:
    return f"{address} was refused: {_quoted(reply, secrets)}"


def _http_failure(attempt: FailedAttempt, secrets: Sequence[str]) -> _Failure:
    exchanges = attempt.evidence.http
    last = next((exchange for exchange in reversed(exchanges) if not exchange.accepted), exchanges[-1])
    unclear = [exchange for exchange in exchanges if exchange is last or not exchange.accepted]
    maybe_accepted = any(exchange.maybe_accepted for exchange in unclear)
    if last.status is None:
        return _Failure(last.error or "no answer", maybe_accepted)
    text = f"the service answered {last.status}"
    if 300 <= last.status < 400:
        return _Failure(f"{text}, a redirect, and redirects are not followed", maybe_accepted)
    if last.reply_error:
        return _Failure(f"{text}, but {last.reply_error}", maybe_accepted)
    reason = _without_frame(_complaint(attempt.lines))
    return _Failure(": ".join(filter(None, (text, _quoted(reason, secrets)))), maybe_accepted)


def _logged_failure(lines: Sequence[LogLine], secrets: Sequence[str]) -> _Failure:
    exceptions = "\n".join(line.text for line in lines if _EXCEPTION.match(line.text))
    for pattern, words in _NOT_SENT:
        if pattern.search(exceptions):
            return _Failure(words, maybe_accepted=False)
    complaint = _quoted(_complaint(lines), secrets)
    return _Failure(complaint or "the service did not accept it and gave no reason", maybe_accepted=True)


def _complaint(lines: Sequence[LogLine]) -> str:
    """Return the last warning or error that Apprise logged; its debug lines contain the address and the message."""
    return next((line.text for line in reversed(lines) if line.level in _COMPLAINT_LEVELS), "")


def _without_frame(complaint: str) -> str:
    """Return the reason in a line of Apprise, as in "Failed to send X notification: REASON, error=500."."""
    return _FRAME_END.sub("", _FRAME_BEGIN.sub("", complaint))


def _quoted(text: str, secrets: Sequence[str]) -> str:
    return cut(printable(redacted(text, secrets)), MAX_QUOTED)


def _retry_after_s(exchange: HttpExchange, now: datetime) -> float | None:
    """Return how many seconds the service asks to wait (Retry-After, RFC 9110 section 10.2.3); None if it does not."""
    if exchange.status not in _RATE_LIMITED:
        return None
    seconds = _seconds(exchange.retry_after.strip(), now)
    if seconds is None:
        return RATE_LIMIT_S if exchange.status == 429 else None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_S)


def _seconds(header: str, now: datetime) -> float | None:
    # Discord and others send fractions of a second
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", header):
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, TypeError):
        return None
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
