"""Every screen of the page has a picture, docs/screenshots.py makes all pictures, and each is shown somewhere."""

from __future__ import annotations

import re

import pytest
from support.documentation import DOCS, PAGES

from monitor.web.pages import ROUTES

SCRIPT = (DOCS / "screenshots.py").read_text()
SHOTS = dict(re.findall(r'\("(web-[\w-]+)", "([^"?]+)[^"]*"', SCRIPT))
MESSAGES = set(re.findall(r'\("([\w-]+)", \(DeliveryKind', SCRIPT))
# answers that are no screen of their own: parts of one, redirects, and what programs read
NO_SCREEN = {"/hits", "/watchlist/backtest/progress", "/audit.csv", "/healthz", "/readyz"}
SCREENS = [r.path for r in ROUTES if "GET" in r.methods and not r.for_programs and r.path not in NO_SCREEN]


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_has_a_picture(screen):
    address = re.compile(re.sub(r"\{\w+(:\w+)?\}", r"[^/]+", screen))
    assert [name for name, path in SHOTS.items() if address.fullmatch(path)] != []


def test_every_picture_is_made_by_the_script():
    assert {path.stem for path in (DOCS / "img").glob("*.png")} == {*SHOTS, *MESSAGES}


def test_every_picture_is_shown_on_a_page():
    shown = {name for page in PAGES for name in re.findall(r"img/([\w.-]+)", page.read_text())}
    assert {path.name for path in (DOCS / "img").iterdir()} == shown
