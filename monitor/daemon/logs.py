"""Log lines with a constant text and named values, as text or JSON, without a secret in them.

Under systemd every line starts with the priority that journald understands (sd-daemon(3)), so that
``journalctl -p warning`` works. Secrets are taken out by value, whatever field, message or traceback they are in.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from monitor.alerts.redact import redacted

_PRIORITY = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
_CHATTY = ("apprise", "urllib3", "requests", "aiohttp", "asyncio", "apscheduler", "pebble")


class Log:
    """A logger whose calls take named values: ``log.info("poll done", feed="coindesk", new=3)``."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, text: str, **values: object) -> None:
        """Say how something is done."""
        self._log(logging.DEBUG, text, values)

    def info(self, text: str, **values: object) -> None:
        """Say what happened."""
        self._log(logging.INFO, text, values)

    def warning(self, text: str, **values: object) -> None:
        """Say what went wrong and will be tried again."""
        self._log(logging.WARNING, text, values)

    def error(self, text: str, **values: object) -> None:
        """Say what needs a person."""
        self._log(logging.ERROR, text, values)

    def exception(self, text: str, **values: object) -> None:
        """Say what needs a person, with the trace of the exception that is being handled."""
        self._log(logging.ERROR, text, values, trace=True)

    def _log(self, level: int, text: str, values: Mapping[str, object], *, trace: bool = False) -> None:
        self._logger.log(level, text, extra={"values": values}, exc_info=trace)


class _Formatter(logging.Formatter):
    def __init__(self, *, as_json: bool, priorities: bool, secrets: Iterable[str]) -> None:
        super().__init__()
        self._as_json = as_json
        self._priorities = priorities
        self._secrets = sorted(secrets, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        values: Mapping[str, Any] = getattr(record, "values", {})
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        trace = self.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else ""
        if self._as_json:
            line = json.dumps(
                {"at": at, "level": record.levelname.lower(), "event": record.getMessage(), "from": record.name}
                | {k: v if isinstance(v, int | float | bool | None) else str(v) for k, v in values.items()}
                | ({"trace": trace} if trace else {}),
                ensure_ascii=False,
            )
        else:
            named = "".join(f" {k}={_quoted(v)}" for k, v in values.items())
            line = f"{at} {record.levelname.lower():7} {record.getMessage()}{named}" + (f"\n{trace}" if trace else "")
        line = redacted(line, self._secrets)
        if self._priorities:
            mark = f"<{_PRIORITY.get(record.levelno, 6)}>"
            line = "\n".join(mark + part for part in line.splitlines())
        return line


def _quoted(value: object) -> str:
    # feed text may reach a value: no line breaks, no control characters, no false fields
    text = str(value)
    plain = text.isprintable() and not any(c in text for c in ' "=')
    return text if plain and text else json.dumps(text, ensure_ascii=not text.isprintable())


def set_up(level: str, *, as_json: bool, secrets: Iterable[str], journald: bool, stream: TextIO = sys.stderr) -> None:
    """Send every log line to *stream*: *level* and above, as text or JSON, redacted.

    Libraries are held at warning, whatever *level*: at debug they write addresses with tokens and whole bodies.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Formatter(as_json=as_json, priorities=journald, secrets=secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
