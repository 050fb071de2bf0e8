from __future__ import annotations

import logging
from dataclasses import replace
from html import unescape
from ipaddress import ip_network

import pytest
from support.page_client import page_client
from support.store_samples import put_delivery, put_hit

from monitor.config import WebSettings, WebUser
from monitor.model import Destination
from monitor.store import open_writer

SECRET = "canarytoken"


def with_destination(config, url):
    return replace(config, destinations={"slack": Destination("slack", url)}, secrets=(SECRET,))


@pytest.mark.parametrize(
    ("url", "name", "part"),
    [
        (f"slack://{SECRET}1234/A1B2C3D4E/abcdefghijklmnopqrstuvwx", "slack", '"type": "mrkdwn"'),
        (f"mailto://ana:{SECRET}@mail.example?to=soc@mail.example", "mail", "<!doctype html>"),
        (f"tgram://123456789:{SECRET}abcdefghijklmnopqrstuvwxyz12345/1234", "telegram", "<b>[CRITICAL]"),
        (f"json://127.0.0.1/{SECRET}", "json", '"hits_in_all": 1'),
        ("console://", "console", "╭─ CRITICAL"),
        (f"ntfy://{SECRET}@127.0.0.1/topic", "plain", "[CRITICAL]"),
    ],
    ids=lambda value: value if value.isalpha() else "",
)
def test_a_delivery_shows_its_message_in_the_form_of_its_service(database, watched_config, url, name, part):
    with page_client(database, config=with_destination(watched_config, url)) as client:
        shown = client.get("/deliveries/1").text
    assert f"for {name}</h2>" in shown
    assert part in unescape(shown)
    assert part == unescape(part) or part not in shown
    assert SECRET not in shown


@pytest.mark.parametrize("url", ["nothing://x", "slack://a"])
def test_an_address_that_cannot_be_used_says_so(database, watched_config, url):
    with page_client(database, config=with_destination(watched_config, url)) as client:
        shown = client.get("/deliveries/1")
    assert shown.status_code == 200
    assert "Only plain text:" in shown.text


def test_a_destination_that_is_gone_shows_plain_text(page):
    shown = page.get("/deliveries/1").text
    assert "there is no destination slack any more" in shown
    assert "[CRITICAL]" in shown


@pytest.mark.parametrize("state", ["open", "pending", "dead", "dropped", "in flight", "sent"])
def test_each_state_has_a_list_with_its_deliveries(database, state):
    with open_writer(database) as db:
        number = put_delivery(db, put_hit(db, "9"), to="mail")
        changes = {
            "in flight": ", lease_until = '2026'",
            "sent": ", sent_at = due_at",
            "dead": ', end_reason = \'{"code": "recorded", "text": "x"}\'',
            "dropped": ', end_reason = \'{"code": "recorded", "text": "x"}\'',
        }
        db.execute(f"UPDATE deliveries SET state = ?{changes.get(state, '')} WHERE id = ?", (state, number))
    with page_client(database) as client:
        assert f'href="/deliveries/{number}"' in client.get(f"/deliveries?state={state}").text
        others = client.get("/deliveries?state=" + ("dead" if state != "dead" else "open")).text
        assert f'href="/deliveries/{number}"' not in others


def test_who_retries_a_delivery_is_in_the_log(database, caplog):
    caplog.set_level(logging.INFO, "monitor.daemon.operator_actions")
    with open_writer(database) as db:
        number = put_delivery(db, put_hit(db, "9"), to="mail")
        db.execute("UPDATE deliveries SET state = 'pending' WHERE id = ?", (number,))
    users = {"ana": WebUser("", is_editor=True)}
    settings = WebSettings(user_header="X-User", trusted_proxies=(ip_network("127.0.0.1/32"),), users=users)
    with page_client(database, settings) as client:
        assert client.post(f"/deliveries/{number}/retry", **{"X-User": "ana"}).status_code == 303
    (record,) = [r for r in caplog.records if r.message == "delivery retried by an operator"]
    assert record.values == {"delivery": number, "author": "ana"}
