"""A notification put into the hands of Apprise's plugin, in the way that its medium takes it.

What is put there for one message is taken away after it, so that the plugin is as the address made it.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from monitor.alerts.render.medium import Medium
from monitor.errors import DeliveryError
from monitor.model import Notification

_BY_TEMPLATE = (Medium.SLACK, Medium.DISCORD, Medium.TEAMS)
_BY_HTML = (Medium.MAIL, Medium.TELEGRAM)


@contextmanager
def handed(service: Any, medium: Medium, notification: Notification) -> Iterator[tuple[str, str, str]]:
    """Set *service* up for *notification*, and give title, body and the body's format for ``notify``.

    The format is always said: without one, services un-escape what they take for mentions and links.
    """
    if medium in _BY_TEMPLATE and notification.document:
        with _template(service, medium, notification.document):
            # the template is all that is sent; a long body would be split, and the template sent for each piece
            yield notification.title, notification.title, "text"
    elif medium in _BY_HTML and notification.html:
        with _changed(service, "headers", _with_headers(service, notification)):
            # Telegram has no titles: Apprise would put it before the body, which begins with it already
            yield notification.title if medium is Medium.MAIL else "", notification.html, "html"
    elif medium is Medium.JSON and notification.document:
        extras = {**notification.document, **service.payload_extras}
        with _changed(service, "payload_extras", extras):
            yield notification.title, notification.body, "text"
    else:
        yield notification.title, notification.body, "text"


def _with_headers(service: Any, notification: Notification) -> dict[str, str] | None:
    """Return the headers of a mail, those that the address gives first; None: the plugin has none."""
    own = getattr(service, "headers", None)
    return {**dict(notification.headers), **own} if isinstance(own, dict) else None


@contextmanager
def _changed(service: Any, name: str, value: object) -> Iterator[None]:
    before = getattr(service, name, None)
    if value is None:
        yield
        return
    setattr(service, name, value)
    try:
        yield
    finally:
        setattr(service, name, before)


@contextmanager
def _template(service: Any, medium: Medium, document: Mapping[str, object]) -> Iterator[None]:
    text = template_text(_with_pings(service, medium, document))
    with _private_file(text) as path, _changed(service, "use_blocks", True if medium is Medium.SLACK else None):
        service.template.add(str(path))
        try:
            yield
        finally:
            service.template.clear()


@contextmanager
def _private_file(text: str) -> Iterator[Path]:
    """Give the path of a file that holds *text*, that we alone can read, and that is gone after; DeliveryError."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="monitor-", dir=_runtime_directory())
        path = Path(folder.name, "message.json")
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(text)
    except OSError as error:
        raise DeliveryError(f"the message cannot be written to a file for Apprise: {error.strerror}") from error
    with folder:
        yield path


def _runtime_directory() -> str | None:
    """Return the directory that systemd made for us; None: the one for temporary files."""
    return os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0] or None


def template_text(document: Mapping[str, object]) -> str:
    """Return *document* as JSON in which Apprise finds nothing to put a value in, whatever a text says.

    ASCII, since Apprise reads it in the encoding of the locale. Two braces in a row stand in strings alone.
    """
    return json.dumps(document).replace("{{", "{\\u007b")


def _with_pings(service: Any, medium: Medium, document: Mapping[str, object]) -> Mapping[str, object]:
    """Return *document* with whom the operator's own address pings (``?ping=``); a template passes it over."""
    pings = getattr(service, "ping", None) if medium is Medium.DISCORD else None
    pinged = service.ping_payload(" ".join(pings)) if pings else {}
    if not pinged:
        return document
    content = f"{pinged['content']} {document['content']}"
    return {**document, "content": content, "allowed_mentions": pinged["allow_mentions"]}
