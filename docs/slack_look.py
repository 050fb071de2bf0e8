"""Draw messages as Slack shows them, for the images of the documentation: Slack has no program that does it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

STYLE = """
body { margin: 0; padding: 16px 20px 4px; font: 15px/1.47 Lato, "DejaVu Sans", sans-serif; color: #1d1c1d }
.message { display: grid; grid-template-columns: 36px 1fr; gap: 10px; margin-bottom: 18px }
.picture { width: 36px; height: 36px; border-radius: 6px; background: #14171f; color: #fff; text-align: center;
  font-weight: 700; line-height: 36px }
.who b { margin-right: 4px } .who small { color: #616061 }
.app { font-size: 10px; background: #ddd; border-radius: 2px; padding: 1px 3px; margin-right: 6px; color: #616061 }
.attachment { border-left: 4px solid; padding-left: 12px; border-radius: 2px }
.context { font-size: 13px; color: #616061; margin: 4px 0 }
.section { margin: 4px 0 }
blockquote { margin: 4px 0; padding-left: 12px; border-left: 4px solid #ddd }
a { color: #1264a3; text-decoration: none }
code { font: 12px/1.4 "DejaVu Sans Mono", monospace; color: #c01343; background: #f6f6f6; border: 1px solid #ddd;
  border-radius: 3px; padding: 1px 3px; overflow-wrap: anywhere }
"""
# https://docs.slack.dev/messaging/formatting-message-text
_LINK = re.compile(r"<([^<>|]+)\|([^<>]*)>")
_BARE_LINK = re.compile(r"<(https?:[^<>|]+)>")
_CODE = re.compile(r"`([^`]+)`")
_BOLD = re.compile(r"\*([^*\n]+)\*")


def slack_page(attachments: Iterable[Mapping[str, Any]], at: datetime) -> str:
    """Return a page of HTML with a message, sent *at* that time, for each attachment with ``color`` and ``blocks``."""
    messages = "".join(_message(attachment, at) for attachment in attachments)
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{messages}"


def _message(attachment: Mapping[str, Any], at: datetime) -> str:
    blocks = "".join(_block(block) for block in attachment["blocks"])
    return (
        "<div class=message><div class=picture>M</div><div>"
        f"<div class=who><b>crypto-news-monitor</b><span class=app>APP</span><small>{at:%H:%M}</small></div>"
        f"<div class=attachment style='border-color: {attachment['color']}'>{blocks}</div></div></div>"
    )


def _block(block: Mapping[str, Any]) -> str:
    texts: Sequence[Mapping[str, Any]] = block["elements"] if block["type"] == "context" else [block["text"]]
    return f"<div class={block['type']}>{''.join(_html(text['text']) for text in texts)}</div>"


def _html(mrkdwn: str) -> str:
    """Return the HTML of a text in Slack's mark-up, in which ``&``, ``<`` and ``>`` are escaped as in HTML."""
    text = _LINK.sub(r"<a href=#>\2</a>", _BARE_LINK.sub(r"<a href=#>\1</a>", mrkdwn))
    text = _BOLD.sub(r"<b>\1</b>", _CODE.sub(r"<code>\1</code>", text))
    lines = (f"<blockquote>{line[1:]}</blockquote>" if line.startswith(">") else line for line in text.split("\n"))
    return re.sub(r"<br>(?=<blockquote>)|(?<=</blockquote>)<br>", "", "<br>".join(lines))
