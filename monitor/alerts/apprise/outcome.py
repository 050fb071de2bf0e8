"""What a failed attempt means, read out of what Apprise logged of it. Pure.

Apprise has no structured reason: neither the status code nor the exception reaches its result, they are words
in its log. What matters is whether the message may have been accepted all the same, since only then the next
one has to be marked as a possible repeat.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitor.alerts.content.neutralise import cut, printable
from monitor.errors import DeliveryError, OutcomeUnknown
from monitor.redaction import redacted

MAX_QUOTED = 200


@dataclass(frozen=True, slots=True)
class LogLine:
    """One record that Apprise wrote during the attempt."""

    level: str  # as logging names it
    text: str


# a gateway that gave up on the service behind it; the service may have taken the message
_GATEWAY = frozenset({"502", "504"})
_STATUS = re.compile(r"error=(\d{3})\b")
_SMTP_CODE = re.compile(r"Socket Exception: \{?.*?\((\d{3}), b['\"]")

# in this order: "Read timed out" is also a "timed out". True: nothing was handed over
_CAUSES = (
    (
        re.compile(r"NameResolutionError|Name or service not known|No address associated"),
        "no such host",
        True,
    ),
    (re.compile(r"Connection refused"), "the connection was refused", True),
    (re.compile(r"ConnectTimeout|No route to host|Network is unreachable"), "no connection", True),
    (re.compile(r"CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerif"), "the certificate is not accepted", True),
    (re.compile(r"[Tt]imed out"), "no answer in time", False),
    (
        re.compile(r"Connection aborted|RemoteDisconnected|reset by peer|Broken pipe|unexpectedly closed"),
        "the connection was closed before an answer came",
        False,
    ),
)
# what an exception said; not a line with the message itself, whose words a stranger chose
_EXCEPTION = re.compile(r"[\w .-]{0,60}Exception: ")
_COMPLAINTS = ("WARNING", "ERROR", "CRITICAL")


def read_failure(
    lines: Sequence[LogLine], *, elapsed_s: float, read_timeout_s: float, secrets: Sequence[str]
) -> DeliveryError:
    """Return the error of an attempt that Apprise calls failed; OutcomeUnknown if it may have been accepted.

    Args:
        lines: All that was logged of the attempt, debug included, oldest first.
        elapsed_s: How long it took.
        read_timeout_s: How long an answer was waited for; an attempt that took as long is unknown.
        secrets: What must not be in the text, longest first.
    """
    cause = _cause(lines, elapsed_s >= 0.95 * read_timeout_s)
    quoted = cut(printable(redacted(_complaint(lines), secrets)), MAX_QUOTED) if cause.quote else ""
    text = ": ".join(filter(None, (cause.words, quoted))) or "the service did not accept it and gave no reason"
    if any(line.level == "INFO" and line.text.startswith("Sent ") for line in lines):
        # several recipients, or a long text in several runs
        return OutcomeUnknown(f"a part was accepted, then: {text}")
    return DeliveryError(text) if cause.certain else OutcomeUnknown(text)


class _Cause(NamedTuple):
    words: str  # ours; empty when the cause is not known
    certain: bool  # the message was surely not accepted
    quote: bool = False  # what the service said is worth adding


def _cause(lines: Sequence[LogLine], out_of_time: bool) -> _Cause:
    complaints = "\n".join(line.text for line in lines if line.level in _COMPLAINTS)
    if status := _STATUS.search(complaints):
        redirect = ", a redirect, and those are not followed" if status[1].startswith("3") else ""
        return _Cause(f"the service answered {status[1]}{redirect}", status[1] not in _GATEWAY, quote=not redirect)
    exceptions = "\n".join(line.text for line in lines if _EXCEPTION.match(line.text))
    if code := _SMTP_CODE.search(exceptions):
        return _Cause(f"the mail server answered {code[1]}", certain=True)
    for pattern, words, certain in _CAUSES:
        if pattern.search(exceptions):
            return _Cause(words, certain)
    return _Cause("no answer in time", certain=False) if out_of_time else _Cause("", certain=True, quote=True)


def _complaint(lines: Sequence[LogLine]) -> str:
    """Return the last warning or error; debug lines hold addresses and the message itself."""
    return next((line.text for line in reversed(lines) if line.level in _COMPLAINTS), "")
