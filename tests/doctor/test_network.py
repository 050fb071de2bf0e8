import socket

from monitor.doctor import network
from monitor.doctor.network import destination_findings, dial, dns_findings


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
        (found,) = destination_findings({"soc": ("127.0.0.1", port)}, dial)
        assert (found.level, found.check) == ("ok", "to soc")
    (found,) = destination_findings({"soc": ("127.0.0.1", port)}, dial)
    assert (found.level, "Connection refused" in found.text) == ("error", True)
    assert "monitor notify soc" in found.remedy


def test_a_destination_without_a_connection_is_left_alone():
    assert [f.level for f in destination_findings({"desk": None})] == ["ok"]


def test_a_host_that_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr(network, "TIMEOUT_S", 0.05)
    import threading

    release = threading.Event()
    (found,) = destination_findings({"soc": ("a.example", 443)}, lambda *_: release.wait(5))
    release.set()
    assert "no answer within" in found.text
