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
from support.patience import PATIENCE_S
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

# loads each mail in a frame of each width and measures it: its width, its background, and the worst contrast of a
# text (WCAG 2.2, 1.4.3)
LOOK = """<!doctype html><meta charset="utf-8"><style>
:root{color-scheme:light dark}iframe{height:900px;border:0}</style><body><script>
const parts = c => c.match(/[\\d.]+/g).map(Number)
const light = c => { const [r, g, b] = parts(c).map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  return .2126 * r + .7152 * g + .0722 * b }
const ground = e => { const c = getComputedStyle(e).backgroundColor
  return parts(c)[3] === 0 ? ground(e.parentElement) : c }
const mails = MAILS, widths = WIDTHS, seen = []
const measure = (frame, width) => { const page = frame.contentDocument, texts = []
  for (const e of page.body.querySelectorAll("*")) {
    const own = [...e.childNodes].filter(n => n.nodeType === 3 && n.data.trim()).map(n => n.data).join("")
    if (!own) continue
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x)
    texts.push([(a + .05) / (b + .05), own.slice(0, 40)]) }
  texts.sort((x, y) => x[0] - y[0])
  seen.push({width, wide: page.documentElement.scrollWidth, worst: texts[0],
    ground: getComputedStyle(page.body).backgroundColor})
  if (seen.length === mails.length * widths.length) document.title = JSON.stringify(seen) }
for (const mail of mails) for (const width of widths) {
  const frame = document.createElement("iframe")
  frame.style.width = `${width}px`
  frame.srcdoc = mail
  frame.onload = () => measure(frame, width)
  document.body.append(frame) }
</script>"""


def measured(mails, folder, *, widths, dark):
    """Return what one start of a browser measures of each mail in a window of each width."""
    page = folder / "page.html"
    listed = json.dumps(mails).replace("</", "<\\/")
    page.write_text(LOOK.replace("WIDTHS", str(widths)).replace("MAILS", listed), encoding="utf-8")
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    command = [CHROMIUM, *QUIET, scheme, f"--user-data-dir={folder / 'profile'}", "--dump-dom", page.as_uri()]
    seen = subprocess.run(command, capture_output=True, timeout=5 * PATIENCE_S, check=True).stdout.decode()
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
def test_a_mail_fits_its_window_and_is_readable(mails, tmp_path, dark):
    found = measured(mails, tmp_path, widths=[380, 800], dark=dark)
    assert len(found) == 2 * len(mails)
    for seen in found:
        assert seen["wide"] == seen["width"]
        assert seen["worst"][0] >= 4.5, seen["worst"]
        assert seen["ground"] == ("rgb(15, 17, 21)" if dark else "rgb(244, 245, 247)")


def test_a_mail_loads_nothing_from_the_network(mails):
    for html in mails:
        assert not re.search(r"<(img|script|link|iframe|object|embed|svg|form|input)\b|@import|url\(|@font-face", html)
