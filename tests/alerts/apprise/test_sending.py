import io
import json
import logging
import socket
import subprocess
import sys
import time
from email import message_from_bytes
from email.policy import default as modern
from threading import Thread

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from support.patience import PATIENCE_S

from monitor.alerts.apprise.plugins import check_url
from monitor.alerts.apprise.sending import open_channel
from monitor.errors import DeliveryError, OutcomeUnknown
from monitor.model import Destination, Notification

# apprise looks for imghdr on Python 3.11 and 3.12, which say that it will go
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

HELLO = Notification("[HIGH] Night Heron 🪶", "Zwölf Boote <b>…</b>\nHit #7")


def channel(url, **timeouts):
    return open_channel(Destination("soc", url), console=io.StringIO(), **timeouts)


def test_a_webhook_gets_title_and_body_as_they_are(webhook):
    channel(f"json://{webhook.url}/hook/s3cret").send(HELLO)
    ((path, body),) = webhook.requests
    sent = json.loads(body)
    assert path == "/hook/s3cret"
    assert (sent["title"], sent["message"]) == (HELLO.title, HELLO.body)


def test_a_message_has_the_type_warning_because_some_services_raise_no_alert_for_less(webhook, monkeypatch):
    from apprise.plugins import opsgenie

    monkeypatch.setitem(opsgenie.OPSGENIE_API_LOOKUP, "us", f"http://{webhook.url}/v2/alerts")
    webhook.status = 500
    with pytest.raises(DeliveryError, match="500"):
        channel("opsgenie://a1b2c3d4").send(HELLO)
    assert [path for path, _ in webhook.requests] == ["/v2/alerts"]


def test_a_channel_can_be_used_again_at_once(webhook):
    hook = channel(f"json://{webhook.url}/")
    for _ in range(3):
        hook.send(HELLO)
    assert len(webhook.requests) == 3


def test_a_refusal_is_a_failure_that_names_the_status(webhook):
    webhook.status = 500
    with pytest.raises(DeliveryError, match=r"^the service answered 500: ") as raised:
        channel(f"json://{webhook.url}/").send(HELLO)
    assert not isinstance(raised.value, OutcomeUnknown)
    assert len(webhook.requests) == 1


def test_a_redirect_is_a_failure_and_is_not_followed(webhook):
    webhook.status, webhook.headers = 302, {"Location": "/login"}
    with pytest.raises(DeliveryError, match=r"302, a redirect"):
        channel(f"json://{webhook.url}/").send(HELLO)
    assert [path for path, _ in webhook.requests] == ["/"]


def test_a_server_that_is_down_is_a_failure():
    with pytest.raises(DeliveryError, match="the connection was refused") as raised:
        channel("json://127.7.1.2:9/").send(HELLO)
    assert not isinstance(raised.value, OutcomeUnknown)


@pytest.mark.parametrize("in_address", [False, True], ids=["as an argument", "in the address"])
def test_an_answer_that_does_not_come_in_time_is_unknown(webhook, in_address):
    webhook.hang = "/"
    url = f"json://{webhook.url}/" + ("?rto=0.2" if in_address else "")
    began = time.monotonic()
    with pytest.raises(OutcomeUnknown, match="no answer in time"):
        channel(url, **({} if in_address else {"read_timeout_s": 0.2})).send(HELLO)
    assert time.monotonic() - began < PATIENCE_S
    assert len(webhook.requests) == 1


@pytest.mark.parametrize(
    "url",
    [
        "json://joe:hunter22@{host}/abcd1234?+X-Key=tok%20en99",
        "json://{host}/abcd1234?-key=hunter22",
        "xml://joe:hunter22@{host}/abcd1234",
        "gotify://{host}/abcd1234hunter22",
        "mmost://{host}/abcd1234hunter22abcd1234hunte",
    ],
    ids=["json with login", "json with parameter", "xml", "gotify", "mattermost"],
)
def test_an_error_never_holds_a_part_of_the_address(webhook, url):
    webhook.status = 403
    with pytest.raises(DeliveryError) as raised:
        channel(url.format(host=webhook.url)).send(HELLO)
    assert webhook.requests
    assert not any(secret in str(raised.value) for secret in ("hunter22", "abcd1234", "en99", webhook.url))


def test_log_lines_of_apprise_stay_out_of_the_log_of_the_process(webhook, capsys):
    webhook.status = 500
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    try:
        with pytest.raises(DeliveryError):
            channel(f"json://{webhook.url}/abcd1234").send(HELLO)
        check_url("slak://abcd1234")
    finally:
        logging.getLogger().removeHandler(handler)
    captured = capsys.readouterr()
    assert "abcd1234" not in log.getvalue() + captured.out + captured.err


def test_destinations_that_hang_do_not_hold_up_another(webhook):
    webhook.hang = "/stuck"
    stuck = [Thread(target=channel(f"json://{webhook.url}/stuck").send, args=(HELLO,), daemon=True) for _ in range(8)]
    for thread in stuck:
        thread.start()
    channel(f"json://{webhook.url}/healthy", read_timeout_s=PATIENCE_S).send(HELLO)
    assert all(thread.is_alive() for thread in stuck)
    webhook.released.set()
    for thread in stuck:
        thread.join()


class Inbox(Message):
    """Stores the mails that a real SMTP server accepted."""

    def __init__(self):
        super().__init__()
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd calls it so
        self.mails.append(message_from_bytes(envelope.content, policy=modern))
        return "250 taken"

    def handle_message(self, message):
        """Never called: DATA is handled above."""


@pytest.fixture
def mail_server():
    inbox = Inbox()
    with socket.create_server(("127.7.1.3", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(inbox, hostname="127.7.1.3", port=port)
    server.start()
    yield inbox, f"mailto://127.7.1.3:{port}?from=monitor@news.example&to=soc@news.example"
    server.stop()


def test_a_mail_keeps_all_characters(mail_server):
    inbox, url = mail_server
    channel(url).send(HELLO)
    (mail,) = inbox.mails
    assert mail["subject"] == HELLO.title
    assert mail.get_body(("plain",)).get_content().strip().splitlines() == HELLO.body.splitlines()


def test_the_default_pause_of_apprise_is_off_for_mail(mail_server):
    assert [service.request_rate_per_sec for service in channel(mail_server[1])._apprise] == [0]


def test_a_title_cannot_add_a_header_to_a_mail(mail_server):
    inbox, url = mail_server
    channel(url).send(Notification("a\r\nBcc: thief@e.example\r\n\r\nb", "c\r\n.\r\nMAIL FROM:<x@e.example>"))
    (mail,) = inbox.mails
    assert mail["bcc"] is None
    assert mail["to"] == "soc@news.example"


def test_a_long_text_is_split_rather_than_refused(webhook):
    channel(f"mmost://{webhook.url}/{'a' * 24}").send(Notification("t", "word " * 1500))
    texts = [json.loads(body)["text"] for _, body in webhook.requests]
    assert sum(text.count("word") for text in texts) == 1500
    assert max(map(len, texts)) <= 4000


def test_the_console_prints_title_and_body():
    out = io.StringIO()
    open_channel(Destination("me", "console://"), console=out).send(Notification("t", "b\nc"))
    assert out.getvalue() == "t\nb\nc\n\n"


def test_a_console_shows_a_question_mark_for_characters_it_cannot_encode():
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    open_channel(Destination("me", "console://"), console=out).send(Notification("", "╭ é"))
    assert raw.getvalue() == b"? ?\n\n"


def test_a_closed_console_is_a_failure():
    out = io.StringIO()
    out.close()
    with pytest.raises(DeliveryError, match="closed"):
        open_channel(Destination("me", "console://"), console=out).send(HELLO)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("json://h.example/?optional=yes", "optional"),
        ("json://h.example/?retry=3", "retry"),
        ("json://h.example/?redirect=yes", "redirect"),
        ("slack://T1/hunter22", "slack:// is incomplete"),
        ("slak://T1/hunter22", 'did you mean "slack"?'),
        ("https://hooks.example/hunter22", "jsons://"),
        ("http://hooks.example/hunter22", "json://"),
        ("file:///etc/hunter22", 'no service called "file"'),
        ("hooks.example/hunter22", "not an address"),
        ("", "not an address"),
    ],
)
def test_an_address_that_cannot_be_used_is_named_without_being_shown(url, problem):
    said = check_url(url)
    assert problem in said
    assert "hunter22" not in said


@pytest.mark.parametrize("url", ["console://", "json://127.0.0.1:1/x", "CONSOLE://", "mailto://u:p@mail.example"])
def test_an_address_that_can_be_used_has_no_problem(url):
    assert check_url(url) is None


def test_a_channel_of_an_address_that_cannot_be_used_is_refused():
    with pytest.raises(DeliveryError, match=r'^soc: no service called "slak"'):
        channel("slak://x")


def test_deciding_and_rendering_do_not_load_apprise():
    modules = ("policy.decide", "render.notification", "render.console", "apprise.sending")
    imports = ", ".join(f"monitor.alerts.{module}" for module in modules)
    code = f"import sys, {imports}; sys.exit('apprise' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
