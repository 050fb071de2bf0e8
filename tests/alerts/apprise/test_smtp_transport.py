"""Mail servers that answer badly, that refuse single recipients, and that cannot be reached."""

from __future__ import annotations

import io

import pytest
from support.patience import PATIENCE_S
from support.raw_server import RawServer, smtp_dialogue

from monitor.alerts.apprise.sending import open_channel
from monitor.errors import DeliveryError, OutcomeUnknown
from monitor.model import Destination, Notification

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

HELLO = Notification("[HIGH] Night Heron", "Hit #7")


def mail_channel(address, scheme="mailto", login="", to="soc@news.example", options=""):
    url = f"{scheme}://{login}{address}?from=monitor@news.example&to={to}{options}"
    return open_channel(Destination("soc", url), console=io.StringIO(), total_timeout_s=PATIENCE_S)


def failure(replies, greeting=b"220 test ESMTP\r\n", **more) -> DeliveryError:
    with RawServer(smtp_dialogue(replies, greeting=greeting)) as server, pytest.raises(DeliveryError) as raised:
        mail_channel(server.address, **more).send(HELLO)
    return raised.value


@pytest.mark.parametrize(
    "reply",
    [b"", b"Queued as 12\r\n", b"25O ok\r\n", b"25 ok\r\n", b"2\r\n", b"250" + b"x" * 9000 + b"\r\n"],
    ids=["none", "no code", "letter in the code", "two digits", "one digit", "too long"],
)
def test_a_malformed_reply_to_the_content_of_a_mail_is_unknown(reply):
    assert isinstance(failure({b".": reply}), OutcomeUnknown)


@pytest.mark.parametrize(
    ("replies", "words"),
    [
        ({b".": b"554 5.7.1 spam\r\n"}, "the mail server did not accept the mail: 554 5.7.1 spam"),
        ({b".": b"452 full\r\n"}, "the mail server did not accept the mail: 452 full"),
        ({b"MAIL": b"550 not you\r\n"}, "the mail server did not accept the mail: 550 not you"),
        ({b"MAIL": b"??? what\r\n"}, "the mail server sent a malformed reply: what"),
        ({b"DATA": b"451 later\r\n"}, "the mail server did not accept the mail: 451 later"),
        ({b"RCPT": b""}, "the mail server closed the connection before its answer"),
        ({b"RCPT": b"550 no such user\r\n"}, "soc@news.example was refused: 550 no such user"),
    ],
)
def test_a_mail_that_was_not_transmitted_or_was_refused_is_a_failure(replies, words):
    error = failure(replies)
    assert not isinstance(error, OutcomeUnknown)
    assert str(error) == words


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            {"login": "joe:hunter22@"},
            "the mail server offers no login (AUTH): remove user and password",
        ),
        ({"scheme": "mailtos", "options": "&mode=starttls"}, "the mail server offers no TLS (STARTTLS)"),
        ({"scheme": "mailtos", "options": "&mode=ssl"}, "the mail server does not speak TLS on this port"),
        ({"greeting": b"554 go away\r\n"}, "the mail server refused the connection: 554 go away"),
        ({"greeting": b""}, ""),
    ],
    ids=["no AUTH", "no STARTTLS", "no TLS", "refused", "no greeting"],
)
def test_the_cause_of_a_failed_session_is_named(more, words):
    error = failure({}, **more)
    assert str(error).startswith(words)
    assert not isinstance(error, OutcomeUnknown)
    assert "hunter22" not in str(error)


def test_a_refused_login_is_named_with_the_reply():
    replies = {b"EHLO": b"250-test\r\n250 AUTH PLAIN\r\n", b"AUTH": b"535 5.7.8 bad credentials\r\n"}
    assert str(failure(replies, login="joe:hunter22@")) == (
        "the mail server refused the login: 535 5.7.8 bad credentials"
    )


@pytest.mark.parametrize(
    ("address", "words"),
    [("127.7.1.2:9", "the connection was refused"), ("no-such-host.invalid", "no such host")],
)
def test_a_mail_server_that_cannot_be_reached_is_a_failure(address, words):
    with pytest.raises(DeliveryError, match=words) as raised:
        mail_channel(address).send(HELLO)
    assert not isinstance(raised.value, OutcomeUnknown)


def test_endless_replies_end_the_session():
    def answer(connection):
        while True:
            connection.sendall(b"220-" + b"x" * 1000 + b"\r\n")

    with RawServer(answer) as server, pytest.raises(DeliveryError):
        mail_channel(server.address).send(HELLO)


class Recipients:
    """A mail server that accepts some recipients: replies can be set, accepted recipients are stored."""

    def __init__(self, replies):
        self.replies = replies
        self.accepted = []

    def __call__(self, connection):
        connection.sendall(b"220 test\r\n")
        mail = []
        for line in connection.makefile("rb"):
            word, _, rest = line.decode().strip().partition(":<")
            if word.lower() == "rcpt to":
                address = rest.rstrip(">")
                reply = self.replies.get(address, "250 ok")
                mail += [address] if reply.startswith("250") else []
                connection.sendall(f"{reply}\r\n".encode())
            elif word == "data":
                connection.sendall(b"354 go on\r\n")
            elif word == ".":
                self.accepted += mail
                mail = []
                connection.sendall(b"250 ok\r\n")
            elif word == "quit":
                connection.sendall(b"221 bye\r\n")
                return
            elif word.startswith(("ehlo", "mail", "rset")):
                connection.sendall(b"250 ok\r\n")


TWO = "good@news.example,bad@news.example"


def test_a_recipient_that_is_refused_for_good_is_named_and_the_delivery_is_done():
    recipients = Recipients({"bad@news.example": "550 5.1.1 no such user"})
    with RawServer(recipients) as server:
        receipt = mail_channel(server.address, to=TWO).send(HELLO, 7)
    assert receipt.refused == ("bad@news.example was refused: 550 5.1.1 no such user",)
    assert recipients.accepted == ["good@news.example"]


def test_a_recipient_that_is_refused_for_now_is_tried_again_without_a_repeat_to_the_others():
    recipients = Recipients({"bad@news.example": "451 greylisted"})
    with RawServer(recipients) as server:
        channel = mail_channel(server.address, to=TWO)
        for _ in range(2):
            with pytest.raises(OutcomeUnknown, match=r"some recipients accepted it, then: bad@.* 451 greylisted"):
                channel.send(HELLO, 7)
        recipients.replies = {}
        assert channel.send(HELLO, 7).refused == ()
        assert recipients.accepted == ["good@news.example", "bad@news.example"]
        channel.send(HELLO, 8)
    assert len(recipients.accepted) == 4


def test_copies_count_as_recipients():
    recipients = Recipients({"bad@news.example": "550 no"})
    with RawServer(recipients) as server:
        receipt = mail_channel(server.address, to="good@news.example", options="&cc=bad@news.example").send(HELLO, 7)
    assert receipt.refused == ("bad@news.example was refused: 550 no",)
    assert recipients.accepted == ["good@news.example"]


def test_a_mail_that_all_recipients_refuse_is_a_failure():
    recipients = Recipients(dict.fromkeys(TWO.split(","), "550 no"))
    with RawServer(recipients) as server, pytest.raises(DeliveryError, match=r"good@.*; bad@.*") as raised:
        mail_channel(server.address, to=TWO).send(HELLO, 7)
    assert not isinstance(raised.value, OutcomeUnknown)
