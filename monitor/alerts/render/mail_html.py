"""The HTML of a mail: a table, inline styles, nothing that is fetched from anywhere. Pure.

Inline styles are for light; the style sheet in the head holds what dark and narrow screens need, for the programs
that read it. Apprise makes the text part of a mail out of its HTML and drops where links lead: so each address that
matters stands there as text too, and each line of the text is an element of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from monitor.alerts.content.pieces import Dialect, Piece, Pieces, written
from monitor.alerts.content.sheet import Card, Group, Line, Part, Row, Sheet
from monitor.alerts.render.colours import colour_of
from monitor.alerts.render.running_text import MAX_FACT
from monitor.model import Severity

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_INK, _BODY, _SOFT, _LINE, _BLUE = "#171a21", "#344054", "#5b6472", "#e4e7ec", "#1f4fd1"
_BREAK = "word-break:break-word;overflow-wrap:anywhere"  # the first for Outlook and Gmail
_CODE = "font-family:Consolas,Menlo,monospace;font-size:12px"
_BUTTON = (
    "display:inline-block;background:#171a21;color:#ffffff;text-decoration:none;padding:8px 16px;border-radius:6px"
)
_BOX = "background:#fff6ed;border:1px solid #f9dbaf;border-radius:6px;padding:10px 14px;margin-top:20px"
_LONGEST_ADDRESS = 1600

# p page, c card, n its inside, i ink, s soft, l link, b border, m mark, t button, w warning
_SHEET = """
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


MAIL = Dialect(
    text=_escaped,
    own=_escaped,
    code=lambda text: f'<span style="{_CODE}">{_escaped(text)}</span>',
    marked='<b class="m" style="background:#ffe9a8;color:#171a21;border-radius:2px">{}</b>'.format,
    strong="<b>{}</b>".format,
    quote=str,
    link=_anchor,
    linked=False,
)


def mail_html(sheet: Sheet) -> str:
    """Return *sheet* as a document."""
    parts = [_top(sheet), *(_card(card, sheet) for card in sheet.cards), *map(_group, sheet.groups)]
    more = _soft(f"and {sheet.left_out} more") if sheet.left_out else ""
    return _document("".join([*parts, more, _closing(sheet)]), colour_of(sheet.severity))


def _document(inside: str, colour: str) -> str:
    table = '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"'
    card = (
        "max-width:600px;table-layout:fixed;background:#ffffff;border-radius:8px;"
        f"border:1px solid {_LINE};border-top:4px solid {colour}"
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><style>{_SHEET}</style></head>'
        f'<body class="p" style="margin:0;background:#f4f5f7">{table} class="p" style="background:#f4f5f7"><tr>'
        f'<td class="o" align="center" style="padding:20px 10px">{table} class="c" style="{card}"><tr>'
        f'<td class="n" align="left" style="padding:18px 24px 20px;color:{_BODY};{_FONT};{_BREAK}">{inside}</td>'
        "</tr></table></td></tr></table></body></html>"
    )


def _top(sheet: Sheet) -> str:
    """Return label, words and amounts; what called for the message; the counts of a digest."""
    words = _styled("b", _text(sheet.words, 150), f"color:{_INK}", "i")
    # a list of stories is as grave as each of them, not as the gravest
    label = _badge(sheet.label, None if sheet.counts else sheet.severity)
    top = _div(" ".join(filter(None, [label, words, _chip(sheet.amounts)])), 14 if sheet.cards else 18)
    counts = " ".join(_badge(f"{number} {severity.word}", severity) for severity, number in sheet.counts)
    why = _soft(_text(sheet.why, MAX_FACT)) if sheet.why != sheet.words else ""
    return top + why + _div(counts, 13, "margin:10px 0 4px") + _facts(sheet.facts_before)


def _card(card: Card, sheet: Sheet) -> str:
    several = f"border-top:1px solid {_LINE};margin-top:18px;padding-top:12px" if len(sheet.cards) > 1 else ""
    return _styled("div", "".join(_card_line(line, card, sheet) for line in card.lines), several, "b")


def _card_line(line: Line, card: Card, sheet: Sheet) -> str:
    text = written(line.pieces, MAIL, _LONGEST_ADDRESS if line.part is Part.LINK else line.limit)
    match line.part:
        case Part.HEAD:
            return _div(_styled("b", text, f"color:{_INK}", "i"), 13)
        case Part.HEADLINE:
            return _headline(text, card.link, 20, "margin:8px 0 3px")
        case Part.LINK:
            return _div(text, 12, "word-break:break-all;margin:0 0 3px")
        case Part.AROUND:
            style = f"border-left:3px solid {_LINE};margin:14px 0;padding:1px 0 1px 12px;color:{_BODY};line-height:1.5"
            return _styled("div", text, f"{style};font-size:15px", "b i")
        case Part.NEXT:
            return _next(line.pieces)
        case Part.NUMBER:
            return _soft(text + _escaped(sheet.marked), 12)
    return _fact(line.label, text) if line.label else _soft(text)


def _headline(text: str, link: str, size: int, style: str) -> str:
    ink = f"color:{_INK};text-decoration:none"
    shown = _anchor(text, link, ink, "i") if link else _styled("span", text, ink, "i")
    return _div(shown, size, f"font-weight:700;line-height:1.3;{style}")


def _fact(label: str, text: str) -> str:
    """Return a label and what belongs to it, the lines after the first hanging below the text."""
    head = _styled("span", f"{label}:", f"display:inline-block;min-width:62px;text-indent:0;color:{_SOFT}", "s")
    return _div(f"{head} {text}", 14, "padding-left:66px;text-indent:-66px;margin:4px 0", "i")


def _next(pieces: Pieces) -> str:
    """Return what to do next: buttons, and their addresses for the text part; or a command."""
    links = [piece for piece in pieces if piece.link]
    if not links:
        return _soft(written(pieces, MAIL, MAX_FACT), 12, "margin:12px 0 2px")
    button = (
        "display:inline-block;background:#171a21;color:#ffffff;text-decoration:none;padding:8px 16px;border-radius:6px"
    )
    first = _anchor(_escaped(links[0].text), links[0].link, button, "t")
    others = [_anchor(_escaped(piece.text), piece.link) for piece in links[1:]]
    return _div(" &nbsp; ".join([first, *others]), 14, "margin:18px 0 12px") + _addresses(links)


def _addresses(links: Iterable[Piece]) -> str:
    shown = [_anchor(_escaped(piece.link), piece.link, f"color:{_SOFT}", "s") for piece in links]
    return "".join(_soft(address, 11, "word-break:break-all") for address in shown)


def _group(group: Group) -> str:
    style = f"color:{_INK};font-weight:700;border-bottom:1px solid {_LINE};margin:20px 0 2px;padding-bottom:4px"
    return _div(_text(group.heading, 80), 15, style, "i b") + "".join(map(_row, group.rows))


def _row(row: Row) -> str:
    """Return a story beside a bar in the colour of its severity."""
    headline = _headline(_text(row.headline, 140), row.link, 15, "margin:0")
    head = " ".join(filter(None, [_badge(row.severity.word, row.severity), _chip(row.amounts)]))
    link = _anchor(_escaped(row.link), row.link, f"color:{_SOFT}", "s") if row.link else ""
    told = f"{_text(row.source, 160)}; hit #{row.hit}"
    style = f"border-left:4px solid {colour_of(row.severity)};margin:12px 0;padding:0 0 0 12px"
    lines = [headline, _div(head, 12, "margin:3px 0"), _soft(told), _soft(link, 11, "word-break:break-all")]
    return _styled("div", "".join(lines), style)


def _closing(sheet: Sheet) -> str:
    heading = _div(f"<b>{_escaped(sheet.heading)}:</b>", 14, "margin:0 0 2px", "i") if sheet.heading else ""
    style, classes = (_BOX, "w") if heading else ("margin-top:12px", "")
    told = _styled("div", heading + _facts(sheet.facts_after), style, classes)
    links = _next(sheet.links) if sheet.links else ""
    marks = "" if sheet.cards else _soft(_escaped(sheet.marked.strip()), 12, "margin-top:12px")
    return told + links + marks


def _facts(facts: Iterable[str]) -> str:
    return "".join(_div(_text(fact, MAX_FACT), 14, "margin:3px 0", "i") for fact in facts)


def _text(text: str, limit: int) -> str:
    return written((Piece(text),), MAIL, limit)


def _div(inner: str, size: int, style: str = "", classes: str = "") -> str:
    return _styled("div", inner, f"font-size:{size}px;line-height:1.5;{style}", classes)


def _soft(inner: str, size: int = 13, style: str = "") -> str:
    return _div(inner, size, f"color:{_SOFT};{style}", "s")


def _badge(text: str, severity: Severity | None) -> str:
    ink = "#ffffff" if severity in (None, Severity.CRITICAL) else _INK
    style = f"display:inline-block;background:{colour_of(severity)};color:{ink};border-radius:4px;padding:0 7px"
    return _styled("b", _escaped(text), f"{style};font-size:12px;line-height:1.6")


def _chip(amounts: str) -> str:
    style = f"display:inline-block;color:{_INK};border:1px solid #c9cfd9;border-radius:4px;padding:0 7px"
    return _styled("b", _text(amounts, 90), f"{style};font-size:12px;line-height:1.6", "i b")
