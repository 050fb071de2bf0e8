"""A TCP server on loopback that answers each connection as a function says: for replies that no library would send."""

from __future__ import annotations

import socket
from collections.abc import Callable
from threading import Thread
from types import TracebackType
from typing import Self

Answer = Callable[[socket.socket], None]


class RawServer:
    """The server; a context manager.

    Args:
        answer: Called in a thread with each connection, which is closed when it returns.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.7.1.5", 0))
        self.address = f"127.7.1.5:{self._listener.getsockname()[1]}"
        self.connections = 0

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            Thread(target=self._answer_one, args=(connection,), daemon=True).start()

    def _answer_one(self, connection: socket.socket) -> None:
        with connection:
            try:
                self._answer(connection)
                connection.shutdown(socket.SHUT_WR)
                connection.settimeout(60)
                while connection.recv(65_536):  # a reset would take back what was not read yet
                    pass
            except OSError:
                pass

    def __enter__(self) -> Self:
        Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def http_reply(*parts: bytes) -> Answer:
    """Return an answer that reads one request and sends *parts*."""

    def answer(connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            request += connection.recv(65_536)
        for part in parts:
            connection.sendall(part)

    return answer


def smtp_dialogue(replies: dict[bytes, bytes], *, greeting: bytes = b"220 test ESMTP\r\n") -> Answer:
    """Return an answer that is a mail server.

    Args:
        replies: The reply to each command, by the beginning of its line; b"." is the end of a mail. An empty reply
            closes the connection.
        greeting: What it sends first.
    """
    usual = {b"EHLO": b"250 test\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}

    def answer(connection: socket.socket) -> None:
        connection.sendall(greeting)
        in_mail = False
        for line in connection.makefile("rb"):
            if in_mail and line != b".\r\n":
                continue
            in_mail = False
            command = line.upper()
            known = {**usual, **replies}
            reply = next((known[word] for word in known if command.startswith(word)), b"250 ok\r\n")
            if not reply:
                return
            connection.sendall(reply)
            in_mail = command.startswith(b"DATA") and reply.startswith(b"354")
            if command.startswith(b"QUIT"):
                return

    return answer
