"""Show a message as its destination receives it: in the format of the service, and as plain text."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import dataclass, replace

from monitor.alerts.render.console import ConsoleOptions, render_console
from monitor.alerts.render.message_format import MessageFormat
from monitor.alerts.render.notification import RenderOptions, render
from monitor.errors import DeliveryError
from monitor.model import Destination, Message, Notification
from monitor.redaction import Redactor

MAX_SHOWN = 30_000  # characters of one form
CONSOLE_WIDTH = 100


@dataclass(frozen=True, slots=True)
class RenderedPart:
    """One format of a message as text to show on the page; for HTML, its source."""

    name: str
    text: str
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A message as its destination receives it, in one or more formats."""

    message_format: str
    parts: tuple[RenderedPart, ...]  # the one that is sent first
    problem: str = ""  # why only plain text is shown; empty: nothing is wrong


async def rendered_message(
    message: Message, destination: Destination | None, options: RenderOptions, redactor: Redactor
) -> RenderedMessage:
    """Return *message* in the format of the destination's service and as plain text, with secrets masked.

    Args:
        message: The delivery and its hits.
        destination: The destination; None if it is no longer configured, then only plain text is returned.
        options: The options for plain text; for other formats, the format and size limits of the service replace them.
        redactor: Masks the secrets of the configuration.
    """
    problem = "" if destination else f"there is no destination {message.delivery.destination} any more"
    chosen = options
    if destination is not None:
        try:
            chosen = await asyncio.to_thread(_of_service, destination, options)
        except DeliveryError as error:
            problem = str(error)
    parts = _parts(message, chosen)
    shown = tuple(_shown(name, redactor.redact(text)) for name, text in parts if text)
    return RenderedMessage(str(chosen.message_format), shown, redactor.redact(problem))


def _of_service(destination: Destination, options: RenderOptions) -> RenderOptions:
    from monitor.alerts.apprise.sending import open_channel  # takes a while to import, and connects to nothing

    channel = open_channel(destination, console=io.StringIO())
    if channel.message_format is MessageFormat.CONSOLE:
        return replace(options, message_format=MessageFormat.CONSOLE)
    return replace(options, message_format=channel.message_format, size_limits=channel.size_limits)


def _parts(message: Message, options: RenderOptions) -> list[tuple[str, str]]:
    if options.message_format is MessageFormat.CONSOLE:
        boxes = ConsoleOptions(options.zone, options.now, CONSOLE_WIDTH, base_url=options.base_url)
        return [("console", render_console(message, boxes))]
    made: Notification = render(message, options)
    is_html = options.message_format in (MessageFormat.MAIL, MessageFormat.TELEGRAM)
    return [
        ("JSON", json.dumps(made.document, indent=2, ensure_ascii=False) if made.document else ""),
        ("headers", "\n".join(f"{name}: {value}" for name, value in made.headers)),
        ("HTML source", made.html if is_html else ""),
        ("plain text", "\n\n".join(filter(None, [made.title, made.body]))),
    ]


def _shown(name: str, text: str) -> RenderedPart:
    return RenderedPart(name, text[:MAX_SHOWN], len(text) > MAX_SHOWN)
