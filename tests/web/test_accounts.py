from __future__ import annotations

import asyncio
from datetime import timedelta
from ipaddress import ip_network

import pytest
from argon2 import PasswordHasher, extract_parameters
from support.page_client import page_client
from support.store_samples import NOW

from monitor.config import WebSettings, WebToken, WebUser
from monitor.errors import UsageError
from monitor.web import accounts
from monitor.web.accounts import FREE_FAILURES, Accounts, SignInThrottledError, hash_password

NO_PASSWORD = accounts._NO_PASSWORD  # before a fixture makes it cheap
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("open sesame")
USERS = WebSettings(users={"ana": WebUser(HASH, is_editor=True), "bo": WebUser(HASH)})


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self):
        return self.at


@pytest.fixture
def moment():
    return Clock()


def test_without_users_only_this_machine_may_use_the_page(database):
    for address, status in (("127.0.0.1", 200), ("::1", 200), ("192.0.2.1", 303), ("testclient", 303)):
        with page_client(database, address=address) as client:
            assert client.get("/").status_code == status


def test_a_viewer_reads_and_an_editor_acts(database):
    with page_client(database, USERS) as client:
        assert client.get("/").headers["location"] == "/sign-in?next=%2F"
        assert client.post("/hits/1/triage", {"triage": "ack"}).status_code == 401
        assert client.post("/sign-in", {"name": "bo", "password": "open sesame"}).status_code == 303
        assert client.get("/").status_code == 200
        assert "Acknowledge" not in client.get("/").text
        assert client.post("/hits/1/triage", {"triage": "ack"}).status_code == 403
        client.post("/sign-out")
        assert client.get("/").status_code == 303
        client.post("/sign-in", {"name": "ana", "password": "open sesame"})
        assert client.post("/hits/1/triage", {"triage": "ack"}).status_code == 303
    assert [action.author for action in client.done] == ["ana"]


@pytest.mark.parametrize("given", [("ana", "wrong"), ("nobody", "open sesame"), ("", ""), ("ana", "x" * 5000)])
def test_a_wrong_name_or_password_signs_nobody_in(database, given):
    with page_client(database, USERS) as client:
        answer = client.post("/sign-in", {"name": given[0], "password": given[1]})
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers


def test_the_cookie_is_for_this_page_alone(database):
    for base, secure in (("", False), ("https://monitor.example", True)):
        with page_client(database, WebSettings(users=USERS.users, base_url=base)) as client:
            cookie = client.post("/sign-in", {"name": "ana", "password": "open sesame"}).headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert ("; secure" in cookie) == secure


async def test_a_session_is_new_each_time_and_ends_with_sign_out(moment):
    accounts = Accounts(lambda: USERS, moment)
    first = await accounts.sign_in("192.0.2.1", "ana", "open sesame")
    second = await accounts.sign_in("192.0.2.1", "ana", "open sesame")
    assert first != second
    accounts.sign_out(first)
    assert accounts.person("192.0.2.1", {}, first) is None  # a stolen copy, too
    assert accounts.person("192.0.2.1", {}, second).name == "ana"


async def test_a_new_password_ends_the_sessions_of_the_user(moment):
    settings = [USERS]
    accounts = Accounts(lambda: settings[0], moment)
    cookie = await accounts.sign_in("192.0.2.1", "ana", "open sesame")
    other = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("open sesame")
    settings[0] = WebSettings(users={"ana": WebUser(other, is_editor=True)})
    assert accounts.person("192.0.2.1", {}, cookie) is None


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "eyJ1c2VyIjoiYW5hIn0.aaaa.bbbb", "\0", "é"])
def test_a_forged_cookie_is_nobody(moment, cookie):
    assert Accounts(lambda: USERS, moment).person("192.0.2.1", {}, cookie) is None


async def test_sign_in_is_throttled_by_address_and_by_name(moment):
    accounts = Accounts(lambda: USERS, moment)
    for number in range(FREE_FAILURES):
        assert await accounts.sign_in("192.0.2.1", f"guess{number}", "x") is None
    with pytest.raises(SignInThrottledError):
        await accounts.sign_in("192.0.2.1", "ana", "open sesame")
    assert await accounts.sign_in("192.0.2.2", "ana", "open sesame")
    for number in range(FREE_FAILURES):
        assert await accounts.sign_in(f"198.51.100.{number}", "bo", "x") is None
    with pytest.raises(SignInThrottledError):
        await accounts.sign_in("198.51.100.9", "bo", "open sesame")
    moment.at += timedelta(minutes=16)
    assert await accounts.sign_in("192.0.2.1", "ana", "open sesame")


def test_the_header_of_a_proxy_counts_only_from_trusted_addresses(moment):
    settings = WebSettings(
        user_header="X-User", trusted_proxies=(ip_network("10.0.0.0/30"),), users={"ana": WebUser("", is_editor=True)}
    )
    accounts = Accounts(lambda: settings, moment)
    assert accounts.person("10.0.0.1", {"X-User": "ana"}, None).is_editor
    assert not accounts.person("10.0.0.1", {"X-User": "carl"}, None).is_editor
    for client, headers in (("10.0.0.9", {"X-User": "ana"}), ("10.0.0.1", {}), ("10.0.0.1", {"X-User": "a\nb"})):
        assert accounts.person(client, headers, None) is None


def test_a_token_has_its_scopes(moment):
    token = "0123456789abcdef0123456789abcdef"
    settings = WebSettings(tokens={"siem": WebToken(token, frozenset({"read"}))})
    accounts = Accounts(lambda: settings, moment)
    assert accounts.program(f"Bearer {token}").scopes == {"read"}
    for wrong in ("", token, f"Basic {token}", f"Bearer {token}x", "Bearer ", "Bearer é"):
        assert accounts.program(wrong) is None


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil", "/a\nb"])
def test_sign_in_leads_to_no_other_site(database, target):
    with page_client(database, USERS) as client:
        answer = client.post("/sign-in", {"name": "ana", "password": "open sesame", "next": target})
    assert answer.headers["location"] == "/"


async def test_many_guesses_at_once_are_throttled_like_one_after_another(moment):
    accounts = Accounts(lambda: USERS, moment)
    guesses = [accounts.sign_in("192.0.2.1", "ana", f"guess{number}") for number in range(40)]
    found = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(answer is None for answer in found) <= FREE_FAILURES + 1  # two are checked at a time


async def test_all_addresses_of_an_ipv6_network_are_throttled_together(moment):
    accounts = Accounts(lambda: USERS, moment)
    for number in range(FREE_FAILURES):
        await accounts.sign_in(f"2001:db8::{number}", f"guess{number}", "x")
    with pytest.raises(SignInThrottledError):
        await accounts.sign_in("2001:db8::ffff:1", "ana", "open sesame")
    assert await accounts.sign_in("2001:db8:0:1::1", "ana", "open sesame")


def test_a_header_cannot_bypass_the_throttle(database):
    with page_client(database, USERS) as client:
        for number in range(FREE_FAILURES):
            headers = {"X-Forwarded-For": f"198.51.100.{number}", "Forwarded": f"for=198.51.100.{number}"}
            client.post("/sign-in", {"name": f"guess{number}", "password": "x"}, **headers)
        refused = client.post("/sign-in", {"name": "bo", "password": "x"}, **{"X-Forwarded-For": "203.0.113.1"})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1


def test_a_stolen_cookie_does_not_let_another_site_act(database):
    with page_client(database, USERS) as client:
        client.post("/sign-in", {"name": "ana", "password": "open sesame"})
        headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        assert client.client.post("/hits/1/triage", data={"triage": "ack"}, headers=headers).status_code == 403
        for token in ("Bearer x", "bearer x"):  # a token counts instead of the cookie, and only for the API
            headers = {"Authorization": token}
            assert client.client.post("/hits/1/triage", data={"triage": "ack"}, headers=headers).status_code == 401
            assert (
                client.client.post("/api/v1/hits/1/triage", json={"triage": "ack"}, headers=headers).status_code == 401
            )
    assert not client.done


def test_a_cookie_from_before_sign_in_is_not_taken_over(database):
    with page_client(database, USERS) as client:
        client.client.cookies.set("monitor_session", "planted")
        answer = client.post("/sign-in", {"name": "ana", "password": "open sesame"})
    assert "planted" not in answer.headers["set-cookie"]


@pytest.mark.parametrize("name", ["X_User", "x-user ", "X-User-2"])
def test_a_header_with_a_similar_name_is_not_the_header_of_the_proxy(database, name):
    settings = WebSettings(user_header="X-User", trusted_proxies=(ip_network("127.0.0.1/32"),), users=USERS.users)
    with page_client(database, settings) as client:
        assert client.get("/", **{name: "ana"}).status_code == 303


def test_a_short_password_gets_no_hash():
    with pytest.raises(UsageError, match="at least 8 characters"):
        hash_password("short")


def test_an_unknown_name_takes_as_long_as_a_wrong_password():
    made = hash_password("long enough")
    assert made.startswith("$argon2id$")
    assert extract_parameters(NO_PASSWORD) == extract_parameters(made)
