"""When to retry a delivery that failed, and when to give it up.

This module does no I/O: the current time and the random number are arguments. No other module decides about retries.
"""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST_S = 1.0
EAGER_FOR_S = 300.0  # most failures are over by then: a restart, a deploy, a short loss of the network
EAGER_CAP_S = 15.0
PATIENT_CAP_S = 900.0

FIRST_REPEAT_S = 15.0
MAX_UNKNOWN_OUTCOMES = 10  # of a delivery that was likely accepted; with the pauses between them about an hour


def retry_at(now: datetime, *, attempts: int, first_attempt_at: datetime, dice: float) -> datetime:
    """Return when to retry a delivery after a failure, always later than *now*.

    Args:
        now: The time of the failure.
        attempts: The number of attempts so far, including the failed one; at least 1.
        first_attempt_at: When the first attempt began.
        dice: A random number in [0, 1); the higher, the sooner.
    """
    eager = (now - first_attempt_at).total_seconds() < EAGER_FOR_S
    cap_s = EAGER_CAP_S if eager else PATIENT_CAP_S
    # the exponent is bounded because 2.0 ** 1024 overflows
    ceiling_s = min(cap_s, FIRST_S * 2.0 ** min(attempts - 1, 30))
    return now + timedelta(seconds=ceiling_s * (1.0 - dice))


def repeat_at(now: datetime, *, attempts: int) -> datetime:
    """Return when to retry a delivery after an attempt that the destination may have accepted.

    The pauses are longer than after a failure, because each attempt may send another copy of the alert: they double
    from FIRST_REPEAT_S up to PATIENT_CAP_S.

    Args:
        now: The time at which the attempt ended.
        attempts: The number of attempts so far, including this one; at least 1.
    """
    return now + timedelta(seconds=min(PATIENT_CAP_S, FIRST_REPEAT_S * 2.0 ** min(attempts - 1, 30)))


def gives_up(now: datetime, first_attempt_at: datetime | None, give_up_s: float) -> bool:
    """Return whether a delivery has failed for so long that it is given up.

    Args:
        now: The current time.
        first_attempt_at: When the first attempt began; None if there was none, in which case the result is False.
        give_up_s: For how many seconds a delivery is retried.
    """
    return first_attempt_at is not None and (now - first_attempt_at).total_seconds() >= give_up_s
