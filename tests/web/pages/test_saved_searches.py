from __future__ import annotations

import re
from html import unescape

import pytest
from support.page_client import page_client

from monitor.config import WebSettings, WebUser
from monitor.daemon.operator_actions import DeleteSearch, SaveSearch
from monitor.store import saved_searches


def saved(page):
    """Return name and address of the saved searches on the list of hits."""
    shown = page.get("/?since=all").text
    return [
        (unescape(name), unescape(link))
        for link, name in re.findall(r'<a href="(/\?[^"]*)"[^>]* title="saved by[^>]*><span>(.*?)</span>', shown)
    ]


def test_a_search_is_saved_with_its_author_shown_and_deleted(page):
    form = {"title": "Big thefts", "query": "q=%22Lazarus+Group%22&severity=critical&since=all&before=x&done=y"}
    answer = page.post("/searches", form)
    assert answer.status_code == 303
    kept = "q=%22Lazarus+Group%22&severity=critical&since=all"
    assert page.done == [SaveSearch("Big thefts", kept, "page")]
    assert saved(page) == [("Big thefts", f"/?{kept}")]
    assert page.get(f"/?{kept}").status_code == 200
    page.post("/searches", form | {"query": "q=x"})
    assert saved(page) == [("Big thefts", "/?q=x")]  # the same name: replaced
    assert page.post("/searches/1/delete").status_code == 303
    assert page.done[-1] == DeleteSearch(1, "page")
    assert saved(page) == []
    assert page.post("/searches/1/delete").status_code == 409


@pytest.mark.parametrize(
    "form",
    [{}, {"title": "x"}, {"query": "q=x"}, {"title": " ", "query": "q=x"}, {"title": "x", "query": "next=//evil"}],
    ids=str,
)
def test_a_search_needs_a_name_and_a_filter(page, form):
    assert page.post("/searches", form).status_code == 409
    assert saved(page) == []


def test_hostile_names_and_queries_stay_text(page):
    hostile = '"><script>alert(1)</script>'
    page.post("/searches", {"title": hostile, "query": f"q={hostile}"})
    assert saved(page)[0][0] == hostile
    assert "<script>alert" not in page.get("/?since=all").text


def test_a_hundred_searches_are_enough(page, monkeypatch):
    assert saved_searches.MAX_SAVED == 100
    monkeypatch.setattr(saved_searches, "MAX_SAVED", 3)
    for number in range(3):
        assert page.post("/searches", {"title": f"{number}", "query": "q=x"}).status_code == 303
    assert page.post("/searches", {"title": "one more", "query": "q=x"}).status_code == 409
    assert page.post("/searches", {"title": "2", "query": "q=y"}).status_code == 303


def test_a_viewer_cannot_save_or_delete(database):
    with page_client(database, WebSettings(users={"bo": WebUser("$argon2id$x")})) as client:
        for path in ("/searches", "/searches/1/delete"):
            assert client.post(path, {"title": "x", "query": "q=x"}).status_code == 401
