"""Write the screenshots of all screens of the web page for the documentation, from the data of the demo.

    python docs/screenshots.py              # all, or only some: python docs/screenshots.py web-status web-mute

Needs Chromium and playwright. Look at each image before you commit it.
"""

from __future__ import annotations

import asyncio
import io
import shutil
import sys
import tempfile
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from monitor import clock
from monitor.cli.options import load_config
from monitor.cli.recorded import RecordedSites
from monitor.config import WebSettings, WebUser
from monitor.daemon.app import Daemon
from monitor.daemon.operator_actions import AddSilence, SaveSearch, Triage, perform_action
from monitor.web.beside_daemon import page_of

IMAGES = Path(__file__).parent / "img"
WIDTH, HEIGHT = 1200, 800
PHONE = 400
MAX_BYTES = 200_000
PATIENCE_MS = 120_000  # a busy machine
# name of the image, path of the page, width, whether it is dark
SHOTS = (
    ("web-hits", "/?since=all", WIDTH, False),
    ("web-hits-dark", "/?since=all", WIDTH, True),
    ("web-hit", "/hits/{hit}", WIDTH, False),
    ("web-story", "/stories/{story}", WIDTH, False),
    ("web-actors", "/actors", WIDTH, False),
    ("web-actor", "/actors/lazarus", WIDTH, False),
    ("web-feeds", "/feeds", WIDTH, False),
    ("web-feed", "/feeds/chain-post", WIDTH, False),
    ("web-deliveries", "/deliveries", WIDTH, False),
    ("web-delivery", "/deliveries/{delivery}", WIDTH, False),
    ("web-silences", "/silences", WIDTH, False),
    ("web-watchlist", "/watchlist", WIDTH, False),
    ("web-versions", "/watchlist/versions", WIDTH, False),
    ("web-version", "/watchlist/versions/1", WIDTH, False),
    ("web-backtest", "/watchlist/backtest", WIDTH, False),
    ("web-audit", "/audit", WIDTH, False),
    ("web-status", "/status", WIDTH, False),
    ("web-acknowledge", "/hits/{hit}/acknowledge", PHONE, False),
    ("web-mute", "/hits/{hit}/mute", PHONE, False),
    ("web-sign-in", "/sign-in", PHONE, False),
)
# the page has a form to sign in only if it has users
USERS = {"ana": WebUser("no hash, so nobody can sign in", is_editor=True)}


async def main(names: list[str]) -> None:
    """Run the demo's daemon, and photograph its page: the screens with these *names*, or all."""
    with tempfile.TemporaryDirectory() as folder, RecordedSites() as sites:
        config = _config(Path(folder), sites)
        async with Daemon(config, console=io.StringIO()) as daemon:
            for sites.edition in ("first", "second"):
                await daemon.poll_now()
                await daemon.deliver_all()
            ids = await daemon.committer.do(_prepare)
            open_page = page_of(daemon, WebSettings(port=0))
            with_users = page_of(daemon, WebSettings(port=0, users=USERS))
            async with open_page as address, with_users as protected, async_playwright() as started:
                browser = await started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
                for name, path, width, is_dark in (shot for shot in SHOTS if not names or shot[0] in names):
                    start = protected if path == "/sign-in" else address
                    await _shoot(browser, start + path.format(**ids), name, width, is_dark)
                await browser.close()


def _config(folder: Path, sites: RecordedSites):  # type: ignore[no-untyped-def]
    text = files("monitor.cli.recorded").joinpath("demo.toml").read_text()
    for name, url in sites.urls.items():
        text = text.replace(f"{{{name}}}", url)
    path = folder / "config.toml"
    path.write_text(text)
    config = load_config(path)
    return replace(config, storage=replace(config.storage, path=folder / "monitor.db"))


def _prepare(db) -> dict[str, int]:  # type: ignore[no-untyped-def]
    """Triage a few hits, save a search, silence an actor; return the hit, the story and the delivery to show."""
    now = clock.now()
    row = db.execute(
        "SELECT h.id, e.story_id FROM hits h JOIN entries e ON e.id = h.entry_id WHERE h.canary = 0 ORDER BY"
        " (SELECT count(*) FROM entries o WHERE o.story_id = e.story_id) DESC, h.severity DESC, h.id LIMIT 1"
    ).fetchone()
    others = [r[0] for r in db.execute("SELECT id FROM hits WHERE id <> ? ORDER BY id", (row[0],)).fetchall()]
    for number, word in zip(others, ("noise", "relevant", "relevant"), strict=False):
        perform_action(db, Triage(number, word, "ana", "known" if word == "noise" else ""), now)
    perform_action(db, SaveSearch("Critical, not triaged", "severity=critical&triage=none&since=all", "ana"), now)
    perform_action(db, AddSilence("actor", "lazarus", 3600.0, "campaign of last week", "ana"), now)
    delivery = db.execute("SELECT min(id) FROM deliveries").fetchone()[0]
    return {"hit": row[0], "story": row[1], "delivery": delivery}


async def _shoot(browser: Browser, address: str, name: str, width: int, is_dark: bool) -> None:
    context = await browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme="dark" if is_dark else "light"
    )
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    await page.goto(address)
    path = IMAGES / f"{name}.png"
    await page.screenshot(path=path)
    await context.close()
    if path.stat().st_size > MAX_BYTES:
        raise SystemExit(f"{path}: {path.stat().st_size:,} bytes are too many")
    print(path)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
