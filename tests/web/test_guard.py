from __future__ import annotations

import pytest
from support.page_client import FROM_PAGE, page_client

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


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil", "", "[::1", "127.0.0.2"])
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
