"""Extract title and text of a web page. This runs in a worker process, because the input is untrusted."""

from __future__ import annotations

from lxml import html

from monitor.feeds.text.plain_text import clean_text
from monitor.model import Text

_LEFT_OUT = ("head", "script", "style", "noscript", "template")


def page_text(body: bytes) -> Text:
    """Return the title and the text (as ``content``) of an HTML page; both are empty if *body* is not HTML."""
    try:
        page = html.document_fromstring(body or b"<html/>", html.HTMLParser(encoding=_encoding(body), no_network=True))
    except (ValueError, html.etree.ParserError):  # for example, there is nothing but a comment
        return Text("")
    title = page.find(".//title")
    words = str(title.xpath("string()")) if title is not None else ""
    html.etree.strip_elements(page, *_LEFT_OUT, with_tail=False)
    return Text(clean_text(words), content=clean_text(html.tostring(page, encoding="unicode")))


def _encoding(body: bytes) -> str | None:
    """Return "utf-8" if *body* is valid UTF-8; else None: the parser then uses the charset that the page declares."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return None
    return "utf-8"
