"""A message as Telegram's HTML. Pure."""

from __future__ import annotations

from monitor.alerts.content.neutralise import neutralise
from monitor.alerts.content.pieces import Piece, units, written
from monitor.alerts.content.sheet import Sheet
from monitor.alerts.render.markup import TELEGRAM
from monitor.alerts.render.plain import MAX_TITLE
from monitor.alerts.render.running_text import body_text
from monitor.model import Notification

MAX_TEXT = 4096  # https://core.telegram.org/bots/api#sendmessage, counted without the tags


def render_telegram(sheet: Sheet, plain: Notification) -> Notification:
    """Return *sheet* as one message of at most 4096 units, tags counted too, since Apprise counts them."""
    title = f"<b>{written((Piece(sheet.title),), TELEGRAM, MAX_TITLE)}</b>"
    room = MAX_TEXT - units(title) - 1
    text = f"{title}\n{body_text(sheet, TELEGRAM, room)}".rstrip()
    # Apprise makes two characters of each line end
    while (over := units(text) + text.count("\n") - MAX_TEXT) > 0:
        room -= over
        text = f"{title}\n{body_text(sheet, TELEGRAM, room)}".rstrip()
    return Notification(neutralise(sheet.title, MAX_TITLE), plain.body, html=text)
