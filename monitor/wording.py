"""Functions for wording that several packages use in their messages."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return *number* with its noun in the singular or plural: ``1 hit``, ``2 hits``, ``1,200 entries``.

    Args:
        number: How many there are.
        noun: The singular of the noun.
        plural: The plural; None: *noun* with ``s``, or ``ies`` in place of a ``y`` after a consonant.
    """
    return f"{number:,} {noun if number == 1 else plural or _plural(noun)}"


def _plural(noun: str) -> str:
    if noun.endswith("y") and not noun.endswith(("ay", "ey", "oy", "uy")):
        return f"{noun[:-1]}ies"
    return f"{noun}s"
