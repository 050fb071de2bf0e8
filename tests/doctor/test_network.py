import gc
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from support.self_signed import self_signed_tls
from support.servers import FeedServer

from monitor.doctor import network
from monitor.doctor.network import (
    Route,
    ask_proxy,
    clock_lead,
    destination_findings,
    dial,
    dns_findings,
    proxy_of,
    reachable_proxy_findings,
)


def fails_for(*hosts):
    def look_up(host):
        if host in hosts:
            raise socket.gaierror(-2, "Name or service not known")

    return look_up


def test_hosts_that_cannot_be_resolved_are_named():
    (found,) = dns_findings(["a.example", "b.example", "b.example"], fails_for("b.example"))
    assert (found.level, found.text) == ("warning", "1 of 2 hosts of feeds cannot be resolved: b.example")


def test_a_machine_that_resolves_nothing_has_an_error():
    (found,) = dns_findings(["a.example", "b.example"], fails_for("a.example", "b.example"))
    assert (found.level, found.remedy) == ("error", "check the network and /etc/resolv.conf")


def test_hosts_that_are_all_resolved_are_counted():
    assert [f.text for f in dns_findings(["a.example"], fails_for())] == ["1 host of feeds resolved"]
    assert dns_findings([], fails_for()) == []


def test_a_destination_that_refuses_connections_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (found,) = destination_findings({"soc": Route(("127.0.0.1", port))}, dial)
        assert (found.level, found.check) == ("ok", "to soc")
    (found,) = destination_findings({"soc": Route(("127.0.0.1", port))}, dial)
    assert (found.level, "Connection refused" in found.text) == ("error", True)
    assert "monitor notify soc" in found.remedy


def test_a_destination_without_a_connection_is_left_alone():
    assert [f.level for f in destination_findings({"desk": None})] == ["ok"]


def test_a_host_that_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr(network, "TIMEOUT_S", 0.05)
    release = threading.Event()
    (found,) = destination_findings({"soc": Route(("a.example", 443))}, lambda *_: release.wait(5))
    release.set()
    assert "no answer within" in found.text


def test_a_look_up_that_hangs_does_not_keep_the_process_from_exiting():
    code = """
import time
from monitor.doctor import network
network.TIMEOUT_S = 0.05
print(network.dns_findings(["a.example"], lambda _: time.sleep(60))[0].text)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "1 of 1 host of feeds cannot be resolved: a.example\n"


def test_hosts_for_which_there_was_no_time_do_not_count_as_failed(monkeypatch):
    monkeypatch.setattr(network, "TIMEOUT_S", 0.05)
    monkeypatch.setattr(network, "AT_ONCE", 1)
    release = threading.Event()

    def look_up(host):
        if host == "b.example":
            release.wait(5)

    (found,) = dns_findings(["a.example", "b.example", "c.example"], look_up)
    release.set()
    assert found.text == "1 of 3 hosts of feeds cannot be resolved: b.example"
    (slow,) = dns_findings([f"{n}.example" for n in range(500)], lambda _: threading.Event().wait(0.001))
    assert (slow.level, slow.text.startswith("only ")) == ("warning", True)


HTTP, HTTPS = ("hook.example", 80), ("hook.example", 443)


@pytest.mark.parametrize(
    ("url", "address", "environ", "proxy"),
    [
        ("jsons://hook.example", HTTPS, {"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        ("jsons://hook.example:8443", ("hook.example", 8443), {"https_proxy": "http://p:1"}, "http://p:1"),
        ("json://hook.example", HTTP, {"https_proxy": "http://p:1"}, ""),
        ("json://hook.example", HTTP, {"all_proxy": "socks5h://p:1"}, "socks5h://p:1"),
        ("mailtos://hook.example", ("hook.example", 587), {"https_proxy": "http://p:1"}, ""),
        ("jsons://hook.example", HTTPS, {"https_proxy": "http://p:1", "no_proxy": "x, .example"}, ""),
        ("jsons://hook.example", HTTPS, {"https_proxy": "http://p:1", "NO_PROXY": "*"}, ""),
        ("jsons://10.1.2.3", ("10.1.2.3", 443), {"https_proxy": "http://p:1", "no_proxy": "10.0.0.0/8"}, ""),
        ("jsons://badexample", ("badexample", 443), {"https_proxy": "http://p:1", "no_proxy": "example"}, "http://p:1"),
    ],
)
def test_the_proxy_of_a_destination_is_that_which_requests_uses(url, address, environ, proxy):
    assert proxy_of(url, address, environ) == proxy


def test_a_destination_behind_a_proxy_is_not_connected_to():
    (found,) = destination_findings({"soc": Route(("a.example", 443), "http://p:1")}, lambda *_: 1 / 0)
    assert (found.level, "through a proxy" in found.text) == ("ok", True)


@pytest.fixture
def server():
    """A server on loopback, and a function that makes it answer the first connection with some bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer(reply: bytes) -> str:
            def serve() -> None:
                line, _ = listening.accept()
                with line:
                    line.recv(1000)
                    line.sendall(reply)

            threading.Thread(target=serve, daemon=True).start()
            return f"127.0.0.1:{listening.getsockname()[1]}"

        yield answer


@pytest.mark.parametrize(
    ("scheme", "reply", "level", "words"),
    [
        ("http", b"HTTP/1.1 407 Login\r\n\r\n", "ok", "answers"),
        ("", b"HTTP/1.0 400 Bad\r\n\r\n", "ok", "answers"),
        ("socks5h", b"\x05\x00", "ok", "answers"),
        ("socks5h", b"HTTP/1.0 400 Bad\r\n\r\n", "error", "not as a proxy of this kind"),
        ("http", b"", "error", "closes the connection"),
        ("http", b"SSH-2.0-x\r\n", "error", "not as a proxy of this kind"),
    ],
)
def test_a_proxy_is_asked_whether_it_is_one(server, scheme, reply, level, words):
    address = server(reply)
    (found,) = reachable_proxy_findings({"to soc": f"{scheme}://ana:hunter2@{address}" if scheme else address})
    assert (found.level, words in found.text) == (level, True)
    assert "hunter2" not in found.text


@pytest.mark.parametrize("url", ["http://ana:hunter2/@p:1", "http://[::1", "p:99999", "socks5h://", "https://:8080"])
def test_a_proxy_with_an_invalid_address_is_an_error_that_shows_no_password(url):
    (found,) = reachable_proxy_findings({"to soc": url})
    assert (found.level, "does not work: its address " in found.text) == ("error", True)
    assert "hunter2" not in found.text


def test_a_connection_to_a_proxy_over_tls_is_closed(tmp_path):
    """An open one would be a ResourceWarning, which fails the test."""
    with FeedServer(tls=self_signed_tls(tmp_path)) as proxy:
        ask_proxy(f"https://127.0.0.1:{proxy.port}")
        gc.collect()


def test_a_proxy_that_accepts_and_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr(network, "TIMEOUT_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (found,) = reachable_proxy_findings({"of feeds": f"http://127.0.0.1:{silent.getsockname()[1]}"})
    assert found.level == "error"
    assert "timed out" in found.text or "no answer within" in found.text


def test_the_time_of_servers_is_read_from_their_answers(server):
    date = format_datetime(datetime.now(UTC) - timedelta(minutes=37), usegmt=True)
    address = server(f"HTTP/1.1 404 No\r\nDate: {date}\r\n\r\n".encode())
    lead = clock_lead([f"http://{address}/feed", f"http://{address}/other"])
    assert lead == pytest.approx(37 * 60, abs=30)


@pytest.fixture
def in_tokyo(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_tokyo")
def test_a_time_without_a_zone_is_in_utc(server):
    address = server(f"HTTP/1.1 200 OK\r\nDate: {datetime.now(UTC):%a, %d %b %Y %H:%M:%S}\r\n\r\n".encode())
    assert clock_lead([f"http://{address}/feed"]) == pytest.approx(0, abs=30)


@pytest.mark.parametrize(
    "reply", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nDate: soon\r\n\r\n", b"", b"x" * 20]
)
def test_servers_without_a_date_do_not_judge_the_clock(server, reply):
    assert clock_lead([f"http://{server(reply)}/feed"]) is None


def test_the_median_of_servers_counts_and_those_that_fail_do_not():
    leads = {"a": 1.0, "b": -90_000.0, "c": 2.0}

    def measure(url):
        if url.endswith("d.example"):
            raise OSError("unreachable")
        return leads[url[8]]

    assert clock_lead(["https://a.example", "https://b.example", "https://c.example"], measure) == 1.0
    assert clock_lead(["https://d.example"], measure) is None
    assert clock_lead([], measure) is None
