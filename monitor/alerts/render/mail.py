"""Render a message as a mail: subject, HTML, and the headers that group all mails about a story into a thread.

The HTML is a table with inline styles and loads nothing. The inline styles are for light screens; the style sheet in
the head adds dark and narrow screens, for mail programs that support it. Apprise makes the plain-text part of the mail
from the HTML and drops link targets, so each important address is also visible as text, and each line is an element of
its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from monitor.alerts.content.message_content import (
    DetailLine,
    HitDetails,
    LineKind,
    MessageContent,
    SummaryGroup,
    SummaryLine,
)
from monitor.alerts.content.neutralise import neutralise
from monitor.alerts.content.page_links import separated
from monitor.alerts.content.text_runs import Markup, TextRun, TextRuns, to_markup
from monitor.alerts.render.documents import largest_that_fits, severity_colour
from monitor.alerts.render.running_text import MAX_FACT, MAX_SUMMARY_REASON
from monitor.model import Message, Notification, Severity

MAX_SUBJECT = 150
# bytes; Gmail cuts off what is longer: https://developers.google.com/workspace/gmail/design
MAX_HTML = 100_000

_DOMAIN = "crypto-news-monitor"


def render_mail(content: MessageContent, message: Message, plain: Notification) -> Notification:
    """Return a message as a mail.

    Args:
        content: What the mail says; hits that do not fit into MAX_HTML are only counted.
        message: The delivery, for the headers of the mail.
        plain: The message as plain text, for mail programs that show no HTML.
    """
    html = largest_that_fits(content, mail_html, lambda rendered: len(rendered.encode()) <= MAX_HTML)
    subject = neutralise(content.subject, MAX_SUBJECT)
    return Notification(subject, plain.body, html=html, headers=mail_headers(message, content.severity))


def mail_headers(message: Message, severity: Severity | None) -> tuple[tuple[str, str], ...]:
    """Return the headers that mark a mail as automatic (RFC 3834), set its importance and put it into a thread.

    All mails about a story refer to the same message id, which belongs to no mail. That is enough for a thread (RFC
    5256, algorithm REFERENCES), and the thread stays together if one of the mails is lost or deleted.
    """
    headers = [("Auto-Submitted", "auto-generated")]
    if severity is Severity.CRITICAL:
        headers.append(("Importance", "high"))
    if thread := thread_id(message):
        headers += [("References", thread), ("In-Reply-To", thread)]
    return tuple(headers)


def thread_id(message: Message) -> str:
    """Return the message id that all mails about a story refer to, as ``<story-12.duty-mail@crypto-news-monitor>``.

    It stays the same after a restart and differs between destinations. It is empty if the message is about no story or
    about several.
    """
    stories = {hit.story for hit in message.hits}
    if len(stories) != 1:
        return ""
    # an address has no two dots in a row (RFC 5322 section 3.2.3)
    name = message.delivery.destination.replace(".", "-")
    return f"<story-{stories.pop()}.{name}@{_DOMAIN}>"


_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_INK, _BODY, _SOFT, _LINE, _BLUE = "#171a21", "#344054", "#5b6472", "#e4e7ec", "#1f4fd1"
_BREAK = "word-break:break-word;overflow-wrap:anywhere"  # the first for Outlook and Gmail
_CODE = "font-family:Consolas,Menlo,monospace;font-size:12px"
_BUTTON = (
    "display:inline-block;background:#171a21;color:#ffffff;text-decoration:none;padding:8px 16px;border-radius:6px"
)
_BOX = "background:#fff6ed;border:1px solid #f9dbaf;border-radius:6px;padding:10px 14px;margin-top:20px"
_MAX_ADDRESS = 1600

# classes: p page, o outer cell, c card, n its inside, i ink, s soft, l link, b border, m mention, t button, w warning
_STYLE_SHEET = """
:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){.p{background:#0f1115!important}
.c{background:#191c22!important;border-right-color:#2c313a!important;border-bottom-color:#2c313a!important;
border-left-color:#2c313a!important}
.i{color:#eceef2!important}.s{color:#a3abb8!important}.l{color:#8fb0ff!important}.b{border-color:#3a414d!important}
.m{background:#6b5514!important;color:#fff3cf!important}.t{background:#eceef2!important;color:#171a21!important}
.w{background:#33260f!important;border-color:#6b4d1c!important}}
@media (max-width:480px){.o{padding:0!important}.c{border-radius:0!important}.n{padding:16px!important}}
""".replace("\n", "")


def _styled(tag: str, inner: str, style: str, classes: str = "") -> str:
    return f'<{tag} class="{classes}" style="{style}">{inner}</{tag}>' if inner else ""


def _anchor(text: str, link: str, style: str = f"color:{_BLUE}", classes: str = "l") -> str:
    return f'<a href="{escape(link)}" class="{classes}" style="{style}">{text}</a>'


def _escaped(text: str) -> str:
    return escape(text, quote=False)


MAIL = Markup(
    escape=_escaped,
    escape_operator_text=_escaped,
    code=lambda text: f'<span style="{_CODE}">{_escaped(text)}</span>',
    highlight='<b class="m" style="background:#ffe9a8;color:#171a21;border-radius:2px">{}</b>'.format,
    bold="<b>{}</b>".format,
    quote=str,
    link=_anchor,
    links_headlines=False,
)


def mail_html(content: MessageContent) -> str:
    """Return the content of a message as an HTML document for a mail."""
    parts = [_top(content), *(_details(hit, content) for hit in content.details), *map(_group, content.groups)]
    more = _soft(f"and {content.omitted} more") if content.omitted else ""
    return _document("".join([*parts, more, _closing(content)]), severity_colour(content.severity))


def _document(inside: str, colour: str) -> str:
    table = '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"'
    card = (
        "max-width:600px;table-layout:fixed;background:#ffffff;border-radius:8px;"
        f"border:1px solid {_LINE};border-top:4px solid {colour}"
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><style>{_STYLE_SHEET}</style></head>'
        f'<body class="p" style="margin:0;background:#f4f5f7">{table} class="p" style="background:#f4f5f7"><tr>'
        f'<td class="o" align="center" style="padding:20px 10px">{table} class="c" style="{card}"><tr>'
        f'<td class="n" align="left" style="padding:18px 24px 20px;color:{_BODY};{_FONT};{_BREAK}">{inside}</td>'
        "</tr></table></td></tr></table></body></html>"
    )


def _top(content: MessageContent) -> str:
    """Return the HTML of the head of a mail: severity, topic, amounts, cause, and how many hits have which severity.

    In a message with hits, facts such as "feed x is down" follow.
    """
    topic = _styled("b", _text(content.topic, 150), f"color:{_INK}", "i")
    # the label of a list of stories has no colour: each story has its own severity
    label = _badge(content.label, None if content.severity_counts else content.severity)
    top = _div(" ".join(filter(None, [label, topic, _chip(content.amounts)])), 14 if content.details else 18)
    counts = " ".join(_badge(f"{number} {severity.word}", severity) for severity, number in content.severity_counts)
    cause = _soft(_text(content.cause, MAX_FACT)) if content.cause != content.topic else ""
    return top + cause + _div(counts, 13, "margin:10px 0 4px") + _facts(content.facts_above_hits)


def _details(hit: HitDetails, content: MessageContent) -> str:
    several = f"border-top:1px solid {_LINE};margin-top:18px;padding-top:12px" if len(content.details) > 1 else ""
    return _styled("div", "".join(_detail_line(line, hit, content) for line in hit.lines), several, "b")


def _detail_line(line: DetailLine, hit: HitDetails, content: MessageContent) -> str:
    text = to_markup(line.runs, MAIL, _MAX_ADDRESS if line.kind is LineKind.LINK else line.limit)
    match line.kind:
        case LineKind.HIT_HEADING:
            return _div(_styled("b", text, f"color:{_INK}", "i"), 13)
        case LineKind.HEADLINE:
            return _headline(text, hit.link, 20, "margin:8px 0 3px")
        case LineKind.LINK:
            return _div(text, 12, "word-break:break-all;margin:0 0 3px")
        case LineKind.EXCERPT:
            style = f"border-left:3px solid {_LINE};margin:14px 0;padding:1px 0 1px 12px;color:{_BODY};line-height:1.5"
            return _styled("div", text, f"{style};font-size:15px", "b i")
        case LineKind.NEXT_STEPS:
            return _next_steps(line.runs)
        case LineKind.HIT_NUMBER:
            return _soft(text + _escaped(content.delivery_notes_text), 12)
    return _labelled(line.label, text) if line.label else _soft(text)


def _headline(text: str, link: str, size: int, style: str) -> str:
    ink = f"color:{_INK};text-decoration:none"
    shown = _anchor(text, link, ink, "i") if link else _styled("span", text, ink, "i")
    return _div(shown, size, f"font-weight:700;line-height:1.3;{style}")


def _labelled(label: str, text: str) -> str:
    """Return the HTML of a label and its text; the text's further lines are indented as far as its first."""
    head = _styled("span", f"{label}:", f"display:inline-block;min-width:62px;text-indent:0;color:{_SOFT}", "s")
    return _div(f"{head} {text}", 14, "padding-left:66px;text-indent:-66px;margin:4px 0", "i")


def _next_steps(runs: TextRuns) -> str:
    """Return the HTML of what to do next: buttons with their addresses as text, or commands to type."""
    links = [run for run in runs if run.link]
    if not links:
        return _soft(to_markup(runs, MAIL, MAX_FACT), 12, "margin:12px 0 2px")
    first = _anchor(_escaped(links[0].text), links[0].link, _BUTTON, "t")
    others = [_anchor(_escaped(run.text), run.link) for run in links[1:]]
    return _div(" &nbsp; ".join([first, *others]), 14, "margin:18px 0 12px") + _addresses(links)


def _addresses(links: Iterable[TextRun]) -> str:
    shown = [_anchor(_escaped(run.link), run.link, f"color:{_SOFT}", "s") for run in links]
    return "".join(_soft(address, 11, "word-break:break-all") for address in shown)


def _group(group: SummaryGroup) -> str:
    style = f"color:{_INK};font-weight:700;border-bottom:1px solid {_LINE};margin:20px 0 2px;padding-bottom:4px"
    return _div(_text(group.heading, 80), 15, style, "i b") + "".join(map(_summary_line, group.lines))


def _summary_line(line: SummaryLine) -> str:
    """Return the HTML of a story in a digest, beside a bar in the colour of its severity."""
    headline = _headline(_text(line.headline, 140), line.link, 15, "margin:0")
    head = " ".join(filter(None, [_badge(line.severity.word, line.severity), _chip(line.amounts)]))
    link = _anchor(_escaped(line.link), line.link, f"color:{_SOFT}", "s") if line.link else ""
    source = f"{_text(line.source, 160)}; hit #{line.hit}"
    reason = _text(line.reason, MAX_SUMMARY_REASON)
    style = f"border-left:4px solid {severity_colour(line.severity)};margin:12px 0;padding:0 0 0 12px"
    parts = [
        headline,
        _div(head, 12, "margin:3px 0"),
        _soft(source),
        _soft(reason),
        _soft(link, 11, "word-break:break-all"),
        _soft(to_markup(separated(line.page_links), MAIL, MAX_FACT), 13, "margin-top:3px"),
        # once more as text, since the text part keeps no link
        _soft(_escaped(" | ".join(run.link for run in line.page_links)), 11, "word-break:break-all"),
    ]
    return _styled("div", "".join(parts), style)


def _closing(content: MessageContent) -> str:
    heading = _div(f"<b>{_escaped(content.facts_heading)}:</b>", 14, "margin:0 0 2px", "i")
    style, classes = (_BOX, "w") if content.facts_heading else ("margin-top:12px", "")
    facts = (heading if content.facts_heading else "") + _facts(content.facts_below_hits)
    links = _next_steps(content.page_links) if content.page_links else ""
    notes = "" if content.details else _soft(_escaped(content.delivery_notes_text.strip()), 12, "margin-top:12px")
    return _styled("div", facts, style, classes) + links + notes


def _facts(facts: Iterable[str]) -> str:
    return "".join(_div(_text(fact, MAX_FACT), 14, "margin:3px 0", "i") for fact in facts)


def _text(text: str, limit: int) -> str:
    return to_markup((TextRun(text),), MAIL, limit)


def _div(inner: str, size: int, style: str = "", classes: str = "") -> str:
    return _styled("div", inner, f"font-size:{size}px;line-height:1.5;{style}", classes)


def _soft(inner: str, size: int = 13, style: str = "") -> str:
    return _div(inner, size, f"color:{_SOFT};{style}", "s")


def _badge(text: str, severity: Severity | None) -> str:
    ink = "#ffffff" if severity in (None, Severity.CRITICAL) else _INK
    style = f"display:inline-block;background:{severity_colour(severity)};color:{ink};border-radius:4px;padding:0 7px"
    return _styled("b", _escaped(text), f"{style};font-size:12px;line-height:1.6")


def _chip(amounts: str) -> str:
    style = f"display:inline-block;color:{_INK};border:1px solid #c9cfd9;border-radius:4px;padding:0 7px"
    return _styled("b", _text(amounts, 90), f"{style};font-size:12px;line-height:1.6", "i b")
