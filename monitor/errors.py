"""The exceptions that the monitor raises on purpose, with the exit code of a command that ends with one.

    MonitorError            exit code 1
    |- UsageError           2   the arguments of a command are invalid
    |- ConfigError          2   the configuration has errors; carries every Problem
    |- NotRunning           3   the command needs a running daemon, and none is running
    |- AnotherInstance      4   another process holds the database's lock
    |- FeedError                a poll failed; carries the feed's state, the cause and the remedy
    |  `- HostPaused            no request was made, because the host asked for a pause
    |- StoreError               the database cannot be opened, read or written
    |  `- StoreGone             the database file was deleted, replaced or damaged: a retry cannot help
    `- DeliveryError            a destination did not accept a notification
       `- OutcomeUnknown        the destination may or may not have accepted the notification

The text of an error names the location, the value and the remedy, in lower case and without secrets.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class MonitorError(Exception):
    """The base class of all errors of the monitor; ``exit_code`` is the exit status of a command that ends with it."""

    exit_code = 1


class UsageError(MonitorError):
    """The arguments of a command, or the parameters of a request, are invalid."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Place:
    """A location in a configuration file; ``line`` and ``column`` count from 1, ``width`` is in characters."""

    file: Path
    line: int
    column: int
    width: int = 1
    source: str = ""  # the text of the line, secrets masked; empty when it must not be shown


@dataclass(frozen=True, slots=True)
class Problem:
    """One error or warning about the configuration, with its location in the file and how to fix it."""

    level: str  # "error": the configuration cannot be used; "warning": it can, but is probably a mistake
    place: Place
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Return the problem as compilers print one: location, text, the source line, and a marker under the value."""
        at = self.place
        head = f"{at.file}:{at.line}:{at.column}: {self.level}: {self.message}"
        if not at.source:
            return f"{head}\n      {self.hint}" if self.hint else head
        number = str(at.line).rjust(6)
        blank = " " * len(number)
        # keep tabs, so that the marker is under the value at any tab width
        indent = "".join("\t" if c == "\t" else " " for c in at.source[: at.column - 1])
        mark = f"{blank} | {indent}{'^' * max(1, at.width)}"
        return "\n".join((head, f"{blank} |", f"{number} | {at.source}", f"{mark}  {self.hint}".rstrip()))


class ConfigError(MonitorError):
    """The configuration has errors; ``problems`` holds all errors and all warnings, in the order of the file."""

    exit_code = 2

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems

    @property
    def summary(self) -> str:
        """Return the text of all errors on one line, without the warnings and without source lines."""
        return "; ".join(str(p).partition("\n")[0] for p in self.problems if p.level == "error")


class NotRunning(MonitorError):  # noqa: N818 - a state of affairs, not a fault
    """A command needs the running daemon, but no daemon is running."""

    exit_code = 3


class AnotherInstance(MonitorError):  # noqa: N818 - a state of affairs, not a fault
    """Another process holds the lock of this database."""

    exit_code = 4


class FeedState(StrEnum):
    """The state of a feed; for every state except OK and NEW, the feed's record says the cause and the remedy."""

    NEW = "new"  # never polled
    OK = "ok"
    SLOW = "slow"
    SILENT = "silent"  # no new entry for longer than usual for this feed
    MOVED = "moved"
    TRUNCATED = "truncated"  # part of the document is not read
    LAYOUT_CHANGED = "layout changed"  # a web page gives far fewer entries than it used to
    RENUMBERED = "renumbered"  # known entries came back with new ids
    NOT_FOUND = "not found"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    CHALLENGED = "challenged"
    RATE_LIMITED = "rate-limited"
    SERVER_ERROR = "server error"
    REFUSED = "refused"  # any other 4xx
    REDIRECT_LOOP = "redirect loop"
    CERTIFICATE = "certificate"
    DNS = "dns"
    NO_CONNECTION = "no connection"
    TIMEOUT = "timeout"
    TOO_LARGE = "too large"
    NOT_A_FEED = "not a feed"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    PRIVATE_ADDRESS = "private address"

    @property
    def is_down(self) -> bool:
        """Return whether entries of the feed cannot be read in this state.

        A feed that is slow, silent, moved, or renumbered its entries still answers, so it is not down.
        """
        return self not in _ANSWERING


_ANSWERING = frozenset(
    (
        *(FeedState.NEW, FeedState.OK, FeedState.SLOW, FeedState.SILENT),
        *(FeedState.MOVED, FeedState.TRUNCATED, FeedState.RENUMBERED, FeedState.LAYOUT_CHANGED),
    )
)


class FeedError(MonitorError):
    """A poll of a feed failed.

    Args:
        state: The kind of failure.
        cause: What happened, with the value seen: ``the server answered 503``.
        remedy: What an operator can do about it; empty when only waiting helps.
        retry_after_s: Seconds from Retry-After; None when the server sent none.
        fresh_s: Seconds for which the server declares this response fresh; None when it did not say.
    """

    def __init__(
        self,
        state: FeedState,
        cause: str,
        remedy: str = "",
        *,
        retry_after_s: float | None = None,
        fresh_s: float | None = None,
    ) -> None:
        super().__init__(f"{state}: {cause}" + (f"; {remedy}" if remedy else ""))
        self.state = state
        self.cause = cause
        self.remedy = remedy
        self.retry_after_s = retry_after_s
        self.fresh_s = fresh_s

    def __reduce__(self) -> tuple[object, ...]:
        """Return what ``pickle`` needs to rebuild the error, because parser processes send it back to the daemon."""
        return _feed_error, (self.state, self.cause, self.remedy, self.retry_after_s, self.fresh_s)


def _feed_error(
    state: FeedState, cause: str, remedy: str, retry_after_s: float | None, fresh_s: float | None
) -> FeedError:
    return FeedError(state, cause, remedy, retry_after_s=retry_after_s, fresh_s=fresh_s)


class HostPaused(FeedError):  # noqa: N818 - a state of affairs, not a fault
    """A poll made no request, because the server *host* asked for no requests before *until*."""

    def __init__(self, host: str, until: datetime) -> None:
        cause = f"{host} asked for no requests until {until:%Y-%m-%d %H:%M:%S} UTC"
        super().__init__(FeedState.RATE_LIMITED, cause)
        self.host = host
        self.until = until


class StoreError(MonitorError):
    """The database cannot be opened, read or written; the text of the error says why and what to do."""


class StoreGone(StoreError):  # noqa: N818 - a state of affairs, not a fault
    """The database file was deleted, replaced or damaged since it was opened."""


class DeliveryError(MonitorError):
    """A destination did not accept a notification.

    Args:
        text: The reason, without the address of the destination.
        retry_after_s: Seconds that the service asks to wait before the next request; None when it does not ask.
    """

    def __init__(self, text: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s


class OutcomeUnknown(DeliveryError):  # noqa: N818 - a state of affairs, not a fault
    """It is unknown whether the destination accepted the notification, for example after a timeout.

    Args:
        text: The reason, without the address of the destination.
        retry_after_s: Seconds that the service asks to wait before the next request; None when it does not ask.
        likely_accepted: The service answered as it does on success, but the answer is broken or not understood.
    """

    def __init__(self, text: str, *, retry_after_s: float | None = None, likely_accepted: bool = False) -> None:
        super().__init__(text, retry_after_s=retry_after_s)
        self.likely_accepted = likely_accepted
