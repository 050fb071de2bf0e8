"""A mail server for tests: real SMTP on loopback, every mail kept."""

from __future__ import annotations

import socket
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """The server; a context manager. ``mails`` holds what it took, in the order of coming."""

    def __init__(self, host: str) -> None:
        self.mails: list[EmailMessage] = []
        with socket.create_server((host, 0)) as free:
            port = free.getsockname()[1]
        self._server = Controller(self, hostname=host, port=port)
        self.url = f"mailto://{host}:{port}?from=monitor@news.example&to=soc@news.example"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Take a mail."""
        self.mails.append(message_from_bytes(envelope.content, policy=modern))
        return "250 taken"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()
