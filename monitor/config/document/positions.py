"""Find the positions of keys and values in a TOML text by their path in the parsed document."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import accumulate

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from monitor.config.document.flat_tables import SECTION, FlatTables
from monitor.config.settings import KeyPath

MAX_DEPTH = 64  # of nested lists and tables; deeper values have the position of their parent
_NESTED = re.compile(rb"[\[{#]")
MAX_PARTS = 32  # of a dotted key; limits the memory for a key with thousands of parts


@dataclass(frozen=True, slots=True)
class Span:
    """A range of a TOML text; rows and columns count from 0, columns in characters."""

    row: int
    column: int
    end_row: int
    end_column: int


@dataclass(slots=True)
class Positions:
    """The positions of all keys and values in one TOML text; each part of a dotted key has its own."""

    keys: dict[KeyPath, Span] = field(default_factory=dict)
    values: dict[KeyPath, Span] = field(default_factory=dict)
    comments: list[Span] = field(default_factory=list)
    duplicates: list[tuple[KeyPath, Span]] = field(default_factory=list)  # the second definitions of keys
    flat_lists: dict[KeyPath, Callable[[], None]] = field(default_factory=dict)  # adds the elements to values
    flat_tables: dict[KeyPath, Callable[[], None]] = field(default_factory=dict)  # adds the keys and values of each
    too_deep: Span | None = None  # the first value that is nested more than MAX_DEPTH levels deep

    def has_value(self, path: KeyPath) -> bool:
        """Return whether the TOML text has a value at *path*."""
        self._complete(path)
        return path in self.values

    def spans_except(self, skip: Callable[[KeyPath], bool]) -> list[tuple[KeyPath, Span]]:
        """Return path and position of each value, without the paths for which *skip* returns True."""
        for path in [path for path in self.flat_lists if not skip(path)]:
            self.flat_lists.pop(path)()
        return [(path, span) for path, span in self.values.items() if not skip(path)]

    def find(self, path: KeyPath, *, key: bool = False) -> Span:
        """Return the position of the value at *path*, or with *key*, of its key.

        If *path* does not exist, return the position of the key of its nearest parent.
        """
        self._complete(path)
        first, second = (self.keys, self.values) if key else (self.values, self.keys)
        if span := first.get(path) or second.get(path):
            return span
        for length in range(len(path) - 1, 0, -1):
            if span := self.keys.get(path[:length]) or self.values.get(path[:length]):
                return span
        return Span(0, 0, 0, 0)

    def _complete(self, path: KeyPath) -> None:
        """Add the positions inside the table or list above *path*, which are computed when one is looked up."""
        if add_table := self.flat_tables.pop(path[:2], None):
            add_table()
        for length in range(len(path) - 1, 0, -1):
            if add_elements := self.flat_lists.pop(path[:length], None):
                add_elements()
                break


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_toml.language()))


def read_positions(text: str, flat: FlatTables | None = None) -> Positions:
    """Return the positions of keys and values in *text*; if it is invalid TOML, of the part that can be recognised.

    Args:
        text: The TOML text.
        flat: The simple tables of actors in *text*, each of which is parsed when one of its positions is looked up;
            None parses the whole text at once.
    """
    found = Positions()
    if flat and flat.spans:
        text = flat.rest
        line_starts = [0, *accumulate(len(line) + 1 for line in flat.text.split("\n"))]
        found.flat_tables = {
            (SECTION, name): partial(_add_flat_table, found, flat, name, line_starts) for name in flat.spans
        }
    raw = text.encode()
    _Walk(raw.split(b"\n"), found).document(_parser().parse(raw).root_node)
    return found


def _add_flat_table(found: Positions, flat: FlatTables, name: str, line_starts: list[int]) -> None:
    start, end = flat.spans[name]
    raw = flat.text[start:end].encode()
    first_row = bisect_right(line_starts, start) - 1
    _Walk(raw.split(b"\n"), found, first_row).document(_parser().parse(raw).root_node)


class _Walk:
    """Adds the positions in a TOML text to *found*; for a part of a text, *first_row* is the row where it begins."""

    def __init__(self, lines: list[bytes], found: Positions, first_row: int = 0) -> None:
        self._lines = lines
        self._first_row = first_row
        self._tables: dict[KeyPath, int] = {}  # how many elements an array of tables has so far
        self._given: set[KeyPath] = set()
        self._depth = 0
        self.found = found

    def document(self, root: Node) -> None:
        for node in root.named_children:
            if node.type == "pair":
                self._pair((), node)
            elif node.type == "comment":
                self.found.comments.append(self._span(node))
            elif node.type in ("table", "table_array_element") and node.named_children:
                self._table(node)

    def _table(self, node: Node) -> None:
        head, *body = node.named_children
        prefix = self._header(head, array=node.type == "table_array_element")
        for child in body:
            if child.type == "pair":
                self._pair(prefix, child)
            elif child.type == "comment":
                self.found.comments.append(self._span(child))

    def _header(self, head: Node, *, array: bool) -> KeyPath:
        path: KeyPath = ()
        parts = _parts(head)
        for number, part in enumerate(parts, start=1):
            path += (_name(part),)
            self.found.keys.setdefault(path, self._span(part))
            if array and number == len(parts):
                self._tables[path] = self._tables.get(path, 0) + 1
            if path in self._tables:
                path += (self._tables[path] - 1,)
                self.found.keys.setdefault(path, self._span(part))
        if parts and not array:
            self._give(path, parts[-1])
        return path

    def _pair(self, prefix: KeyPath, node: Node) -> None:
        children = []
        for child in node.named_children:
            if child.type == "comment":
                self.found.comments.append(self._span(child))
            else:
                children.append(child)
        if len(children) < 2:
            return
        path = prefix
        for part in _parts(children[0]):
            path += (_name(part),)
            self.found.keys.setdefault(path, self._span(part))
        self._give(path, children[0])
        self._value(path, children[1])

    def _value(self, path: KeyPath, node: Node) -> None:
        self.found.values.setdefault(path, self._span(node))
        if node.type not in ("array", "inline_table"):
            return
        if self._depth == MAX_DEPTH:
            self.found.too_deep = self.found.too_deep or self._span(node)
            return
        if node.type == "array" and not _NESTED.search(node.text or b"", 1):
            # a watchlist consists of such lists, and few of their elements are ever looked up
            self.found.flat_lists.setdefault(path, partial(self._elements, path, node))
            return
        self._depth += 1
        self._elements(path, node)
        self._depth -= 1

    def _elements(self, path: KeyPath, node: Node) -> None:
        index = 0
        for child in node.named_children:
            if child.type == "comment":
                self.found.comments.append(self._span(child))
            elif child.type == "pair":
                self._pair(path, child)
            elif node.type == "array" and child.type != "ERROR":
                self._value((*path, index), child)
                index += 1

    def _give(self, path: KeyPath, node: Node) -> None:
        if path in self._given:
            self.found.duplicates.append((path, self._span(node)))
        self._given.add(path)

    def _span(self, node: Node) -> Span:
        (row, column), (end_row, end_column) = node.start_point, node.end_point
        first, last = row + self._first_row, end_row + self._first_row
        return Span(first, self._characters(row, column), last, self._characters(end_row, end_column))

    def _characters(self, row: int, column: int) -> int:
        line = self._lines[row]
        return column if line.isascii() else len(line[:column].decode(errors="replace"))


def _parts(key: Node) -> list[Node]:
    # tree-sitter nests a.b.c as ((a b) c)
    parts: list[Node] = []
    while key.type == "dotted_key" and len(key.named_children) == 2:
        key, last = key.named_children
        parts.append(last)
    return [key, *reversed(parts)][:MAX_PARTS]


def _name(key: Node) -> str:
    text = (key.text or b"").decode(errors="replace")
    if key.type != "quoted_key":
        return text
    try:
        return next(iter(tomllib.loads(f"{text} = 0")))
    except tomllib.TOMLDecodeError:
        return text
