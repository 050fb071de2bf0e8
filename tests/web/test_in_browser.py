"""The page in a real browser: no fault, no violation of the policy, nothing that assistive technology cannot use."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from support.page_client import make_database
from support.patience import PATIENCE_S
from support.store_samples import JUDGEMENT, NOW, entry, put_entry, put_hit

from monitor import clock
from monitor.config import Config, StorageSettings, WebSettings
from monitor.daemon.operator_actions import perform_action
from monitor.model import Text
from monitor.store import open_writer, write
from monitor.store.hits import NewHit, add_hit
from monitor.watchlist import compile_watchlist
from monitor.web.access import Access, ReaderPool
from monitor.web.server import serving

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no chromium on this machine"),
]

PAGES = (
    "/?since=all", "/hits/1", "/stories/1", "/actors", "/actors/lazarus", "/feeds", "/deliveries", "/deliveries/1",
    "/silences", "/watchlist", "/audit?since=2026-01-01", "/status", "/sign-in", "/nothing", "/hits/1/acknowledge",
    "/hits/1/mute", "/watchlist/backtest", "/watchlist/versions", "/deliveries?state=open", "/feeds/desk",
)  # fmt: skip


# what sticks out of the page to the right, and is not scrolled inside of it
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
        .map(e => e.outerHTML.slice(0, 100)).slice(0, 5)"""


@contextmanager
def served(config: Config) -> Iterator[str]:
    """Serve the page in a thread of its own, and yield its address."""
    database = config.storage.path
    address: list[str] = []
    started, stop = threading.Event(), threading.Event()

    async def act(action):
        with open_writer(database) as db, write(db):
            return perform_action(db, action, NOW)

    async def status():
        return None

    async def watchlist():
        return compile_watchlist(config)

    async def serve() -> None:
        access = Access(lambda: config, ReaderPool(database), act, status, watchlist, clock.now)
        async with serving(access, lambda: WebSettings(port=0)) as found:
            address.append(found)
            started.set()
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert started.wait(PATIENCE_S)
        yield address[0]
    finally:
        stop.set()
        thread.join()


@pytest.fixture(scope="module")
def site(tmp_path_factory, watched_config):
    database = tmp_path_factory.mktemp("browser") / "monitor.db"
    make_database(database, hits=30)
    with served(replace(watched_config, storage=StorageSettings(database))) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@contextmanager
def tab(browser, *, width=1400, scheme="light", script=True, zone="UTC"):
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        java_script_enabled=script,
        timezone_id=zone,
        locale="en-GB",
    )
    context.set_default_timeout(PATIENCE_S * 1000)
    page = context.new_page()
    page.faults = []
    page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    try:
        yield page
    finally:
        context.close()


@pytest.mark.parametrize(("width", "scheme"), [(400, "light"), (1400, "dark")])
def test_every_page_fits_and_has_no_fault(site, browser, width, scheme):
    with tab(browser, width=width, scheme=scheme) as page:
        for path in PAGES:
            page.goto(site + path)
            assert page.evaluate(TOO_WIDE) == [], path
            serious = [
                (found["id"], [node["html"][:120] for node in found["nodes"]][:3])
                for found in Axe().run(page).response["violations"]
                if found["impact"] in ("serious", "critical")
            ]
            assert not serious, (path, serious)
        assert [fault for fault in page.faults if "404" not in fault] == []


def test_triage_swaps_the_card_without_a_reload(site, browser):
    with tab(browser) as page:
        page.goto(f"{site}/?since=all")
        page.evaluate("window.same = true")
        page.locator("#hit-30 button[value=noise]").click()
        page.locator("#hit-30.is-noise").wait_for()
        assert page.evaluate("window.same")
        assert page.faults == []


def test_bulk_triage_needs_no_reload_and_says_what_was_done(site, browser):
    with tab(browser) as page:
        page.goto(f"{site}/?since=all")
        page.evaluate("window.same = true")
        page.locator("#bulk button[value=ack]").click()
        page.locator("#message .problem", has_text="select at least one hit").wait_for()
        page.locator("#select-all").click()
        page.locator("#bulk button[value=ack]").click()
        page.locator("#message .done", has_text="25 hits marked as ack").wait_for()
        page.locator(".is-ack").nth(24).wait_for()
        assert page.evaluate("window.same")


def test_the_focus_stays_on_the_card_that_was_triaged(site, browser):
    with tab(browser) as page:
        page.goto(f"{site}/?since=all")
        page.locator("#hit-20 button[value=relevant]").focus()
        page.keyboard.press("Enter")
        page.locator("#hit-20.is-relevant").wait_for()
        page.wait_for_function("document.activeElement.id === 'hit-20'")
        page.keyboard.press("j")
        page.wait_for_function("document.activeElement.id === 'hit-19'")


def test_hits_are_filtered_by_actor_on_a_phone(site, browser):
    with tab(browser, width=400) as page:
        page.goto(f"{site}/?since=all")
        actor = page.locator("aside a[href*='actor=lazarus']")
        assert not actor.is_visible()
        page.locator("label[for=show-filters]").click()
        actor.click()
        page.wait_for_url("**actor=lazarus*")
        page.locator("aside a[href*='severity=']").first.wait_for()  # they stay open


def test_times_are_in_the_zone_of_the_reader(site, browser):
    with tab(browser, zone="Asia/Tokyo") as page:
        page.goto(f"{site}/audit?since=2026-01-01")
        time = page.locator("td time").first
        at = page.evaluate("new Date(document.querySelector('td time').dateTime).getUTCHours()")
        assert f"{(at + 9) % 24:02}:" in time.inner_text()
        assert time.get_attribute("datetime") in time.get_attribute("title")


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory, watched_config):
    database = tmp_path_factory.mktemp("hostile") / "monitor.db"
    with open_writer(database) as db:
        texts = ("x" * 5000, "\u0647\u0627\u0643\u0631 " * 40, "\u5317\u671d\u9bae" * 300, "\U0001f9e8" * 500)
        for number, text in enumerate(texts, 1):
            put_hit(db, f"x{number}")
            with write(db):
                item = replace(entry(str(number)), text=Text(text, text, text), outlet=text, author=text)
                names = (("lazarus", text),)
                add_hit(db, NewHit(put_entry(db, item), 1, JUDGEMENT, NOW, 1, names=names, notes=(text,)))
    with served(replace(watched_config, storage=StorageSettings(database))) as address:
        yield address


@pytest.mark.parametrize("width", [400, 1600])
def test_long_words_and_other_scripts_stay_inside_the_page(hostile_site, browser, width):
    with tab(browser, width=width) as page:
        for path in ("/?since=all", "/hits/2", "/hits/4", "/stories/2", "/actors/lazarus", "/audit?since=2026-01-01"):
            page.goto(hostile_site + path)
            assert page.evaluate(TOO_WIDE) == [], path
        assert page.faults == []


def test_the_keyboard_is_enough(site, browser):
    with tab(browser) as page:
        page.goto(f"{site}/?since=all")
        for key in ("j", "j"):
            page.keyboard.press(key)
        assert page.locator(".hit.selected").get_attribute("id") == "hit-29"
        page.keyboard.press("r")
        page.locator("#hit-29.is-relevant").wait_for()
        page.keyboard.press("?")
        assert page.locator("#keys").is_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "q"
        page.locator("body").click(position={"x": 5, "y": 500})
        page.keyboard.press("k")
        page.keyboard.press("Enter")
        page.wait_for_url("**/hits/30")
        assert page.faults == []


def test_an_alert_is_acknowledged_and_muted_on_a_phone(site, browser):
    with tab(browser, width=400) as page:
        page.goto(f"{site}/hits/5/acknowledge")
        button = page.locator("main button")
        assert button.bounding_box()["y"] < 600  # without scrolling
        button.click()
        page.wait_for_url("**/hits/5?done=*")
        assert "hit #5: ack" in page.locator(".done").inner_text()
        page.goto(f"{site}/hits/5/mute")
        page.locator("main button").click()
        page.wait_for_url("**/silences?done=*")
        assert "muted from the alert of hit #5" in page.locator("main").inner_text()
        assert page.faults == []


def test_a_search_is_saved_and_deleted_by_keyboard(site, browser):
    with tab(browser) as page:
        page.goto(f"{site}/?since=all&q=lazarus")
        page.locator(".saved summary").focus()
        page.keyboard.press("Enter")
        page.locator("#search-title").focus()
        page.keyboard.type("All of Lazarus")
        page.keyboard.press("Enter")
        page.wait_for_url("**done=*")
        link = page.locator(".saved a", has_text="All of Lazarus")
        assert link.get_attribute("aria-current") == "true"
        page.locator(".saved button[aria-label^=Delete]").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/?done=*")
        assert page.locator(".saved a", has_text="All of Lazarus").count() == 0
        assert page.faults == []


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_backtest_ends_with_its_result(site, browser, script):
    with tab(browser, script=script) as page:
        page.goto(f"{site}/watchlist/backtest")
        page.locator("#text").fill("[actors")
        page.locator("main button").click()
        page.locator("pre[role=alert]").wait_for()
        assert page.faults == []


def test_the_audit_record_is_printed_with_its_period_and_whole_times(site, browser):
    with tab(browser) as page:
        page.goto(f"{site}/audit?since=2026-01-01")
        page.emulate_media(media="print")
        assert "Since 2026-01-01, until now; all destinations" in page.locator(".print-only").inner_text()
        for hidden in ("header.top", "main form", "main nav"):
            assert page.locator(hidden).count() == 0 or not page.locator(hidden).first.is_visible()
        shown = page.evaluate("getComputedStyle(document.querySelector('td time'), '::after').content")
        assert shown.startswith('"2026-11-22T')
        assert page.evaluate(TOO_WIDE) == []
        assert page.pdf(format="A4", landscape=True).startswith(b"%PDF")


def test_it_works_without_script(site, browser):
    with tab(browser, script=False) as page:
        page.goto(f"{site}/?since=all")
        page.locator("#hit-28 button[value=ack]").click()
        assert "hit #28: ack" in page.locator(".done").inner_text()
        page.locator("#hit-27 input[type=checkbox]").check()
        page.locator("#hit-26 input[type=checkbox]").check()
        page.locator("form.bulk button[value=relevant]").click()
        assert "2 hits marked as relevant" in page.locator(".done").inner_text()
        assert page.locator(".is-relevant").count() >= 2
