"""The results of the checks that ``monitor doctor`` makes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How serious a finding is: an error stops the monitor from working now, a warning may do so later."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check of ``monitor doctor``: what was checked, its state, and the remedy for a problem."""

    check: str
    level: Level
    text: str
    remedy: str = ""


def ok(check: str, text: str) -> Finding:
    """Return a finding for a check that found nothing wrong."""
    return Finding(check, Level.OK, text)


def warning(check: str, text: str, remedy: str) -> Finding:
    """Return a finding about something that may stop the monitor from working later.

    Args:
        check: What was checked, such as "disk".
        text: The state that was found.
        remedy: What to do about it.
    """
    return Finding(check, Level.WARNING, text, remedy)


def error(check: str, text: str, remedy: str) -> Finding:
    """Return a finding about something that stops the monitor from working now.

    Args:
        check: What was checked, such as "disk".
        text: The state that was found.
        remedy: What to do about it.
    """
    return Finding(check, Level.ERROR, text, remedy)
