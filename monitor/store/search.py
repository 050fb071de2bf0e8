"""Searching the texts of all entries, by words that people type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from monitor.errors import UsageError
from monitor.matching.text import has_cjk
from monitor.model import Severity
from monitor.store.db.statements import Reader, Row, Writer, change, rows
from monitor.store.db.timestamps import stored

MOST_TERMS = 64
MERGED = 500  # pages in one transaction, which takes a tenth of a second at most
AROUND = 60  # characters shown before what was found; twice as many after it

_TERM = re.compile(r'"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+)')
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # SQLite would end the query there, or refuse it

_ENTRIES = """
SELECT h.id AS hit, e.first_seen_at AS seen_at, e.published_at, h.severity, e.title, e.link, e.feed, e.outlet,
       e.story_id AS story, h.triage, e.summary, e.content
FROM entries e
LEFT JOIN hits h ON h.id = (SELECT max(id) FROM hits WHERE entry_id = e.id)
WHERE e.canary = 0 AND (:since IS NULL OR e.first_seen_at >= :since)
  AND (:until IS NULL OR e.first_seen_at <= :until)
"""
_WITH_WORDS = " AND e.id IN (SELECT rowid FROM entry_words WHERE entry_words MATCH :words)"
_WITH_LETTERS = " AND instr(e.title || char(10) || e.summary || char(10) || e.content, :letters_{})"
_NEWEST = " ORDER BY e.first_seen_at DESC, e.id DESC LIMIT :limit"

# a negative number begins to make one piece of all (https://sqlite.org/fts5.html#the_merge_command)
_MERGE = "INSERT INTO entry_words (entry_words, rank) VALUES ('merge', :pages)"


@dataclass(frozen=True, slots=True)
class Terms:
    """What was typed, as SQLite is asked for it; all of it must be in a text."""

    words: str = ""  # a query of FTS5 in which everything is quoted; empty: none
    letters: tuple[str, ...] = ()  # what no index of words finds: Chinese, Japanese and Korean have no blanks
    shown: tuple[str, ...] = ()  # as typed, without quotes and stars


def terms_of(text: str) -> Terms:
    """Return what *text* asks for: words, ``"phrases in quotes"``, and beginnings of words, as ``launder*``.

    Nothing else has a meaning, so no text is a wrong one.

    Raises:
        UsageError: there is nothing to search for, or too much.
    """
    found = [match["phrase"] or match["word"] or "" for match in _TERM.finditer(_NO_TEXT.sub(" ", text))]
    terms = [term for term in found if any(c.isalnum() for c in term)]
    if not terms:
        raise UsageError("nothing to search for; write a word, or several")
    if len(terms) > MOST_TERMS:
        raise UsageError(f"{len(terms)} words are too many to search for; {MOST_TERMS} are the most")
    return Terms(
        words=" ".join(_quoted(term) for term in terms if not has_cjk(term)),
        letters=tuple(term.rstrip("*") for term in terms if has_cjk(term)),
        shown=tuple(term.rstrip("*") for term in terms),
    )


def search(
    db: Reader, terms: Terms, *, since: datetime | None = None, until: datetime | None = None, limit: int = 50
) -> list[Row]:
    """Return the entries whose newest text holds all of *terms*, the newest first, ready to be written as JSON.

    Keys: hit (its number; None: no rule matched), seen_at, published_at, severity (its word), title, link, feed,
    outlet, story, triage, excerpt (the words around the first term found).

    Args:
        db: A reader.
        terms: As ``terms_of`` returns them.
        since: Seen then or later; None: no limit.
        until: Seen then or earlier; None: no limit.
        limit: How many at most.
    """
    sql = _ENTRIES + (_WITH_WORDS if terms.words else "")
    sql += "".join(_WITH_LETTERS.format(number) for number in range(len(terms.letters)))
    values: Row = {f"letters_{number}": letters for number, letters in enumerate(terms.letters)}
    values |= {"words": terms.words, "since": stored(since), "until": stored(until), "limit": limit}
    found = rows(db, sql + _NEWEST, values)
    return [_result(row, terms) for row in found]


def merge_words(db: Writer, *, begin: bool, pages: int = MERGED) -> bool:
    """Rewrite about so many pages of the index, *begin* with the first call; return whether there is more to do.

    What is deleted from the index is only noted in it, until its pieces are merged: after a large deletion that is
    what gives its space back.
    """
    before = db.conn.total_changes
    change(db, _MERGE, {"pages": -pages if begin else pages})
    return db.conn.total_changes - before > 1  # one is the statement itself


def _quoted(term: str) -> str:
    bare = term.rstrip("*")
    return f'"{bare}"' + (" *" if bare != term else "")  # no term holds a quote


def _result(row: Row, terms: Terms) -> Row:
    texts = [row["title"], row.pop("summary"), row.pop("content")]
    severity = Severity(row["severity"]).word if row["severity"] else None
    return row | {"severity": severity, "excerpt": _excerpt(texts, terms)}


def _excerpt(texts: list[str], terms: Terms) -> str:
    """Return the words around the first term that is found outside of the title; else the beginning of the text."""
    outside = [text for text in texts[1:] if text]
    for term in terms.shown:
        for text in outside:
            at = text.lower().find(term.lower())
            if at >= 0:
                return _cut(text, at - AROUND, at + 2 * AROUND)
    return _cut(outside[0], 0, 3 * AROUND) if outside else ""


def _cut(text: str, start: int, end: int) -> str:
    if start > 0:
        start = text.find(" ", start, start + AROUND) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + 1)
    before, after = "…" if start > 0 else "", "…" if end < len(text) else ""
    return f"{before}{text[max(0, start) : end]}{after}"
