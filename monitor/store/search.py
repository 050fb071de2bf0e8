"""Full-text search of all entries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.errors import UsageError
from monitor.matching.folding import has_cjk
from monitor.model import Severity
from monitor.store.db.statements import Reader, Row, Writer, change, rows, stored
from monitor.times import typed_time

MOST_TERMS = 64
MERGED = 500  # pages merged in one transaction, which takes 0.1 s at most
AROUND = 60  # characters shown before a found term; twice as many after it

_TOKEN = re.compile(
    r"""(?P<minus>-?)(?:(?P<filter>feed|outlet|actor|since|until):(?:"(?P<quoted>[^"]*)"?|(?P<value>[^\s"]+))
        |"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))""",
    re.VERBOSE,
)
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # SQLite would end the query there, or refuse it

_ENTRIES = """
SELECT e.id, h.id AS hit, e.first_seen_at AS seen_at, e.published_at, h.severity, e.title, e.link, e.feed, e.outlet,
       e.story_id AS story, h.triage, e.summary, e.content
FROM entries e
LEFT JOIN hits h ON h.id = (SELECT max(id) FROM hits WHERE entry_id = e.id)
WHERE e.canary = 0 AND (:since IS NULL OR e.first_seen_at >= :since)
  AND (:until IS NULL OR e.first_seen_at <= :until)
"""
_WITH_WORDS = "e.id IN (SELECT rowid FROM entry_words WHERE entry_words MATCH :{name})"
# only entries from *low* to *high* are listed; an older one, whose edited text is a newer hit, is looked up alone
_WITH_WORDS_BETWEEN = """
(e.id IN (SELECT rowid FROM entry_words WHERE entry_words MATCH :{name} AND rowid > :low AND rowid <= :high)
 OR h.version > 1 AND e.id <= :low
    AND EXISTS (SELECT 1 FROM entry_words WHERE entry_words MATCH :{name} AND rowid = e.id))"""
# Chinese and Japanese are written without spaces: an index of words does not find their terms
_WITH_LETTERS = "instr(e.title || char(10) || e.summary || char(10) || e.content, :{name})"
_FILTERS = {
    "feed": "e.feed = :{name}",
    "outlet": "instr(lower(e.outlet), lower(:{name}))",
    "actor": (
        "EXISTS (SELECT 1 FROM mentions m WHERE m.entry_id = e.id AND m.version = e.version AND m.actor = :{name})"
    ),
}
_NEWEST = " ORDER BY e.first_seen_at DESC, e.id DESC LIMIT :limit"

# a negative number merges all pieces into one (https://sqlite.org/fts5.html#the_merge_command)
_MERGE = "INSERT INTO entry_words (entry_words, rank) VALUES ('merge', :pages)"


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a search: a condition that an entry must meet, or must not meet if *excluded*."""

    text: str  # a word, a phrase, or the beginning of a word followed by a star; or the value of a filter
    filter: str = ""  # a key of _FILTERS; empty: *text* must be in the entry
    excluded: bool = False  # the condition must not be met


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A parsed search: an entry must meet every group of terms; it meets a group if it meets one of its terms."""

    groups: tuple[tuple[Term, ...], ...]
    since: datetime | None = None  # first seen then or later
    until: datetime | None = None  # first seen then or earlier

    @property
    def highlighted(self) -> tuple[str, ...]:
        """Return the words and phrases that the excerpt of a result should show."""
        terms = (term for group in self.groups for term in group)
        return tuple(term.text.rstrip("*") for term in terms if not term.filter and not term.excluded)

    @property
    def words(self) -> str:
        """Return the expression of the word index that every entry found matches; empty without words."""
        return " AND ".join(f"({' OR '.join(_quoted(term.text) for term in group)})" for group in self._word_groups)

    @property
    def other_words(self) -> tuple[str, ...]:
        """Return the further expressions of the word index: of excluded words, and of words beside a filter."""
        groups = (group for group in self.groups if group not in self._word_groups)
        return tuple(_quoted(term.text) for group in groups for term in group if _is_word(term))

    @property
    def has_letters(self) -> bool:
        """Whether a term cannot be looked up in the full-text index, so that the texts themselves are searched."""
        return any(not term.filter and not _is_word(term) for group in self.groups for term in group)

    @property
    def _word_groups(self) -> list[tuple[Term, ...]]:
        return [group for group in self.groups if all(_is_word(term) and not term.excluded for term in group)]

    def within(self, since: datetime | None, until: datetime | None) -> SearchQuery:
        """Return this query with *since* and *until* as its time limits where it has none of its own."""
        return replace(self, since=self.since or since, until=self.until or until)


def parse_query(text: str, *, now: datetime) -> SearchQuery:
    """Return the search query that a person typed as *text*.

    It consists of words, ``"phrases in quotes"`` and beginnings of words (``launder*``), which must all be in an entry;
    ``OR`` between two terms (one is enough); ``-`` before a term (the entry must not contain it); and the filters
    ``feed:``, ``outlet:`` (a part of the name is enough), ``actor:``, ``since:`` and ``until:``. Every other character
    is text, so that no query has a syntax error.

    Args:
        text: What was typed.
        now: The current time, for ``since:3d``.

    Raises:
        UsageError: There is nothing to search for, there are too many terms, or a time cannot be read.
    """
    groups: list[list[Term]] = []
    limits: dict[str, datetime] = {}
    joined = False
    for found in _TOKEN.finditer(_NO_TEXT.sub(" ", text)):
        if found["word"] == "OR" and not found["minus"]:
            joined = bool(groups)
            continue
        if found["filter"] in ("since", "until"):
            limits[found["filter"]] = typed_time(
                found["filter"],
                found["quoted"] or found["value"] or "",
                now=now,
                end_of_day=found["filter"] == "until",
            )
            continue
        value = (found["quoted"] or found["value"] or found["phrase"] or found["word"] or "").strip()
        if not any(c.isalnum() for c in value):
            continue
        term = Term(value, found["filter"] or "", excluded=bool(found["minus"]))
        if joined and not term.excluded:
            groups[-1].append(term)
        else:
            groups.append([term])
        joined = False
    number = sum(map(len, groups))
    if not number and not limits:
        raise UsageError("there is nothing to search for; write one or more words")
    if number > MOST_TERMS:
        raise UsageError(f"{number} search terms are too many; the limit is {MOST_TERMS}")
    return SearchQuery(tuple(map(tuple, groups)), limits.get("since"), limits.get("until"))


def search(db: Reader, query: SearchQuery, *, limit: int = 50) -> list[Row]:
    """Return the entries whose newest text meets *query*, the newest first, as dictionaries for JSON.

    Keys: id (of the entry), hit (its number; None: no rule matched), seen_at, published_at, severity (its name), title,
    link, feed, outlet, story, triage, summary, content, excerpt (the text around the first term found).

    Args:
        db: Any connection to the database.
        query: The query as ``parse_query`` returns it.
        limit: The maximum number of entries to return.
    """
    values: Row = {"since": stored(query.since), "until": stored(query.until), "limit": limit}
    conditions = query_conditions(query, values)
    sql = _ENTRIES + "".join(f" AND {condition}" for condition in conditions)
    return [_result(row, query) for row in rows(db, sql + _NEWEST, values)]


def query_conditions(query: SearchQuery, values: Row, *, low: int = 0, high: int | None = None) -> list[str]:
    """Return the SQL conditions of *query* on a row ``e`` of entries, and add their parameters to *values*.

    Args:
        query: As ``parse_query`` returns it; its time limits are ignored.
        values: The parameters of the statement by name.
        low: Words are looked for in entries with a higher id; in others only if they belong to a row ``h`` of hits.
        high: And at most this one; None: in all entries.
    """
    if high is not None:
        values |= {"low": low, "high": high}
    with_words = _WITH_WORDS if high is None else _WITH_WORDS_BETWEEN
    return list(_conditions(query, values, with_words))


def _conditions(query: SearchQuery, values: Row, with_words: str) -> Iterator[str]:
    """Yield the SQL conditions of *query*; add their parameters to *values*."""
    if query.words:
        values["words"] = query.words
        yield with_words.format(name="words")
    for group in query.groups:
        if any(term.excluded or not _is_word(term) for term in group):
            yield f"({' OR '.join(_condition(term, values, with_words) for term in group)})"


def _condition(term: Term, values: Row, with_words: str) -> str:
    name = f"term_{len(values)}"
    if term.filter:
        sql, values[name] = _FILTERS[term.filter], term.text
    elif _is_word(term):
        sql, values[name] = with_words, _quoted(term.text)
    else:
        sql, values[name] = _WITH_LETTERS, term.text.rstrip("*")
    return ("NOT " if term.excluded else "") + sql.format(name=name)


def _is_word(term: Term) -> bool:
    return not term.filter and not has_cjk(term.text)


def _quoted(text: str) -> str:
    """Return *text* quoted for a query of SQLite FTS5; a star at its end still means "any ending"."""
    bare = text.rstrip("*")
    return f'"{bare}"' + (" *" if bare != text else "")  # no term contains a quote


def merge_words(db: Writer, *, begin: bool, pages: int = MERGED) -> bool:
    """Merge a part of the full-text index; return whether there is more to merge.

    FTS5 only marks deleted words in the index; after a large deletion, merging releases their space.

    Args:
        db: The writing connection, in a transaction.
        begin: True in the first call, to start a merge of the whole index.
        pages: About how many pages of the index to rewrite.
    """
    before = db.conn.total_changes
    change(db, _MERGE, {"pages": -pages if begin else pages})
    return db.conn.total_changes - before > 1  # the statement itself counts as one change


def _result(row: Row, query: SearchQuery) -> Row:
    texts = [row["title"], row["summary"], row["content"]]
    severity = Severity(row["severity"]).word if row["severity"] else None
    return row | {"severity": severity, "excerpt": _excerpt(texts, query)}


def _excerpt(texts: list[str], query: SearchQuery) -> str:
    """Return the text around the first search term outside the title; without one, the beginning of the text."""
    outside = [text for text in texts[1:] if text]
    for term in query.highlighted:
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
