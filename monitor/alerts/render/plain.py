"""A message as plain text: for ntfy, Mattermost, pagers, and whatever has no rendering of its own. Pure."""

from __future__ import annotations

from monitor.alerts.content.pieces import Dialect, Piece, units, written_within
from monitor.alerts.content.sheet import Sheet
from monitor.alerts.content.wording import shortened
from monitor.alerts.render.medium import Room
from monitor.alerts.render.running_text import body_text
from monitor.model import Notification

MAX_TITLE = 150  # mail servers refuse very long subjects, and nobody reads them


def _link(text: str, link: str) -> str:
    return link if text == link else f"{text}: {link}"


PLAIN = Dialect(
    text=str,
    own=str,
    code=shortened,
    marked="**{}**".format,
    strong=str,
    quote="  {}".format,
    link=_link,
    linked=False,
)


def render_plain(sheet: Sheet, room: Room) -> Notification:
    """Return *sheet* as plain text that fits into *room*; the one live address is that of the entry."""
    limit = min(MAX_TITLE, room.title or room.body // 2)
    title = written_within((Piece(sheet.title),), PLAIN, limit, limit)
    if room.title:
        return Notification(title, body_text(sheet, PLAIN, room.body) or title)
    body = body_text(sheet, PLAIN, room.body - units(title) - 1)
    return Notification("", f"{title}\n{body}".rstrip())
