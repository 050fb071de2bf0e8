"""From the links of an alert to an acknowledgement and a mute."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from argon2 import PasswordHasher
from support.page_client import page_client

from monitor.alerts.content.page_links import hit_links, page_link
from monitor.config import WebSettings, WebUser
from monitor.daemon.operator_actions import AddSilence, Triage

BASE = "https://monitor.example"
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("open sesame")
USERS = WebSettings(users={"ana": WebUser(HASH, is_editor=True), "bo": WebUser(HASH)})


def sign_in(client, name, target):
    return client.post("/sign-in", {"name": name, "password": "open sesame", "next": target})


@pytest.mark.parametrize("link", [run.link for run in (*hit_links(BASE, 1), *page_link(BASE))])
def test_each_link_of_an_alert_leads_to_a_page_and_changes_nothing(database, watched_config, link):
    with page_client(database, config=watched_config) as client:
        for _ in range(2):
            assert client.get(urlsplit(link).path).status_code == 200
        assert client.client.head(urlsplit(link).path).status_code == 200
    assert not client.done


def test_a_hit_is_acknowledged_with_the_one_button_of_its_page(page):
    shown = page.get("/hits/1/acknowledge").text
    assert shown.split("<main")[1].split("</main>")[0].count("<button") == 1
    answer = page.post("/hits/1/triage", {"triage": "ack", "next": "/hits/1"})
    assert answer.headers["location"].startswith("/hits/1?done=")
    assert page.done == [Triage(1, "ack", "page", "")]
    assert "Acknowledged by page" in page.get("/hits/1/acknowledge").text


def test_what_a_hit_is_about_is_muted_with_the_one_button_of_its_page(database, watched_config):
    with page_client(database, config=watched_config) as client:
        shown = client.get("/hits/1/mute").text
        assert shown.split("<main")[1].split("</main>")[0].count("<button") == 1
        assert '<option value="actor:lazarus">' in shown
        form = {"what": "actor:lazarus", "for": "4h", "why": "muted from the alert of hit #1"}
        assert client.post("/silences", form).status_code == 303
    assert client.done == [AddSilence("actor", "lazarus", 4 * 3600.0, form["why"], "page")]


def test_there_is_nothing_to_mute_when_the_watchlist_has_changed(page):
    shown = page.get("/hits/1/mute").text
    assert "nothing to mute" in shown
    assert "<form" not in shown.split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize("action", ["acknowledge", "mute"])
def test_signing_in_leads_on_to_the_link_that_was_opened(database, watched_config, action):
    target = f"/hits/1/{action}"
    with page_client(database, USERS, config=watched_config) as client:
        asked = client.get(target).headers["location"]
        assert asked == f"/sign-in?next=%2Fhits%2F1%2F{action}"
        assert f'value="{target}"' in client.get(asked).text
        assert sign_in(client, "ana", target).headers["location"] == target
        assert "<button" in client.get(target).text.split("<main")[1]


@pytest.mark.parametrize("action", ["acknowledge", "mute"])
def test_a_viewer_is_told_that_an_editor_is_needed(database, watched_config, action):
    with page_client(database, USERS, config=watched_config) as client:
        sign_in(client, "bo", "/")
        shown = client.get(f"/hits/1/{action}").text.split("<main")[1].split("</main>")[0]
        assert "an editor can" in shown
        assert "<form" not in shown


@pytest.mark.parametrize("action", ["acknowledge", "mute"])
def test_a_hit_that_retention_deleted_is_explained(page, action):
    answer = page.get(f"/hits/99/{action}")
    assert answer.status_code == 404
    assert "retention" in answer.text


def test_the_link_of_digests_of_earlier_versions_leads_to_the_list(page):
    assert page.get("/hits").headers["location"] == "/"
    assert page.get("/hits?since=all").headers["location"] == "/?since=all"
