"""When a delivery that failed is tried again, and when it is given up.

Pure: moments and dice are arguments. No other module retries a delivery.
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
    """Return the moment of the next attempt, always later than *now*.

    Exponential back-off with full jitter (Brooker, "Exponential Backoff And Jitter", AWS 2015): the ceiling
    doubles from one second with each attempt, up to 15 s during the first five minutes and 15 min later.

    Args:
        now: The moment of the failure.
        attempts: How many attempts there were, this one included; at least 1.
        first_attempt_at: When the first of them began.
        dice: A random number in [0, 1); the higher, the sooner.
    """
    eager = (now - first_attempt_at).total_seconds() < EAGER_FOR_S
    cap_s = EAGER_CAP_S if eager else PATIENT_CAP_S
    # the exponent is bounded because 2.0 ** 1024 overflows
    ceiling_s = min(cap_s, FIRST_S * 2.0 ** min(attempts - 1, 30))
    return now + timedelta(seconds=ceiling_s * (1.0 - dice))


def repeat_at(now: datetime, *, attempts: int) -> datetime:
    """Return the moment of the next attempt after one that may have been accepted.

    The pauses are longer than after a failure, because each attempt may be one more copy of the same alert: they double
    from FIRST_REPEAT_S up to PATIENT_CAP_S.

    Args:
        now: The moment the attempt ended.
        attempts: How many attempts there were, this one included; at least 1.
    """
    return now + timedelta(seconds=min(PATIENT_CAP_S, FIRST_REPEAT_S * 2.0 ** min(attempts - 1, 30)))


def gives_up(now: datetime, first_attempt_at: datetime | None, give_up_s: float) -> bool:
    """Return whether a delivery has failed for long enough to be given up.

    Args:
        now: The present moment.
        first_attempt_at: When it was first tried; None: never, then it is not given up.
        give_up_s: For how long it is retried.
    """
    return first_attempt_at is not None and (now - first_attempt_at).total_seconds() >= give_up_s
