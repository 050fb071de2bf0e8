"""Whether an actor was in no story for a while, for rules with ``first_in``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

# id of an actor, span in seconds -> when it was in a story within that span; None: it was in none
MentionLookup = Callable[[str, float], datetime | None]


def never_mentioned(_actor: str, _within_s: float) -> None:
    """Return None: without a history no actor was in a story."""
