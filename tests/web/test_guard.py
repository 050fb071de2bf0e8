from __future__ import annotations

from ipaddress import ip_network

import pytest
from support.page_client import FROM_PAGE, ORIGIN, page_client

from monitor.config import WebSettings


def test_every_answer_has_the_headers_of_protection(page):
    for path in ("/", "/hits/1", "/nothing", "/static/page.css", "/sign-in"):
        headers = page.get(path).headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_a_refused_request_has_them_too(page):
    assert page.get("/", Host="evil.example").headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("host", ["127.0.0.1:8077", "localhost", "LOCALHOST:1", "[::1]:8077", "m.example", "b.example"])
def test_hosts_that_are_ours(database, host):
    settings = WebSettings(hosts=("m.example",), base_url="https://b.example")
    with page_client(database, settings) as client:
        assert client.get("/", Host=host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "127.0.0.1.evil.example", "localhost.evil", "", "[::1", "127.0.0.2", "evil@127.0.0.1"),
        *("127.0.0.1/evil", "127.0.0.1?x", "127.0.0.1#x", "127.0.0.1:abc", "[::1]x", "localhost\\evil", "127.0.0.1:"),
    ],
)
def test_a_host_that_is_not_ours_is_refused(page, host):
    assert page.get("/", Host=host).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1:9999", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://127.0.0.1:8077", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "file://"},
        {"Origin": "data:127.0.0.1:8077"},
        {"Origin": "http://[::1"},
        {"Origin": "http://[127.0.0.1]:8077", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
    ids=str,
)
def test_another_page_cannot_change_anything(page, headers):
    answer = page.client.post("/hits/1/triage", data={"triage": "noise"}, headers=headers, follow_redirects=False)
    assert answer.status_code == 403
    assert not page.done


@pytest.mark.parametrize("headers", [FROM_PAGE, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}], ids=str)
def test_our_own_page_can(page, headers):
    answer = page.client.post("/hits/1/triage", data={"triage": "ack"}, headers=headers, follow_redirects=False)
    assert answer.status_code == 303
    assert len(page.done) == 1


def test_a_page_behind_a_proxy_with_another_name_can(database):
    with page_client(database, WebSettings(base_url="https://monitor.example")) as client:
        assert client.post("/hits/1/triage", {"triage": "ack"}, Origin="https://monitor.example").status_code == 303


def test_a_large_body_is_refused_whatever_its_header_says(page):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for headers in ({}, {"Content-Length": "10"}):
        body = iter([b"triage=ack&why=" + b"x" * 1000] * 2000)
        answer = page.client.post("/hits/1/triage", content=body, headers={**FROM_PAGE, **form, **headers})
        assert answer.status_code == 413
    assert not page.done


def test_a_get_changes_nothing(page):
    for path in ("/hits/1/triage?triage=noise", "/hits/triage?id=1&triage=noise", "/sign-out"):
        assert page.get(path).status_code in (404, 405)
    assert not page.done


def test_static_files_stay_in_their_folder(page):
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd"):
        assert page.get(path).status_code == 404


def test_behind_a_proxy_the_page_needs_users(page):
    assert page.get("/", **{"X-Forwarded-For": "203.0.113.9"}).status_code == 403


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_every_sign_of_a_proxy_asks_for_users(page, name):
    assert page.get("/", **{name: "for=203.0.113.9"}).status_code == 403


@pytest.mark.parametrize("name", ["Host", "Origin", "Sec-Fetch-Site", "Authorization", "Content-Type", "X-User"])
def test_a_header_that_occurs_twice_is_refused(database, name):
    settings = WebSettings(user_header="X-User", trusted_proxies=(ip_network("127.0.0.1/32"),))
    headers = {"Origin": ORIGIN, "Content-Type": "application/x-www-form-urlencoded", name: "a"}
    with page_client(database, settings) as client:
        twice = [*headers.items(), (name, "Bearer b")]
        answer = client.client.post("/hits/1/triage", content="triage=ack", headers=twice, follow_redirects=False)
    assert answer.status_code == 400
    assert "twice" in answer.text
    assert not client.done


def test_an_unexpected_error_is_answered_with_the_headers_of_protection(page, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("boom")

    monkeypatch.setattr("monitor.web.pages.hit.load_hit", fail)
    answer = page.get("/hits/1")
    assert answer.status_code == 500
    assert "boom" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/x-www-form-urlencoded", b"%" * 60_000, 400),
        ("application/x-www-form-urlencoded", b"triage=ack&why=" + b"x" * 70_000, 413),
        ("application/x-www-form-urlencoded", b"a=1&" * 10_000, 400),
        ("multipart/form-data; boundary=B", b'--B\r\nContent-Disposition: form-data; name="id"\r\n\r\n1\r\n--B--', 415),
        ("multipart/form-data", b"x", 415),
        ("text/plain", b"triage=ack", 415),
        ("application/json", b'{"triage": "ack"}', 415),
    ],
)  # fmt: skip
def test_a_form_that_no_page_sends_is_refused(page, kind, body, status):
    headers = {**FROM_PAGE, "Content-Type": kind}
    for path in ("/hits/1/triage", "/hits/triage", "/sign-in", "/silences", "/deliveries/1/drop"):
        assert page.client.post(path, content=body, headers=headers, follow_redirects=False).status_code == status
    assert not page.done
