"""Log lines with a constant message and named values, as text or JSON, with secrets redacted.

Under systemd every line starts with the priority that journald reads (sd-daemon(3)), so that ``journalctl -p warning``
works. Secrets are redacted by value, in whatever field, message or traceback they appear.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

from monitor.redaction import redacted, spellings

_PRIORITY = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
# at debug level libraries log addresses with tokens and whole bodies
_LIBRARY_LEVELS = {
    **dict.fromkeys(("apprise", "urllib3", "requests", "aiohttp", "asyncio", "pebble"), logging.WARNING),
    "apscheduler": logging.CRITICAL,  # ``daemon.scheduler`` logs failures; skipped runs are normal
}


_is_simulation: ContextVar[bool] = ContextVar("is_simulation", default=False)


@contextmanager
def without_logs() -> Iterator[None]:
    """Discard all log records of the block, for a backtest: it simulates events that did not happen."""
    before = _is_simulation.set(True)
    try:
        yield
    finally:
        _is_simulation.reset(before)


class Log:
    """A logger whose calls take named values: ``log.info("poll done", feed="coindesk", new=3)``."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, text: str, **values: object) -> None:
        """Log a detail that helps to find a defect in the program."""
        self._log(logging.DEBUG, text, values)

    def info(self, text: str, **values: object) -> None:
        """Log a normal event."""
        self._log(logging.INFO, text, values)

    def warning(self, text: str, **values: object) -> None:
        """Log a failure that the monitor handles or retries."""
        self._log(logging.WARNING, text, values)

    def error(self, text: str, *, trace: BaseException | None = None, **values: object) -> None:
        """Log a failure that a person must handle, with the traceback of *trace* if given."""
        self._log(logging.ERROR, text, values, trace=trace or False)

    def exception(self, text: str, **values: object) -> None:
        """Log a failure that a person must handle, with the traceback of the current exception."""
        self._log(logging.ERROR, text, values, trace=True)

    def _log(self, level: int, text: str, values: Mapping[str, object], *, trace: BaseException | bool = False) -> None:
        if not _is_simulation.get():
            self._logger.log(level, text, extra={"values": values}, exc_info=trace)


class _Formatter(logging.Formatter):
    def __init__(self, *, as_json: bool, priorities: bool, secrets: Iterable[str]) -> None:
        super().__init__()
        self._as_json = as_json
        self._priorities = priorities
        self._secrets = _all_spellings(secrets)

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        level, event = record.levelname.lower(), self._shown(record.getMessage())
        # redact before quoting: quoting changes a secret that contains a quotation mark
        values = {name: self._shown(value) for name, value in getattr(record, "values", {}).items()}
        trace = self._shown(self.formatException(record.exc_info)) if record.exc_info and record.exc_info[0] else ""
        if self._as_json:
            line: dict[str, Any] = {"at": at, "level": level, "event": event, "from": record.name} | values
            lines = [_on_one_line(json.dumps(line | ({"trace": trace} if trace else {}), ensure_ascii=False))]
        else:
            named = "".join(f" {name}={_quoted(value)}" for name, value in values.items())
            # indent the traceback, so that none of its lines looks like a log line
            lines = [f"{at} {level:7} {_on_one_line(event)}{named}", *_indented(trace)]
        mark = f"<{_PRIORITY.get(record.levelno, 6)}>" if self._priorities else ""
        return "\n".join(mark + line for line in lines)

    def _shown(self, value: Any) -> Any:
        """Return *value* as a value that JSON can represent, with secrets redacted."""
        return value if isinstance(value, int | float | None) else redacted(str(value), self._secrets)


def _quoted(value: object) -> str:
    # a value may contain text from a feed: allow no line breaks, control characters or forged fields
    text = str(value)
    plain = text.isprintable() and not any(c in text for c in ' "=')
    return text if plain and text else _on_one_line(json.dumps(text, ensure_ascii=False))


def _indented(text: str) -> Iterator[str]:
    return (f"  {_on_one_line(line)}" for line in text.splitlines())


def _on_one_line(text: str) -> str:
    r"""Return *text* with every unprintable character (line break, terminal code, surrogate) written as ``\uXXXX``."""
    return text if text.isprintable() else "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def set_up(level: str, *, as_json: bool, secrets: Iterable[str], journald: bool, stream: TextIO | None = None) -> None:
    """Configure logging to write lines to *stream*, with secrets redacted.

    Libraries log only warnings and errors, whatever *level* is.

    Args:
        level: Name of the lowest level to log.
        as_json: Write one JSON object a line instead of text.
        secrets: Values that are replaced by ``***``.
        journald: Start each line with the priority that journald reads.
        stream: Where to write; None: stderr.
    """
    handler = logging.StreamHandler(stream)  # None: the current sys.stderr
    handler.setFormatter(_Formatter(as_json=as_json, priorities=journald, secrets=secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in _LIBRARY_LEVELS.items():
        logging.getLogger(name).setLevel(least)
    # Python's own warnings would be plain text on stderr, such as the one about a restarted resource tracker
    logging.captureWarnings(True)


def hide_in_traces(secrets: Iterable[str]) -> None:
    """Redact *secrets* in tracebacks of uncaught exceptions."""
    spelled = _all_spellings(secrets)

    def show(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        lines = traceback.format_exception(kind, error, trace)
        sys.stderr.write(redacted("".join(lines), spelled))

    sys.excepthook = show


def _all_spellings(secrets: Iterable[str]) -> list[str]:
    return sorted({text for secret in secrets for text in spellings(secret)}, key=len, reverse=True)
