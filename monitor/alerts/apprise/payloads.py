"""Pass a notification to an Apprise plugin in the way its format needs: as template, HTML, headers or JSON fields.

What is set on the plugin for one notification is reset afterwards, to the settings that its address gives.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from monitor.alerts.render.message_format import MessageFormat
from monitor.errors import DeliveryError
from monitor.model import Notification

_SENT_AS_TEMPLATE = (MessageFormat.SLACK, MessageFormat.DISCORD, MessageFormat.TEAMS)
_SENT_AS_HTML = (MessageFormat.MAIL, MessageFormat.TELEGRAM)


@dataclass(frozen=True, slots=True)
class NotifyArguments:
    """The arguments for ``Apprise.notify``."""

    title: str
    body: str
    # always given: without a format, plugins un-escape what looks like mentions and links
    body_format: Literal["text", "html"] = "text"


@contextmanager
def configured(plugin: Any, message_format: MessageFormat, notification: Notification) -> Iterator[NotifyArguments]:
    """Set up *plugin* for one notification while the block runs, and yield the arguments for ``notify``.

    Args:
        plugin: The Apprise plugin of the destination.
        message_format: The format that *notification* was rendered in.
        notification: The rendered message.

    Raises:
        DeliveryError: The template cannot be written to a file.
    """
    if message_format in _SENT_AS_TEMPLATE and notification.document:
        with _template(plugin, message_format, notification.document):
            # only the template is sent; a long body would be split, and the template sent once for each part
            yield NotifyArguments(notification.title, notification.title)
    elif message_format in _SENT_AS_HTML and notification.html:
        with _attribute_set(plugin, "headers", _with_headers(plugin, notification)):
            # Telegram has no titles: Apprise would prepend it to the body, which starts with it already
            title = notification.title if message_format is MessageFormat.MAIL else ""
            yield NotifyArguments(title, notification.html, "html")
    elif message_format is MessageFormat.JSON and notification.document:
        extras = {**notification.document, **plugin.payload_extras}
        with _attribute_set(plugin, "payload_extras", extras):
            yield NotifyArguments(notification.title, notification.body)
    else:
        yield NotifyArguments(notification.title, notification.body)


def _with_headers(plugin: Any, notification: Notification) -> dict[str, str] | None:
    """Return the mail headers of *notification*, overridden by those in the address.

    Return None if the plugin supports no headers.
    """
    own = getattr(plugin, "headers", None)
    return {**dict(notification.headers), **own} if isinstance(own, dict) else None


@contextmanager
def _attribute_set(plugin: Any, name: str, value: object) -> Iterator[None]:
    before = getattr(plugin, name, None)
    if value is None:
        yield
        return
    setattr(plugin, name, value)
    try:
        yield
    finally:
        setattr(plugin, name, before)


@contextmanager
def _template(plugin: Any, message_format: MessageFormat, document: Mapping[str, object]) -> Iterator[None]:
    text = template_json(_with_pings(plugin, message_format, document))
    with (
        _private_file(text) as path,
        _attribute_set(plugin, "use_blocks", True if message_format is MessageFormat.SLACK else None),
    ):
        plugin.template.add(str(path))
        try:
            yield
        finally:
            plugin.template.clear()


@contextmanager
def _private_file(text: str) -> Iterator[Path]:
    """Yield the path of a temporary file that contains *text* and that only this user can read.

    Raises DeliveryError if the file cannot be written.
    """
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
    """Return the directory that systemd's RuntimeDirectory= created; None if there is none."""
    return os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0] or None


def template_json(document: Mapping[str, object]) -> str:
    """Return *document* as JSON in which Apprise finds no ``{{placeholder}}`` to replace, even if a feed wrote one.

    The result is ASCII, because Apprise reads the file in the encoding of the locale. Two braces in a row occur only in
    strings, so escaping them keeps the JSON valid.
    """
    return json.dumps(document).replace("{{", "{\\u007b")


def _with_pings(plugin: Any, message_format: MessageFormat, document: Mapping[str, object]) -> Mapping[str, object]:
    """Return *document* with the mentions that the address asks for (``?ping=``): Apprise drops them from templates."""
    pings = getattr(plugin, "ping", None) if message_format is MessageFormat.DISCORD else None
    pinged = plugin.ping_payload(" ".join(pings)) if pings else {}
    if not pinged:
        return document
    content = f"{pinged['content']} {document['content']}"
    return {**document, "content": content, "allowed_mentions": pinged["allow_mentions"]}
