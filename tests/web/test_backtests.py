"""A backtest from the page: in a process of its own, one at a time, with progress."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.command_line import CONFIG
from support.page_client import page_client
from support.patience import until
from support.store_samples import NOW

from monitor.config import StorageSettings, WebSettings, WebUser
from monitor.store.active_files import ActiveFiles, save_active_files
from monitor.web import backtests
from monitor.web.access import NotPossibleError
from monitor.web.backtests import Backtest, Backtests

EDITED = CONFIG.replace("{url}", "http://127.4.0.9:9/feed").replace("Lazarus Group", "Nobody")


@pytest.fixture
def config(database, watched_config):
    config = replace(watched_config, storage=StorageSettings(database))
    texts = {str(config.path): config.path.read_text()}
    save_active_files(database, ActiveFiles(config.path, texts, {}))
    return config


def asked(text=EDITED, days=7):
    return Backtest("ana", days, text, NOW + timedelta(minutes=1))


async def ended(runner):
    await until(lambda: not runner.last.is_running)
    return runner.last


async def started(runner):
    await until(lambda: runner.last.process is not None)
    return runner.last.process


@pytest.mark.slow
async def test_the_hits_that_a_pasted_list_loses_are_reported(database, config):
    runner = Backtests()
    runner.start(database, asked())
    with pytest.raises(NotPossibleError, match="a backtest of ana is running"):
        runner.start(database, asked())
    found = await ended(runner)
    assert found.error == ""
    assert found.report["hits"] == {
        "before": 3, "after": 0, "gained": 0, "lost": 3, "severity_changed": 0, "rules_changed": 0,
        "severity_lowered": 0,
    }  # fmt: skip
    assert found.report["by_rule"][0]["lost"] == 3
    assert found.done == found.total == 3
    runner.start(database, asked("[actors"))
    assert "not TOML" in (await ended(runner)).error


@pytest.mark.slow
async def test_a_backtest_is_stopped_killed_in_time_and_ended_with_the_page(database, config, monkeypatch):
    runner = Backtests()
    runner.start(database, asked())
    await started(runner)
    runner.stop("bo")
    assert (await ended(runner)).error == "stopped by bo"
    monkeypatch.setattr(backtests, "LONGEST_S", 0.05)
    runner.start(database, asked())
    assert "took longer" in (await ended(runner)).error
    monkeypatch.setattr(backtests, "LONGEST_S", 60.0)
    runner.start(database, asked())
    process = await started(runner)
    await runner.close()
    await process.wait()
    assert not runner.last.is_running


async def test_a_process_that_says_nothing_is_reported(database, config, monkeypatch):
    monkeypatch.setattr(backtests, "_COMMAND", ("-c", "print('no json')"))
    runner = Backtests()
    runner.start(database, asked())
    assert "failed" in (await ended(runner)).error
    monkeypatch.setattr(backtests, "_COMMAND", ("-c", ""))
    runner.start(database, asked())
    assert "without a result" in (await ended(runner)).error


async def test_the_process_gets_no_secret_of_the_environment(database, config, monkeypatch):
    monkeypatch.setenv("CHAT_URL", "canarytoken")
    code = "import json, os; print(json.dumps({'error': str(sorted(os.environ))}))"
    monkeypatch.setattr(backtests, "_COMMAND", ("-c", code))
    runner = Backtests()
    runner.start(database, asked())
    assert "CHAT_URL" not in (await ended(runner)).error


@pytest.mark.parametrize("form", [{}, {"text": " ", "days": "7"}, {"text": "x"}, {"text": "x", "days": "365"}], ids=str)
def test_a_form_without_list_or_days_is_explained(page, form):
    assert page.post("/watchlist/backtest", form).status_code == 400


def test_the_page_shows_progress_and_result(database, config, monkeypatch):
    with page_client(database, config=config) as client:
        state = client.client.app._app.state.backtests
        assert "The list, as TOML" in client.get("/watchlist/backtest").text
        state.last = asked("<script>")
        state.last.done, state.last.total = 50, 200
        shown = client.get("/watchlist/backtest").text
        assert '<meta http-equiv="refresh" content="2">' in shown
        assert "50 of 200 texts" in shown
        part = client.get("/watchlist/backtest/progress", **{"HX-Request": "true"})
        assert "25 %" in part.text
        assert "hx-refresh" not in part.headers
        state.last.is_running, state.last.error = False, "line 1: wrong <b>"
        part = client.get("/watchlist/backtest/progress", **{"HX-Request": "true"})
        assert part.headers["hx-refresh"] == "true"
        shown = client.get("/watchlist/backtest").text
        assert "wrong &lt;b&gt;" in shown
        assert "&lt;script&gt;" in shown
        assert client.get("/watchlist/backtest/progress").status_code == 303


def test_only_an_editor_compares_lists(database, config):
    with page_client(database, WebSettings(users={"bo": WebUser("$argon2id$x")}), config=config) as client:
        assert client.get("/watchlist/backtest").status_code == 303
        for path in ("/watchlist/backtest", "/watchlist/backtest/stop"):
            assert client.post(path, {"text": "x", "days": "7"}).status_code == 401
            assert client.client.post(path, data={"text": "x"}).status_code == 403  # without the headers of the page
