from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import lxml.html
import pytest
from support.page_client import make_database, page_client
from support.store_samples import JUDGEMENT, NOW, entry, put_entry, put_hit

from monitor.daemon.operator_actions import AddSilence, Drop, EndSilence, Retry, TriageMany
from monitor.model import RuleMatch, Severity, Text
from monitor.store import open_writer, write
from monitor.store.hits import NewHit, add_hit

PAGES = (
    "/", "/?since=all", "/?q=lazarus&severity=critical", "/hits/1", "/stories/1", "/feeds", "/deliveries",
    "/deliveries?state=sent", "/deliveries/1", "/silences", "/silences?actor=lazarus", "/audit", "/status", "/sign-in",
    "/actors", "/actors/lazarus", "/watchlist",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_shown(page, path):
    answer = page.get(path)
    assert answer.status_code == 200
    assert "<main" in answer.text


@pytest.mark.parametrize("path", ["/", "/feeds", "/deliveries", "/silences", "/audit", "/status"])
def test_an_empty_database_says_what_to_do(tmp_path, path):
    database = tmp_path / "monitor.db"
    make_database(database, hits=0)
    with page_client(database) as client:
        assert 'class="empty"' in client.get(path).text or path == "/status"


@pytest.mark.parametrize("path", ["/hits/99", "/stories/99", "/feeds/none", "/deliveries/99", "/nothing", "/hits/x"])
def test_what_is_not_there_is_a_clear_error(page, path):
    answer = page.get(path)
    assert answer.status_code == 404
    assert "there is no" in answer.text


@pytest.mark.parametrize("path", ["/hits/" + "9" * 20, "/stories/" + "9" * 19, "/deliveries/" + "9" * 40])
def test_a_number_beyond_the_database_is_no_fault(page, path):
    assert page.get(path).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "severity=x",
        "triage=x",
        "since=x",
        "until=x",
        "day=x",
        "q=since:x",
        "q=" + "a+" * 100,
        "before=x",
        "q=%00",
        "q=-",
        "day=9999-12-31",
        "before=2026-01-01T00:00:00_1",
        "before=2026-01-01T00:00:00%2B00:00_99999999999999999999",
        "before=0001-01-01T00:00:00%2B14:00_1",
    ],
)
def test_a_filter_that_cannot_be_read_is_explained(page, query):
    answer = page.get(f"/?{query}")
    assert answer.status_code in (200, 400)
    assert (answer.status_code == 400) == ('role="alert"' in answer.text)


def test_pages_follow_each_other_without_gaps(tmp_path):
    database = tmp_path / "monitor.db"
    make_database(database, hits=60)
    seen: list[str] = []
    with page_client(database) as client:
        path = "/?since=all"
        while path:
            text = client.get(path).text
            seen += re.findall(r'data-hit="(\d+)"', text)
            older = re.search(r'rel="next" href="([^"]+)"', text)
            path = unescape(older[1]) if older else ""
    assert seen == [str(number) for number in range(60, 0, -1)]


def test_triage_swaps_the_card_in_place_with_the_script_and_redirects_without(page):
    swapped = page.post("/hits/1/triage", {"triage": "noise", "why": "old news"}, **{"HX-Request": "true"})
    assert swapped.status_code == 200
    assert swapped.text.startswith("<article")
    plain = page.post("/hits/2/triage", {"triage": "ack", "next": "/?since=all"})
    assert plain.headers["location"].startswith("/?since=all&done=")
    assert [(a.id, a.triage, a.why) for a in page.done] == [(1, "noise", "old news"), (2, "ack", "")]


def test_many_hits_are_triaged_at_once(page):
    assert page.post("/hits/triage", {"id": ["1", "3"], "triage": "relevant"}).status_code == 303
    assert page.done == [TriageMany((1, 3), "relevant", "page", "")]  # one transaction
    assert page.post("/hits/triage", {"triage": "relevant"}).status_code == 400


def test_hits_that_retention_deleted_meanwhile_are_left_out_of_bulk_triage(page):
    answer = page.post("/hits/triage", {"id": ["1", "99"], "triage": "noise"})
    assert "1+hit+marked+as+noise+by+page%3B+1+hit+did+not+exist" in answer.headers["location"]
    assert 'aria-pressed="true">Noise' in page.get("/hits/1").text
    assert page.post("/hits/triage", {"id": ["98", "99"], "triage": "noise"}).status_code == 409


@pytest.mark.parametrize("word", ["", "x", "<b>"])
def test_an_unknown_triage_is_refused(page, word):
    assert page.post("/hits/1/triage", {"triage": word}).status_code == 400


def test_a_silence_is_made_and_ended(database, watched_config):
    with page_client(database, config=watched_config) as client:
        form = {"what": "actor:lazarus", "for": "4h", "why": "maintenance"}
        assert client.post("/silences", form).status_code == 303
        assert "maintenance" in client.get("/silences").text
        assert client.post("/silences/1/end").status_code == 303
        for wrong in ({"what": "actor:nobody"}, {"for": "long"}, {"why": " "}):
            assert client.post("/silences", form | wrong).status_code == 400
    first, second = client.done[:2]
    assert isinstance(first, AddSilence)
    assert isinstance(second, EndSilence)


def test_a_delivery_is_dropped_and_sent_again(page):
    assert page.post("/deliveries/1/drop", {"why": "test"}).status_code == 303
    assert page.post("/deliveries/1/retry").status_code == 303
    assert [type(action) for action in page.done] == [Drop, Retry]
    page.post("/deliveries/1/drop")
    assert page.post("/deliveries/1/drop").status_code == 409


def test_hostile_text_is_shown_as_text_on_every_page(tmp_path):
    database = tmp_path / "monitor.db"
    with open_writer(database) as db:
        for number, text in enumerate(HOSTILE, 1):
            put_hostile_hit(db, str(number), text)
    with page_client(database) as client:
        for path in ("/?since=all", "/hits/1", "/stories/1", "/audit", "/feeds"):
            assert not active_parts(client.get(path).text), path


def put_hostile_hit(db, key, text):
    put_hit(db, f"x{key}")  # the feed and a watchlist version
    with write(db):
        item = replace(entry(key), text=Text(text, text, text), link=text, outlet=text, author=text)
        rule = RuleMatch("any", Severity.HIGH, text, ("slack",))
        judgement = replace(JUDGEMENT, rules=(rule,))
        add_hit(db, NewHit(put_entry(db, item), 1, judgement, NOW, 1, names=(("lazarus", text),), notes=(text,)))


def active_parts(page):
    """Return everything in *page* that a browser would run or load from elsewhere."""
    found = []
    for element in lxml.html.document_fromstring(page).iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in ("iframe", "object", "embed", "img", "style", "base", "svg:script"):
            found.append(element.tag)
        if element.tag == "script" and (element.text or not element.get("src", "").startswith("/static/")):
            found.append("script")
        for name, value in element.items():
            if name.startswith("on") or name == "style":
                found.append(name)
            if name in ("href", "src", "action", "formaction") and not re.match(r"(/(?!/)|#|\?|https?://)", value):
                found.append(value)
    return found


HOSTILE = (
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onmouseover='alert(1)", "javascript:alert(1)"),
    *("</title></head><svg onload=alert(1)>", "{{ 7 * 7 }}", "{% raw %}", "<!-- x", "]]>", "&lt;script&gt;", "<mark>"),
    *("<a href=javascript:alert(1)>x</a>", "data:text/html,<script>alert(1)</script>", "=cmd|' /C calc'!A0"),
    *('https://evil.example/"onclick=alert(1)', "<iframe src=//evil.example>", "\u202eevil\u202c", "a" * 5000),
)


def test_the_check_for_active_parts_finds_them():
    page = '<p onclick="x()"><img src=x><script>1</script><a href="javascript:1">a</a><p style="x">'
    assert active_parts(page) == ["onclick", "img", "x", "script", "javascript:1", "style"]


def test_a_text_is_explained_by_the_active_watchlist(database, watched_config):
    with page_client(database, config=watched_config) as client:
        shown = client.post("/watchlist", {"text": "Lazarus Group stole $5M\n<b>x</b>"}).text
        assert "A hit" in shown
        assert "Lazarus Group" in shown
        assert "No hit" in client.post("/watchlist", {"text": "Nothing"}).text


def test_the_spellings_of_an_actor_have_their_precision(page):
    page.post("/hits/1/triage", {"triage": "relevant"})
    page.post("/hits/2/triage", {"triage": "noise"})
    shown = page.get("/actors/lazarus").text
    assert "50%" in shown


@pytest.mark.parametrize("path", ["/hits.json", "/hits.csv", "/hits.atom", "/api/v1/hits"])
@pytest.mark.parametrize("limit", ["0", "-1", "x", "10001", "000000001" + "9" * 20])
def test_a_limit_that_is_no_number_in_range_is_explained(page, path, limit):
    answer = page.get(f"{path}?limit={limit}")
    assert answer.status_code == 400
    assert "limit" in answer.text


@pytest.mark.parametrize("number", ["9" * 20, "9" * 5000, "-1", "\u0661", "1.5", ""])
def test_what_is_no_id_is_not_triaged(page, number):
    assert page.post("/hits/triage", {"id": [number], "triage": "ack"}).status_code == 400
    assert not page.done


def test_more_hits_than_a_page_has_are_not_triaged_in_part(page):
    ids = [str(number) for number in range(1, 500)]
    assert page.post("/hits/triage", {"id": ids, "triage": "ack"}).status_code == 400
    assert not page.done
    assert page.post("/hits/triage", {"id": ["1"] * 500, "triage": "ack"}).status_code == 303
    assert len(page.done) == 1


def test_a_reason_is_stored_on_one_line_without_invisible_characters(page):
    page.post("/hits/1/triage", {"triage": "ack", "why": "a\x00b\r\nc\u202ed"})
    assert page.done[0].why == "ab cd"


def test_a_link_of_another_site_cannot_say_what_was_done(page):
    said = "your session has expired"
    assert said in page.get(f"/?done={said}").text
    assert said in page.get(f"/?done={said}", **{"Sec-Fetch-Site": "same-origin"}).text
    for site in ("cross-site", "same-site", "none"):
        assert f'role="status">{said}' not in page.get(f"/?done={said}", **{"Sec-Fetch-Site": site}).text


def test_the_problems_of_a_watchlist_are_looked_for_once(database, watched_config, monkeypatch):
    looked = []
    monkeypatch.setattr("monitor.watchlist.lint_watchlist", lambda config: looked.append(config) or ())
    with page_client(database, config=watched_config) as client:
        for _ in range(3):
            assert client.get("/watchlist").status_code == 200
    assert len(looked) == 1


@pytest.mark.parametrize("path", ["/hits/1", "/actors/lazarus"])
def test_the_stories_of_an_actor_are_shown_by_day(page, path):
    shown = lxml.html.fromstring(page.get(path).text)
    (chart,) = shown.xpath("//svg[starts-with(@aria-label, 'Stories by day')]")
    assert f"{NOW:%Y-%m-%d}: " in "".join(chart.xpath(".//title/text()"))
