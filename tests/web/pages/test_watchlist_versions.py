from __future__ import annotations

from datetime import timedelta

import pytest
from support.command_line import CONFIG
from support.page_client import page_client
from support.store_samples import NOW

from monitor.store import open_writer, write
from monitor.store.active_files import ActiveFiles
from monitor.store.watchlists import pack_configuration, store_configuration, watchlist_version
from monitor.web.pages import watchlist_versions

FIRST = CONFIG.replace("{url}", "http://127.4.0.9:9/feed")


@pytest.fixture
def history(database, tmp_path):
    """Return a function that stores a configuration as a version; version 1, of the hits, has no files."""

    def store(text, *, vocabulary=0):
        main = tmp_path / "config.toml"
        with open_writer(database) as db, write(db):
            files = ActiveFiles(main, {str(main): text}, {})
            number = store_configuration(db, pack_configuration(files), NOW)
            at = NOW - timedelta(hours=3)
            return watchlist_version(db, f"c{number}", at, vocabulary=vocabulary, configuration=number)

    watchlist_versions._known.clear()
    return store


def test_the_watchlist_page_lists_what_each_version_changed(database, history):
    history(FIRST)
    history(FIRST.replace('lazarus = ["Lazarus Group"', 'lazarus = ["Lazarus Group", "APT38"'))
    with page_client(database) as client:
        for path in ("/watchlist", "/watchlist/versions"):
            shown = client.get(path).text
            assert "actor lazarus: + &#34;APT38&#34;" in shown
            assert "3 h ago" in shown
            assert 'href="/watchlist/versions/3"' in shown


def test_the_page_of_a_version_shows_every_change_from_the_version_before(database, history):
    history(FIRST)
    number = history(FIRST.replace("$1M", "$2M").replace("[keywords]", '[keywords]\nhack = ["hack*"]'))
    with page_client(database) as client:
        shown = client.get(f"/watchlist/versions/{number}").text
        assert "What changed from" in shown
        assert '<td>keyword</td><td>hack</td><td class="long">added</td>' in shown
        assert "<td>rule</td><td>theft</td>" in shown


def test_versions_without_changes_in_the_watchlist_say_why(database, history):
    history(FIRST)
    history(FIRST, vocabulary=1)
    history(FIRST + "# a comment\n", vocabulary=1)
    history("[feeds", vocabulary=1)
    with page_client(database) as client:
        shown = [client.get(f"/watchlist/versions/{number}").text for number in range(1, 6)]
    assert "The first version" in shown[0]
    assert "without its files" in shown[1]
    assert "Other words were learned" in shown[2]
    assert "Only comments" in shown[3]
    assert "<main" in shown[4]


def test_learned_words_are_noted_only_where_they_differ(database, history):
    edited = FIRST.replace("$1M", "$2M")
    for text, vocabulary in ((FIRST, 0), (edited, 0), (FIRST, 1), (edited, 2)):
        history(text, vocabulary=vocabulary)
    with page_client(database) as client:
        noted = ["words were learned" in client.get(f"/watchlist/versions/{n}").text for n in range(3, 6)]
        again = ["words were learned" in client.get(f"/watchlist/versions/{n}").text for n in range(3, 6)]
    assert noted == again == [False, True, True]


def test_no_secret_is_shown(database, history, monkeypatch):
    monkeypatch.setenv("CHAT_URL", "slack://canarytoken1/canarytoken2")
    history(FIRST)
    number = history(FIRST.replace('"console://"', '"${CHAT_URL}"'))
    with page_client(database) as client:
        for path in ("/watchlist", "/watchlist/versions", f"/watchlist/versions/{number}"):
            shown = client.get(path).text
            assert "destination" in shown
            assert "canarytoken" not in shown


def test_hostile_names_are_shown_as_text(database, history):
    history(FIRST)
    number = history(FIRST.replace("Lazarus Group", "<script>alert(1)</script>"))
    with page_client(database) as client:
        for path in ("/watchlist", f"/watchlist/versions/{number}"):
            assert "<script>alert" not in client.get(path).text


def test_many_versions_are_paged_and_compared_in_a_bounded_time(database, history, monkeypatch):
    with open_writer(database) as db, write(db):
        for number in range(2, 121):
            watchlist_version(db, f"v{number}", NOW)
    history(FIRST)
    history(FIRST.replace("$1M", "$2M"))
    monkeypatch.setattr(watchlist_versions, "LONGEST_LISTING_S", -1.0)
    with page_client(database) as client:
        first = client.get("/watchlist/versions").text
        assert "compare with the version before" in first
        assert 'rel="next" href="/watchlist/versions?newest=72"' in first
        assert 'href="/watchlist/versions/72"' in client.get("/watchlist/versions?newest=72").text
        for wrong in ("x", "9" * 30, "²"):
            assert client.get(f"/watchlist/versions?newest={wrong}").status_code == 400


@pytest.mark.parametrize("number", ["99", "9" * 18, "9" * 19, "x"])
def test_a_version_that_is_not_there_is_a_clear_error(page, number):
    assert page.get(f"/watchlist/versions/{number}").status_code == 404


def test_a_hit_links_the_version_that_found_it(page):
    assert 'href="/watchlist/versions/1"' in page.get("/hits/1").text
    assert page.get("/watchlist/versions/1").status_code == 200
