"""Render a case as one HTML page to read and print; it has no script, loads nothing, and escapes all text."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape
from typing import Any

from monitor.alerts.content.neutralise import printable
from monitor.exchange.exports.case_rows import CaseRows, HitRecords, Row
from monitor.feeds.text.links import safe_url
from monitor.wording import counted

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #111; background: #fff; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; border-top: 2px solid #111; padding-top: .7rem; margin-top: 2rem; }
h3 { font-size: 1.05rem; margin-bottom: .2rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-size: 13px; }
th, td { border: 1px solid #999; padding: .2rem .4rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: #eee; font-weight: 600; } th[scope=row] { width: 13rem; }
caption { text-align: left; font-weight: 600; }
code, .text { overflow-wrap: anywhere; } code { font-size: 12px; }
.text { border-left: 3px solid #bbb; padding-left: .7rem; white-space: pre-wrap; }
.alarm { border: 2px solid #b00; padding: .5rem; }
@media print { body { max-width: none; margin: 0; font-size: 11px; } table, h3 { break-inside: avoid; }
  a { color: inherit; text-decoration: none; } }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
"""
_PROOF = """<h2>What this shows</h2>
<p>MANIFEST holds the SHA-256 of every file. <code>python3 verify_case.py FOLDER</code> (in the documentation of the
monitor) checks the files, that each hit is the one in the hash chain of the hit log, and that the chain leads to its
head. It shows that nothing was changed since that head was recorded, and in which order the hits were recorded.</p>
<p>It does not show when: the times are those of the monitor's own clock, and only a stamp of a third party on
MANIFEST fixes a date. It does not show that the outlet published the text: for that, compare the hash of the raw item
with another copy of the feed. Decisions, deliveries and triage are no part of the chain: for them MANIFEST alone
counts. A match of a name is no identification of a person.</p>
</body>
</html>
"""


def page_head(title: str, facts: Iterable[tuple[str, str]]) -> str:
    """Return the beginning of the HTML page: the title of the case and a table of facts.

    Args:
        title: The title of the case.
        facts: The label and the value of each fact.
    """
    return _HEAD.format(policy=escape(_POLICY), title=_text(title), style=_STYLE) + _table("", (), list(facts))


def entry_section(texts: list[Row], hits: Iterable[HitRecords], rows: CaseRows) -> Iterator[str]:
    """Yield the part of the HTML page about one entry: its texts, and its hits with their deliveries.

    Args:
        texts: A row for each version of the entry's text, the oldest first.
        hits: The hits of the entry with everything that is stored about them.
        rows: Renders the reasons of decisions and deliveries in words.
    """
    newest = texts[-1]
    yield f"<h2>{_text(newest['title']) or '(no title)'}</h2>\n"
    yield _table(
        "",
        (),
        [
            ("Outlet", newest["outlet"]),
            ("Feed", newest["feed"]),
            ("Author", newest["author"]),
            ("Published", _at(newest["published_at"]) or "the feed does not say"),
            ("Updated", _at(newest["updated_at"])),
            ("First seen", _at(newest["first_seen_at"])),
            ("Last listed by the feed", _at(newest["last_seen_at"])),
            ("Story", f"{newest['story']}: {newest['story_reason']}"),
        ],
    )
    for text in texts:
        yield from _text_section(text, len(texts))
    for records in hits:
        yield from _hit_section(records, rows)


def page_end(silences: list[Row], watchlists: list[Row]) -> str:
    """Return the end of the HTML page: the silences and the watchlist versions of the case.

    Args:
        silences: A row for each silence of an actor or a rule that the case contains.
        watchlists: A row for each version of the watchlist, as in ``case.json``.
    """
    columns = ("Silence", "Of", "By", "Reason", "From", "Until", "Ended early by")
    parts = ["<h2>Silences of its actors and rules</h2>\n" if silences else ""]
    cells = [
        (s["silence"], f"{s['subject']} {s['name']}", s["author"], s["why"], s["created_at"], s["until"], s["ended_by"])
        for s in silences
    ]
    parts.append(_table("", columns, cells) if silences else "")
    parts.append("<h2>Versions of the watchlist</h2>\n" if watchlists else "")
    versions = [
        (w["version"], w["loaded_at"], w["fingerprint"], ", ".join(w["files"]) or "not stored") for w in watchlists
    ]
    parts.append(_table("", ("Version", "Active since", "Fingerprint", "Files"), versions) if watchlists else "")
    return "".join(parts) + _PROOF


def _text_section(text: Row, versions: int) -> Iterator[str]:
    if versions > 1:
        until = f", replaced {_at(text['replaced_at'])}" if text["replaced_at"] else ", the newest"
        yield f"<h3>Text {text['version']}{until}</h3>\n<p>{_text(text['title'])}</p>\n"
    url = safe_url(text["link"])
    if url:
        yield f'<p><a href="{escape(url)}" rel="noopener noreferrer">{_text(url)}</a></p>\n'
    elif text["link"]:
        yield f"<p>{_text(text['link'])}</p>\n"
    yield from (f'<p class="text">{_text(text[name])}</p>\n' for name in ("summary", "content") if text[name])
    yield _table(
        "", (), [("SHA-256 of the raw item", text["raw_sha256"]), ("SHA-256 of the text", text["text_sha256"])]
    )


def _hit_section(records: HitRecords, rows: CaseRows) -> Iterator[str]:
    hit, row = records.hit, rows.hit(records, "")
    update = ", an update of the article" if hit.is_update else ""
    yield f"<h3>Hit #{hit.id}: {hit.severity.word}, seen {_at(hit.seen_at)}{update}</h3>\n"
    if not records.is_intact:
        yield '<p class="alarm">This hit is not the one that the hash chain recorded.</p>\n'
    rules = [(rule["rule"], rule["severity"], rule["why"]) for rule in row["rules"]]
    yield _table(f"Rules, by version {hit.watchlist_version} of the watchlist", ("Rule", "Severity", "Why"), rules)
    yield _mentions_and_facts(row)
    yield _decisions([rows.decision(hit.id, decided) for decided in records.decisions])
    yield _deliveries([rows.delivery(delivery, frozenset({hit.id})) for delivery in records.deliveries])
    triages = [rows.triage(hit.id, record) for record in records.triages]
    cells = [(t["triage"], t["author"], t["at"], t["why"]) for t in triages]
    yield _table("Triage", ("Triage", "By", "At", "Reason"), cells) if cells else ""


def _mentions_and_facts(hit: Row) -> str:
    cells = [
        (
            m["text"],
            m["actor"] or f"keyword {m['keyword']}",
            m["alias"],
            str(m["kind"]) + (f", {counted(m['edits'], 'edit')}" if m["edits"] else ""),
            f"{m['field']} {m['start']}-{m['end']}",
        )
        for m in hit["mentions"]
    ]
    facts = [f"{a['text']} ({a['value']} {a['currency']})" for a in hit["amounts"]]
    facts += [f"{i['chain']} {i['kind']} {i['value']}".strip() for i in hit["indicators"]]
    facts += [f"{listed['actor']}: {listed['words']}" for listed in hit["lists"]]
    mentions = _table("Mentions", ("Text", "Of", "Spelling in the watchlist", "Match", "In"), cells) if cells else ""
    return mentions + (
        _table("", (), [("Amounts, addresses, ids, published lists", "; ".join(facts))]) if facts else ""
    )


def _decisions(decisions: list[Row]) -> str:
    columns = ("Destination", "Decision", "Reason", "Codes", "Decided", "Delivery")
    cells = [
        (d["destination"], d["verdict"], d["reason"], _codes(d["reasons"]), d["decided_at"], d["delivery"])
        for d in decisions
    ]
    return _table("Decisions", columns, cells) if cells else ""


def _deliveries(deliveries: list[Row]) -> str:
    columns = ("Delivery", "To", "Kind", "State", "Sent", "Why", "Attempts")
    cells = [
        (
            d["delivery"],
            d["destination"],
            d["kind"],
            d["state"],
            d["sent_at"],
            "; ".join(filter(None, (d["why"], d["reason"]))),
            _attempts(d["attempts"]),
        )
        for d in deliveries
    ]
    return _table("Deliveries", columns, cells) if cells else ""


def _codes(reasons: list[Row]) -> str:
    return ", ".join(dict.fromkeys(str(reason["code"]) for reason in reasons))


def _attempts(attempts: list[Row]) -> str:
    """Return the attempts to send a delivery in words: ``1 attempt: 2026-11-22 10:00:00 UTC ok``."""
    if not attempts:
        return "none"
    words = [
        " ".join(filter(None, (_at(a["started_at"]), a["outcome"] or "in flight", a["detail"] and f"({a['detail']})")))
        for a in attempts
    ]
    return f"{counted(len(attempts), 'attempt')}: {'; '.join(words)}"


def _table(caption: str, columns: tuple[str, ...], lines: Iterable[tuple[Any, ...]]) -> str:
    """Return an HTML table.

    Args:
        caption: The caption; empty: the table has none.
        columns: The headings of the columns; if it is empty, the first cell of each line is its heading, and lines
            without a value are left out.
        lines: The values of the cells, line by line.
    """
    parts = ["<table>\n"]
    if caption:
        parts.append(f"<caption>{_text(caption)}</caption>\n")
    if columns:
        parts.append("<tr>" + "".join(f'<th scope="col">{_text(name)}</th>' for name in columns) + "</tr>\n")
    for first, *others in lines:
        if not columns and not any(others):
            continue
        head = f"<td>{_cell(first)}</td>" if columns else f'<th scope="row">{_cell(first)}</th>'
        parts.append(f"<tr>{head}{''.join(f'<td>{_cell(value)}</td>' for value in others)}</tr>\n")
    return "".join([*parts, "</table>\n"])


def _cell(value: Any) -> str:
    return _at(value) if isinstance(value, datetime) else _text("" if value is None else str(value))


def _at(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else ""


def _text(text: str) -> str:
    return escape(printable(text))
