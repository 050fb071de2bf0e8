"""Requests that no browser and no honest program sends: each is refused with words, and changes nothing."""

from __future__ import annotations

import itertools
from html import unescape
from ipaddress import ip_network
from urllib.parse import parse_qs, urlsplit

import pytest
from support.page_client import FROM_PAGE, page_client

from monitor.config import WebSettings, WebToken, WebUser
from monitor.web.accounts import SCOPES
from monitor.web.api.routes import ROUTES as API
from monitor.web.pages import ROUTES as PAGES

TOKEN = {scope: f"{scope:0<32}" for scope in sorted(SCOPES)}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "origin",
    [
        *("http://[", "http://[::1", "http://127.0.0.1:8077@evil.example", "http://evil.example#127.0.0.1:8077"),
        *(
            "http://127.0.0.1:8077.evil.example",
            "//127.0.0.1:8077",
            "127.0.0.1:8077",
            "http:/127.0.0.1:8077",
            "http://",
        ),
        *("http://127.0.0.1:8077\\.evil.example", "null, http://127.0.0.1:8077", "blob:http://127.0.0.1:8077", " "),
    ],
)
def test_an_origin_that_is_not_ours_is_refused(page, origin):
    headers = {**FORM, "Origin": origin}
    answer = page.client.post("/hits/1/triage", content="triage=ack", headers=headers, follow_redirects=False)
    assert answer.status_code == 403
    assert not page.done


@pytest.mark.parametrize(
    "host",
    [
        *("localhost.", "127.0.0.1.", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::ffff:127.0.0.1]", "[::]"),
        *(
            "localhost:8077:80",
            "localhost:-1",
            "user:pass@localhost",
            "localhost,evil.example",
            "[localhost]",
            "[::1%25lo]",
        ),
        *("localhost\t", "localhost:123456", "local host", "127.0.0.1:\u00b2"),
    ],
)
def test_other_spellings_of_a_host_are_refused(page, host):
    assert page.get("/", Host=host.encode("latin-1")).status_code == 421


@pytest.mark.parametrize("host", ["[0:0:0:0:0:0:0:1]:8077", "LocalHost:65535", "[::1]"])
def test_other_spellings_of_this_machine_are_answered(page, host):
    assert page.get("/", Host=host).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *("%00", "page.css%00.html", "..%5c..%5capp.py", "....//app.py", "%252e%252e/app.py", "%c0%ae%c0%ae/app.py"),
        *("~root", "a" * 5000, "page.css/x", "%2fetc%2fpasswd", "..%2f__init__.py", "htmx.min.js.map"),
    ],
)
def test_only_files_of_the_folder_are_served(page, path):
    answer = page.get(f"/static/{path}")
    assert answer.status_code in (404, 405)
    assert "import" not in answer.text


@pytest.mark.parametrize(
    "target",
    [
        *("//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "/\t/evil.example"),
        *("/\r\nSet-Cookie: a=b", "evil.example", "///evil.example", "/\x00/evil", "", "/\\/evil", " //evil"),
        *("javascript:alert(1)", "/\u2028/evil.example", "?x", "#x", "http:evil.example"),
    ],
)
def test_no_redirect_leads_to_another_site(page, target):
    for path, form in (("/hits/1/triage", {"triage": "ack"}), ("/hits/triage", {"triage": "ack", "id": "1"})):
        answer = page.post(path, {**form, "next": target})
        at = urlsplit(answer.headers["location"])
        assert (answer.status_code, at.scheme, at.netloc, at.path) == (303, "", "", "/")
        assert "set-cookie" not in answer.headers


def test_redirects_do_not_pile_up_what_was_done(page):
    location = "/?since=all&q=%22lazarus+group%22"
    for _ in range(3):
        location = page.post("/hits/1/triage", {"triage": "ack", "next": location}).headers["location"]
    query = parse_qs(urlsplit(location).query)
    assert (query["since"], query["q"], len(query["done"])) == (["all"], ['"lazarus group"'], 1)
    shown = page.get(location).text
    assert 'name="next" value="/?since=all&q=%22lazarus+group%22"' in unescape(shown)


@pytest.mark.parametrize("method", ["HEAD", "GET", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("override", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_no_other_method_changes_anything(page, method, override):
    for path in ("/hits/1/triage?triage=noise&_method=POST", "/hits/triage?id=1&triage=noise", "/silences/1/end"):
        answer = page.client.request(method, path, headers={**FROM_PAGE, override: "POST"}, follow_redirects=False)
        assert answer.status_code in (404, 405)
    assert not page.done


def test_a_token_is_good_for_its_scope_and_for_programs_only(database, watched_config):
    tokens = {scope: WebToken(token, frozenset({scope})) for scope, token in TOKEN.items()}
    settings = WebSettings(users={"ana": WebUser("$argon2id$x", is_editor=True)}, tokens=tokens)
    with page_client(database, settings, config=watched_config, address="192.0.2.7") as client:
        for route, scope in itertools.product((*PAGES, *API), sorted(SCOPES)):
            path = route.path.replace("{id:id}", "1").replace("{id}", "lazarus").replace("{key}", "desk")
            headers = {"Authorization": f"Bearer {TOKEN[scope]}", **FORM}
            for method in route.methods:
                methods = ("GET", "HEAD") if method == "GET" else (method,)
                for used in methods:
                    answer = client.client.request(used, path, headers=headers, follow_redirects=False)
                    is_open = not route.scope or (route.for_programs and scope == route.scope)
                    is_refused = answer.status_code in (401, 403) or "/sign-in" in answer.headers.get("location", "")
                    assert is_refused != is_open or path in ("/sign-in", "/sign-out"), (used, path, scope)
                    assert answer.status_code != 500, (used, path, scope)


@pytest.mark.parametrize("name", ["X_Forwarded_User", "X-Forwarded-User ", "x-forwarded-users", "X-Forwarded-Email"])
def test_only_the_header_of_the_proxy_names_a_user(database, name):
    settings = WebSettings(
        user_header="X-Forwarded-User",
        trusted_proxies=(ip_network("127.0.0.1/32"),),
        users={"ana": WebUser("", is_editor=True)},
    )
    with page_client(database, settings) as client:
        assert client.get("/", **{name: "ana"}).status_code == 303


def test_a_proxy_may_send_a_name_as_utf_8(database):
    settings = WebSettings(
        user_header="X-User", trusted_proxies=(ip_network("127.0.0.1/32"),), users={"zoë": WebUser("", is_editor=True)}
    )
    with page_client(database, settings) as client:
        for name in ("zoë".encode(), "zoë".encode("latin-1")):
            assert client.post("/hits/1/triage", {"triage": "ack"}, **{"X-User": name}).status_code == 303
    assert [action.author for action in client.done] == ["zoë", "zoë"]


@pytest.mark.parametrize(
    "query",
    [
        *("before=x", "before=_1", "before=2026-01-01T00:00:00_1", "before=2026-01-01T00:00:00Z_-1", "before=%00"),
        *("before=2026-01-01T00:00:00%2B00:00_99999999999999999999", "before=0001-01-01T00:00:00%2B14:00_1"),
        *("severity=critical&severity=9", "since=1e9d", "until=99999-01-01", "day=2026-02-30", "day=%ED%A0%80"),
    ],
)
def test_a_tampered_list_is_explained(page, query):
    answer = page.get(f"/?{query}")
    assert answer.status_code == 400
    assert f'role="alert">{query.partition("=")[0]}: ' in answer.text


@pytest.mark.parametrize(
    "path", ["/actors?page={}", "/feeds?page={}", "/watchlist?page={}", "/watchlist/versions?newest={}"]
)
@pytest.mark.parametrize("value", ["x", "-1", "1.5", "9" * 30, "%00", "%D9%A3"])
def test_a_page_that_is_no_number_is_explained(page, path, value):
    answer = page.get(path.format(value))
    assert answer.status_code == 400
    assert "is not a number" in answer.text


def test_invalid_parameters_of_exports_are_a_bad_request(page):
    for path in ("/hits.json", "/hits.csv", "/hits.atom", "/api/v1/hits", "/audit.csv", "/audit"):
        answer = page.get(f"{path}?since=never")
        assert answer.status_code == 400, path
        assert "is not a time" in answer.text, path
    assert page.get("/api/v1/deliveries?state=lost").status_code == 400


def test_an_action_that_is_not_possible_is_a_conflict(page):
    for path, form in (
        ("/hits/99/triage", {"triage": "ack"}), ("/silences/99/end", {}), ("/deliveries/99/drop", {}),
        ("/deliveries/99/retry", {}),
    ):  # fmt: skip
        assert page.post(path, form).status_code == 409, path
