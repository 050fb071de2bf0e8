"""SMTP for Apprise's mail plugin: record for each recipient whether a mail was accepted, and say what failed."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from monitor.alerts.apprise.attempt_evidence import Reply, SmtpSession, current_evidence

MAX_REPLIES = 200_000  # bytes of all replies of a session

SMTP_ERRORS = (OSError, smtplib.SMTPException, RuntimeError)  # those that Apprise handles


class _Replies:
    """Reads the reply lines of a mail server and raises OSError after MAX_REPLIES bytes in total."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._left = MAX_REPLIES

    def readline(self, limit: int) -> bytes:
        line: bytes = self._file.readline(limit)
        self._left -= len(line)
        if self._left < 0:
            raise OSError("its replies are too long")
        return line

    def close(self) -> None:
        self._file.close()


class _Smtp(smtplib.SMTP):
    file: Any
    transmitting = False  # the content of a mail is on its way

    def _get_socket(self, host: Any, port: Any, timeout: Any) -> Any:
        connection = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        current_evidence().watch(connection)
        return connection

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = _Replies(self.sock.makefile("rb"))
        return super().getreply()

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.transmitting = True
        return super().data(msg)


class _SmtpOverTls(smtplib.SMTP_SSL, _Smtp):
    pass


@dataclass
class RecordedSmtpController:
    """Context manager in place of ``AppriseSMTPController``: one connection to a mail server, recorded as evidence."""

    host: str
    port: int
    secure_mode: str  # "insecure", "starttls" or "ssl"
    user: str | None = None
    password: str | None = None
    verify_certificate: bool = True
    socket_connect_timeout: float = 15  # seconds to wait for the connection and for each reply

    def __post_init__(self) -> None:
        self._session = SmtpSession()
        self._smtp: Any = None  # an _Smtp once connected

    def __enter__(self) -> Self:
        current_evidence().smtp = self._session
        try:
            self._connect()
        except SMTP_ERRORS as error:
            self._session.problem = connection_problem(error, self.secure_mode)
            self._session.reply = _reply_of(error)
            self._close()
            raise
        return self

    def _connect(self) -> None:
        tls = ssl.create_default_context()
        if not self.verify_certificate:
            tls.check_hostname = False
            tls.verify_mode = ssl.CERT_NONE
        timeout_s = self.socket_connect_timeout
        if self.secure_mode == "ssl":
            self._smtp = _SmtpOverTls(self.host, self.port, timeout=timeout_s, context=tls)
        else:
            self._smtp = _Smtp(self.host, self.port, timeout=timeout_s)
        if self.secure_mode == "starttls":
            self._smtp.starttls(context=tls)
        if self.user and self.password:
            self._smtp.login(self.user, self.password)

    def sendmail(self, from_addr: str, to_addrs: list[str], message: str) -> bool:
        """Send one mail, record for each recipient whether it was accepted, and return whether all were.

        Args:
            from_addr: The sender.
            to_addrs: The recipients.
            message: The mail with its headers.

        Returns:
            Whether the server accepted the mail for every recipient.
        """
        smtp, session = self._smtp, self._session
        smtp.transmitting = False
        try:
            refused = smtp.sendmail(from_addr, to_addrs, message)
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
        except SMTP_ERRORS as error:
            reply = _reply_of(error)
            session.maybe_accepted |= smtp.transmitting and not (reply and reply.is_refusal)
            session.problem, session.reply = _transmission_problem(error, reply), reply
            return False
        session.refused |= {address: Reply(code, _text(text)) for address, (code, text) in refused.items()}
        session.accepted |= set(to_addrs) - refused.keys()
        return not refused

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._smtp is not None:
            with contextlib.suppress(*SMTP_ERRORS):
                self._smtp.quit()
            self._smtp.close()


def connection_problem(error: Exception, secure_mode: str) -> str:
    """Return in words why no session with the mail server could be started.

    Args:
        error: The exception raised while connecting, starting TLS or logging in.
        secure_mode: "insecure", "starttls" or "ssl".
    """
    match error:
        case smtplib.SMTPNotSupportedError() if "AUTH" in str(error):
            return "the mail server offers no login (AUTH): remove user and password from the address, or use TLS"
        case smtplib.SMTPNotSupportedError():
            return "the mail server offers no TLS (STARTTLS); mailto:// connects without it"
        case smtplib.SMTPAuthenticationError():
            return "the mail server refused the login"
        case smtplib.SMTPResponseException():
            return "the mail server refused the connection"
        case smtplib.SMTPServerDisconnected():
            return "the mail server closed the connection before any mail was sent"
        case smtplib.SMTPException() if "authentication method" in str(error):
            return "the mail server offers no login method that is supported here"
    return _network_problem(error, secure_mode)


def _network_problem(error: Exception, secure_mode: str) -> str:
    match error:
        case socket.gaierror():
            return "no such host"
        case ConnectionRefusedError():
            return "the connection was refused"
        case ssl.SSLCertVerificationError():
            return f"the certificate of the mail server is not valid: {error.verify_message}"
        case ssl.SSLError():
            hint = "; try ?mode=starttls" if secure_mode == "ssl" else ""
            return f"the mail server does not speak TLS on this port{hint}"
        case TimeoutError():
            return "no connection: the mail server did not answer in time"
        case OSError() if error.strerror:
            return f"no connection: {error.strerror}"
    return f"no connection: {type(error).__name__}"


def _transmission_problem(error: Exception, reply: Reply | None) -> str:
    if reply and reply.is_refusal:
        return "the mail server did not accept the mail"
    if reply:
        return "the mail server sent a malformed reply"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return "the mail server closed the connection before its answer"


def _reply_of(error: Exception) -> Reply | None:
    if not isinstance(error, smtplib.SMTPResponseException):
        return None
    text = _text(error.smtp_error)
    # smtplib invents this code for a reply that is too long
    return Reply(-1 if text == "Line too long." else error.smtp_code, text)


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply


def install() -> None:
    """Make Apprise's mail plugin send through RecordedSmtpController."""
    from apprise.plugins.email import base

    setattr(base, "AppriseSMTPController", RecordedSmtpController)  # noqa: B010 - mypy: it is not exported
