"""Write the images of the documentation: all screens of the web page, alerts and digests, from the data of the demo.

    python docs/screenshots.py              # all, or only some: python docs/screenshots.py web-status alert-mail

Needs Chromium and playwright. Look at each image before you commit it.
"""

from __future__ import annotations

import asyncio
import io
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, async_playwright
from slack_look import slack_page

from monitor import clock
from monitor.alerts.render.message_format import MessageFormat
from monitor.alerts.render.notification import RenderOptions, render
from monitor.cli.options import load_config
from monitor.cli.recorded import RecordedSites
from monitor.config import WebSettings, WebUser
from monitor.daemon.app import Daemon
from monitor.daemon.operator_actions import AddSilence, SaveSearch, Triage, perform_action
from monitor.model import NO_GROUP, Annotation, Delivery, DeliveryKind, DeliveryState, Message
from monitor.model.reason import DigestPeriod
from monitor.store.hits import load_hit
from monitor.store.messages import outlets_reporting
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
# name of the image, the kinds of the messages in it, their format, width, whether it is dark
ALERTS = (
    ("alert-slack", (DeliveryKind.ALERT, DeliveryKind.DIGEST), MessageFormat.SLACK, 720, False),
    ("alert-mail", (DeliveryKind.ALERT,), MessageFormat.MAIL, 640, False),
    ("digest-mail", (DeliveryKind.DIGEST,), MessageFormat.MAIL, 640, True),
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
            messages = await daemon.committer.do(lambda db: _messages(db, ids["hit"]))
            open_page = page_of(daemon, WebSettings(port=0))
            with_users = page_of(daemon, WebSettings(port=0, users=USERS))
            async with open_page as address, with_users as protected, async_playwright() as started:
                browser = await started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
                for name, path, width, is_dark in (shot for shot in SHOTS if not names or shot[0] in names):
                    start = protected if path == "/sign-in" else address
                    await _shoot(browser, start + path.format(**ids), name, width, is_dark)
                for name, kinds, style, width, is_dark in (one for one in ALERTS if not names or one[0] in names):
                    document = Path(folder) / f"{name}.html"
                    document.write_text(_document([messages[kind] for kind in kinds], style, sites))
                    await _shoot(browser, document.as_uri(), name, width, is_dark, whole=True)
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


def _messages(db, number: int) -> dict[DeliveryKind, Message]:  # type: ignore[no-untyped-def]
    """Return the alert about the hit *number*, and a digest of the newest hit of each story."""
    now = clock.now()
    newest = {}
    for row in db.execute("SELECT id FROM hits WHERE canary = 0 ORDER BY id").fetchall():
        hit = load_hit(db, row[0])
        newest[hit.story] = hit
    hits = {DeliveryKind.ALERT: [load_hit(db, number)], DeliveryKind.DIGEST: [*newest.values()]}
    period = Annotation(reasons=(DigestPeriod(now - timedelta(days=1), now),))
    return {
        kind: Message(
            Delivery(0, "soc", kind, NO_GROUP, DeliveryState.IN_FLIGHT, 1, now, now),
            tuple(chosen),
            outlets_reporting(db, [hit.story for hit in chosen]),
            period if kind is DeliveryKind.DIGEST else Annotation(),
        )
        for kind, chosen in hits.items()
    }


def _document(messages: list[Message], message_format: MessageFormat, sites: RecordedSites) -> str:
    """Return a page of HTML that shows *messages* as the service shows them."""
    now = clock.now()
    rendered = [render(m, RenderOptions(ZoneInfo("UTC"), now, message_format)) for m in messages]
    if message_format is MessageFormat.SLACK:
        return slack_page([notification.document for notification in rendered], now)
    html = rendered[0].html
    for name, url in sites.urls.items():
        html = html.replace(f"http://{urlsplit(url).netloc}", f"https://{name.replace('-', '')}.example")
    return html


async def _shoot(browser: Browser, address: str, name: str, width: int, is_dark: bool, *, whole: bool = False) -> None:
    context = await browser.new_context(
        viewport={"width": width, "height": 100 if whole else HEIGHT}, color_scheme="dark" if is_dark else "light"
    )
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    await page.goto(address)
    path = IMAGES / f"{name}.png"
    await page.screenshot(path=path, full_page=whole)
    await context.close()
    if path.stat().st_size > MAX_BYTES:
        raise SystemExit(f"{path}: {path.stat().st_size:,} bytes are too many")
    print(path)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
