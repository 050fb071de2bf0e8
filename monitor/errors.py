"""Every error this product raises on purpose.

    MonitorError            exit code 1
    |- UsageError           2   what was asked for cannot be done as asked
    |- ConfigError          2   the configuration cannot be run; carries every Problem at once
    |- NotRunning           3   no daemon to ask
    |- AnotherInstance      4   another process holds the database's lock
    |- FeedError                one poll failed; carries the feed's state, the cause and the remedy
    |  `- HostPaused            no request was made: the host asked to be left alone
    |- StoreError               the database cannot be opened, read or written
    |  `- StoreGone             its file was deleted, replaced or damaged: trying again does not help
    `- DeliveryError            one notification was not accepted
       `- OutcomeUnknown        nobody can say whether it was accepted

The text of an error names the place, the value and the way out, in lower case and without a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class MonitorError(Exception):
    """The root; ``exit_code`` is what the command line ends with."""

    exit_code = 1


class UsageError(MonitorError):
    """A command was given something it cannot use."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file; ``line`` and ``column`` count from 1, ``width`` in characters."""

    file: Path
    line: int
    column: int
    width: int = 1
    source: str = ""  # the line as it stands, secrets masked; empty when it must not be shown


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a configuration, where, and the way out."""

    level: str  # "error": cannot be run; "warning": runs, and is probably not what was meant
    place: Place
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Return the problem as compilers write it, with the source line and a mark under the value."""
        at = self.place
        head = f"{at.file}:{at.line}:{at.column}: {self.level}: {self.message}"
        if not at.source:
            return f"{head}\n      {self.hint}" if self.hint else head
        number = str(at.line).rjust(6)
        blank = " " * len(number)
        # tabs stay tabs, so that the mark stands under the value in any terminal
        indent = "".join("\t" if c == "\t" else " " for c in at.source[: at.column - 1])
        mark = f"{blank} | {indent}{'^' * max(1, at.width)}"
        return "\n".join((head, f"{blank} |", f"{number} | {at.source}", f"{mark}  {self.hint}".rstrip()))


class ConfigError(MonitorError):
    """The configuration has errors; ``problems`` holds all of them, warnings included, in file order."""

    exit_code = 2

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems

    @property
    def summary(self) -> str:
        """Return the errors, without warnings and source lines, as one line."""
        return "; ".join(str(p).partition("\n")[0] for p in self.problems if p.level == "error")


class NotRunning(MonitorError):  # noqa: N818 - a state of affairs, not a fault
    """A command asks the daemon, and there is none."""

    exit_code = 3


class AnotherInstance(MonitorError):  # noqa: N818 - a state of affairs, not a fault
    """Another process holds the lock of this database."""

    exit_code = 4


class FeedState(StrEnum):
    """How a feed stands; everything but OK and NEW has a cause and a remedy."""

    NEW = "new"  # never polled
    OK = "ok"
    SLOW = "slow"
    SILENT = "silent"  # longer than its own habit
    MOVED = "moved"
    RENUMBERED = "renumbered"  # known entries came back under new ids
    NOT_FOUND = "not found"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    CHALLENGED = "challenged"
    RATE_LIMITED = "rate-limited"
    SERVER_ERROR = "server error"
    REFUSED = "refused"  # another 4xx
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
        """Whether its entries do not reach us; what is slow, silent, moved or renumbered still answers."""
        return self not in _ANSWERING


_ANSWERING = frozenset(
    {FeedState.NEW, FeedState.OK, FeedState.SLOW, FeedState.SILENT, FeedState.MOVED, FeedState.RENUMBERED}
)


class FeedError(MonitorError):
    """One poll of one feed failed.

    Args:
        state: What kind of failure it is.
        cause: What happened, with the value seen: ``the server answered 503``.
        remedy: What a person can do about it; empty when waiting is all there is to do.
        retry_after_s: Seconds the server asked us to stay away, None when it did not say.
        fresh_s: Seconds for which the server says that this answer stays as it is, None when it did not say.
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
        """Survive the way back from a worker process, which pickles the error."""
        return _feed_error, (self.state, self.cause, self.remedy, self.retry_after_s, self.fresh_s)


def _feed_error(
    state: FeedState, cause: str, remedy: str, retry_after_s: float | None, fresh_s: float | None
) -> FeedError:
    return FeedError(state, cause, remedy, retry_after_s=retry_after_s, fresh_s=fresh_s)


class HostPaused(FeedError):  # noqa: N818 - a state of affairs, not a fault
    """No request was made: *host* asked to be left alone until *until*."""

    def __init__(self, host: str, until: datetime) -> None:
        cause = f"{host} asked to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC"
        super().__init__(FeedState.RATE_LIMITED, cause)
        self.host = host
        self.until = until


class StoreError(MonitorError):
    """The database file cannot be used; the text says why and what to do."""


class StoreGone(StoreError):  # noqa: N818 - a state of affairs, not a fault
    """The database file is not the one that was opened any more, or can no longer be read."""


class DeliveryError(MonitorError):
    """A destination did not accept a notification; the text never holds its address."""


class OutcomeUnknown(DeliveryError):  # noqa: N818 - a state of affairs, not a fault
    """The time was up before the destination answered: it may have accepted the notification."""
