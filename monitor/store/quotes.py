"""Find phrases in texts, and replace the texts of stored rows that quote them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from monitor.errors import UsageError
from monitor.matching.folding import has_cjk
from monitor.matching.words import folded_words
from monitor.store.db.statements import Reader, Writer, change, rows

FORGOTTEN = "(forgotten)"  # stands in place of a text that quoted the phrase
# free texts of what stays: table, key, columns that may quote an entry; JSON stays JSON
_QUOTING = (
    ("deliveries", "id", ("annotation", "cause", "end_reason")),
    ("decisions", "rowid", ("reasons",)),
    ("attempts", "rowid", ("detail",)),
    ("triages", "id", ("why",)),
    ("silences", "id", ("why",)),
    ("incidents", "rowid", ("title", "recovery", "cause", "remedy")),
    ("entries", "id", ("story_reason",)),
)


class Phrases:
    """Finds phrases in texts as whole words, whatever their case, accents and punctuation between the words.

    Raises:
        UsageError: A phrase has no letter or digit.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._words: list[str] = []
        self._parts: list[str] = []  # of text without spaces: found inside longer runs
        for phrase in phrases:
            words = folded_words(phrase)
            if not words:
                raise UsageError(f'"{phrase}" has no letter or digit; give a name or a text')
            if has_cjk(phrase):
                self._parts.append("".join(words))
            else:
                self._words.append(f" {' '.join(words)} ")
        self._longest = [max(phrase.split(), key=len) for phrase in self._words]

    def __bool__(self) -> bool:
        return bool(self._words or self._parts)

    def in_text(self, text: str | None) -> bool:
        """Return whether one of the phrases occurs in *text*."""
        if not text or (text.isascii() and not self._may_be_in_ascii(text.lower())):
            return False
        words = folded_words(text)
        spaced = f" {' '.join(words)} "
        if any(phrase in spaced for phrase in self._words):
            return True
        return bool(self._parts) and any(part in "".join(words) for part in self._parts)

    def _may_be_in_ascii(self, text: str) -> bool:
        """Return whether a text in lower case contains the longest word of a phrase; most texts need no folding."""
        return any(word in text for word in self._longest)


def replace_quotes(db: Writer, phrases: Phrases) -> int:
    """Replace free texts that quote a phrase, and delete saved searches for it; return the number of changed rows.

    The caller deletes the entries that contain the phrase in the same transaction.
    """
    replaced = 0
    for table, key, columns in _QUOTING:
        for row in list(_quoting(db, table, key, columns, phrases)):
            sets = ", ".join(f"{column} = :{column}" for column in row if column != "row_key")
            change(db, f"UPDATE {table} SET {sets} WHERE {key} = :row_key", row)  # noqa: S608 - names of this module
            replaced += 1
    for row in rows(db, "SELECT id, name, query FROM saved_searches"):
        if phrases.in_text(row["name"]) or phrases.in_text(row["query"]):
            replaced += change(db, "DELETE FROM saved_searches WHERE id = :id", {"id": row["id"]})
    for row in rows(db, "SELECT DISTINCT word FROM learned_words"):
        if phrases.in_text(row["word"]):
            replaced += change(db, "DELETE FROM learned_words WHERE word = :word", row)
    return replaced


def _quoting(db: Reader, table: str, key: str, columns: tuple[str, ...], phrases: Phrases) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table that quote a phrase: their key as ``row_key``, and the columns with new texts."""
    for row in rows(db, f"SELECT {key} AS row_key, {', '.join(columns)} FROM {table}"):  # noqa: S608 - constants
        new = {column: _without(row[column], phrases.in_text) for column in columns if phrases.in_text(row[column])}
        if new:
            yield {"row_key": row["row_key"], **new}


def _without(text: str, quotes: Callable[[str], bool]) -> str:
    """Return *text* with every text in it that quotes a phrase replaced; if it is JSON, only such values of it."""
    try:
        value = json.loads(text)
    except ValueError:
        return FORGOTTEN
    return json.dumps(_walk(value, quotes), ensure_ascii=False) if isinstance(value, dict | list) else FORGOTTEN


def _walk(value: Any, quotes: Callable[[str], bool]) -> Any:
    if isinstance(value, str):
        return FORGOTTEN if quotes(value) else value
    if isinstance(value, list):
        return [_walk(item, quotes) for item in value]
    return {key: _walk(item, quotes) for key, item in value.items()} if isinstance(value, dict) else value
