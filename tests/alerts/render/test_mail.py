"""The HTML of mails in a real browser: nothing overflows, contrast suffices, nothing is loaded."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from support.wordy_messages import wordy_message

from monitor.alerts.render.message_format import MessageFormat
from monitor.alerts.render.notification import RenderOptions, render
from monitor.model import Annotation, DeliveryKind, Message
from monitor.model.reason import Recorded

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")

QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars"),
)

# looks at a mail in a frame: how wide it is, its ground, and the worst contrast of a text (WCAG 2.2, 1.4.3)
LOOK = """<!doctype html><meta charset="utf-8"><style>
:root{color-scheme:light dark}iframe{width:WIDTHpx;height:900px;border:0}</style><iframe></iframe><script>
const parts = c => c.match(/[\\d.]+/g).map(Number)
const light = c => { const [r, g, b] = parts(c).map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  return .2126 * r + .7152 * g + .0722 * b }
const ground = e => { const c = getComputedStyle(e).backgroundColor
  return parts(c)[3] === 0 ? ground(e.parentElement) : c }
const frame = document.querySelector("iframe")
frame.onload = () => { const page = frame.contentDocument, texts = []
  for (const e of page.body.querySelectorAll("*")) {
    const own = [...e.childNodes].filter(n => n.nodeType === 3 && n.data.trim()).map(n => n.data).join("")
    if (!own) continue
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x)
    texts.push([(a + .05) / (b + .05), own.slice(0, 40)]) }
  texts.sort((x, y) => x[0] - y[0])
  document.title = JSON.stringify({wide: page.documentElement.scrollWidth, worst: texts[0],
    ground: getComputedStyle(page.body).backgroundColor}) }
frame.srcdoc = MAIL
</script>"""


def look_at(html, folder, *, width, dark):
    """Return what a browser measures of *html* in a window of that *width*."""
    page = folder / "page.html"
    mail = json.dumps(html).replace("</", "<\\/")
    page.write_text(LOOK.replace("WIDTH", str(width)).replace("MAIL", mail), encoding="utf-8")
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    command = [CHROMIUM, *QUIET, scheme, f"--user-data-dir={folder / 'profile'}", "--dump-dom", page.as_uri()]
    seen = subprocess.run(command, capture_output=True, timeout=60, check=True).stdout.decode()
    return json.loads(unescape(re.search("<title>(.*?)</title>", seen)[1]))


@pytest.fixture
def mails(make_hit, delivery):
    """Return an alert, a digest and a health message with every field filled."""
    text, other = "Lange Wörter 北朝鮮 Donaudampfschifffahrtsgesellschaftskapitän", "w" * 300
    alert, digest = (wordy_message(make_hit, delivery, (kind, 3, text, other)) for kind in ("alert", "digest"))
    digest = replace(digest, delivery=replace(digest.delivery, kind=DeliveryKind.DIGEST))
    health = Message(
        replace(delivery, kind=DeliveryKind.HEALTH),
        annotation=Annotation("Feed down", (Recorded("no answer"),), ("since 8",)),
    )
    return [
        render(
            m,
            RenderOptions(
                zone=ZoneInfo("UTC"),
                now=delivery.created_at,
                message_format=MessageFormat.MAIL,
                base_url="https://page.example",
            ),
        ).html
        for m in (alert, digest, health)
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [380, 800])
def test_a_mail_fits_its_window_and_is_readable(mails, tmp_path, width, dark):
    for html in mails:
        seen = look_at(html, tmp_path, width=width, dark=dark)
        assert seen["wide"] == width
        assert seen["worst"][0] >= 4.5, seen["worst"]
        assert seen["ground"] == ("rgb(15, 17, 21)" if dark else "rgb(244, 245, 247)")


def test_a_mail_loads_nothing_from_the_network(mails):
    for html in mails:
        assert not re.search(r"<(img|script|link|iframe|object|embed|svg|form|input)\b|@import|url\(|@font-face", html)
