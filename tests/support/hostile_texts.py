"""Texts that a stranger may write, and what of them is live in the payload that a service is given."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from email.message import EmailMessage
from html.parser import HTMLParser

LINK = "https://news.example/a"

FRAGMENTS = (
    *("@everyone", "@here", "@channel", "@all", "@room", "<!channel>", "<!here|x>", "<!everyone>", "<@U024BE7LH>"),
    *(
        "<@&4711>",
        "<@!4711>",
        "<#C024BE7LR>",
        "<!subteam^S1>",
        "<!date^1^{date}|x>",
        "<t:1:R>",
        "<a:b:1>",
        "<users/all>",
    ),
    *("[click](https://evil.example/x)", "![x](https://evil.example/p.png)", "<https://evil.example|bank>", "](", "[["),
    *(
        "https://evil.example/",
        "http://198.51.100.7/x",
        "evil.example",
        "www.evil.example",
        "198.51.100.7",
        "a@evil.example",
    ),
    *("javascript:alert(1)", "mailto:a@evil.example", "tg://user?id=1", "tel:+1555", "#hashtag", "/start", "$SCAM"),
    *(
        "<b>",
        "</b>",
        "<script>alert(1)</script>",
        '<img src="https://evil.example/p.png">',
        "<a href='x'>",
        "<at>Ana</at>",
    ),
    *(
        "&lt;b&gt;",
        "&amp;",
        "&#60;",
        "]]>",
        "<!--",
        "<style>",
        "<x\\y>",
        "\\",
        "\\n",
        "`",
        "```",
        "*",
        "**",
        "_",
        "~~",
        "||",
    ),
    *("{{app_body}}", "{{ app_title }}", "{{DATE(2026-01-01T00:00:00Z,SHORT)}}", "${x}", "@{x}", "%s", "{0}"),
    *(
        "\r\nBcc: a@evil.example\r\n\r\n",
        "\r\n.\r\nMAIL FROM:<a@evil.example>",
        "\nSubject: x",
        "\u2028",
        "\u0085",
        "\x0b",
        "\t",
    ),
    *("\u202e", "\u200b", "\ufeff", "\x00", "\x07", "\x1b[31m", "\ud800", "\udfff", "\U000e0041", "=?utf-8?q?x?="),
    *(
        "北朝鮮",
        "🇰🇵",
        "👩\u200d💻",
        "e\u0301",
        "é",
        "٣",
        "> quote",
        "# head",
        "- item",
        "1. one",
        "'; DROP",
        '"',
        "'",
        ":skull:",
    ),
    *("Night Heron", "drained", "$40M", "from", "a", "bridge"),
)


def hostile_texts(number: int, seed: int = 7) -> list[str]:
    """Return so many texts, the same each time; each fragment stands alone in one of them."""
    dice = random.Random(seed)
    mixed = (
        dice.choice(("", " ", "\u200b")).join(dice.choices(FRAGMENTS, k=dice.randint(2, 12)))
        for _ in range(number - len(FRAGMENTS))
    )
    return [*FRAGMENTS, *mixed][:number]


def lively(text: str, *, but: str = LINK) -> Iterator[str]:
    """Yield what any service would act on in *text*, the address *but* left out."""
    text = text.replace(but, "")
    yield from re.findall(r"@\w+|<[^>]*>|\]\([^)]*\)|\w+://\S*|\{\{", text)
    yield from re.findall(r"\w+\.[a-z]{2,}\b|\b\d{1,3}(?:\.\d{1,3}){3}\b", text)
    yield from re.findall(
        r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\u202a-\u202e\ud800-\udfff]", text.replace("\r\n", "\n")
    )


def strings(value: object) -> Iterator[str]:
    """Yield every text in a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def live_in_slack(body: bytes) -> list[str]:
    """Return what is live in a payload for Slack: tokens in angle brackets other than the entry's own link."""
    (attachment,) = json.loads(body)["attachments"]
    texts = [attachment["fallback"]]
    for block in attachment["blocks"]:
        for text in (block["text"],) if block["type"] == "section" else block["elements"]:
            assert text["verbatim"] is True
            texts.append(re.sub(rf"<{re.escape(LINK)}\|([^<>|]*)>", r"\1", text["text"]).replace("&amp;", "&"))
    return [found for text in texts for found in lively(text)]


def live_in_discord(body: bytes) -> list[str]:
    """Return what is live in a payload for Discord, after what is escaped there."""
    payload = json.loads(body)
    assert payload["allowed_mentions"] == {"parse": []}
    for embed in payload["embeds"]:
        assert embed.pop("url", LINK) == LINK
    payload.pop("avatar_url", None)
    shown = [re.sub(r"\\[^\w\s]", "", text.replace(f"]({LINK})", "]")) for text in strings(payload)]
    marks = [mark for text in shown for mark in re.findall(r"\|\||~~|```", text)]
    return marks + [found for text in shown for found in lively(text)]


def live_in_html(text: str, tags: set[str]) -> list[str]:
    """Return what is live in HTML: tags that are not among *tags*, other addresses, and what is live in its text."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            found.extend([tag] if tag not in tags else [])
            found.extend(value for name, value in attrs if name in ("src", "background", "srcset") or name[:2] == "on")
            found.extend([given["href"]] if given.get("href", LINK) != LINK else [])
            self.in_style = tag == "style"

        def handle_data(self, data: str) -> None:
            found.extend(lively(data) if not self.in_style else ())
            self.in_style = False

        def handle_comment(self, data: str) -> None:
            found.append(data)

    Reader().feed(text)
    return found


def live_in_telegram(body: bytes) -> list[str]:
    """Return what is live in a payload for Telegram: its links need no scheme, and tags and commands are links."""
    payload = json.loads(body)
    assert payload["parse_mode"] == "HTML"
    shown = re.sub(r"<[^>]*>", "", payload["text"])
    return live_in_html(payload["text"], {"a", "b", "code", "blockquote"}) + re.findall(r"[#$/][^\W\d]\w*", shown)


def live_in_teams(body: bytes) -> list[str]:
    """Return what is live in a payload for Teams: anything in a text that is not a run, and other addresses."""
    (attachment,) = json.loads(body)["attachments"]
    card = attachment["content"]
    assert "entities" not in card["msteams"]
    runs = [run for block in card["body"] for run in block["inlines"]]
    assert {run["type"] for run in runs} == {"TextRun"}
    links = [run["selectAction"]["url"] for run in runs if "selectAction" in run]
    return [link for link in links if link != LINK] + [found for run in runs for found in lively(run["text"])]


def live_in_texts(body: bytes) -> list[str]:
    """Return what is live in the texts of a payload that is JSON; facts under ``alert`` are data."""
    payload = json.loads(body)
    for data in ("alert", "icon_url"):
        payload.pop(data, None)
    return [found for text in strings(payload) for found in lively(text)]


def live_in_mail(mail: EmailMessage) -> list[str]:
    """Return what is live in a mail: in its subject, in its text part, in its HTML."""
    tags = {*("html", "head", "meta", "style", "body", "table", "tr", "td", "div", "a", "b", "span")}
    html = mail.get_body(("html",)).get_content()
    text = mail.get_body(("plain",)).get_content()
    return [*lively(mail["subject"]), *lively(text), *live_in_html(html.replace("<!doctype html>", ""), tags)]
