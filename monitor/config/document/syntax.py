"""Turn syntax errors of tomllib into messages for users; recognise syntax that only TOML 1.1 allows."""

from __future__ import annotations

import re

from monitor.config.document.flat_tables import LongKeyError
from monitor.config.document.source import Source
from monitor.config.schema.values import quoted
from monitor.errors import Place, Problem

# tomllib before Python 3.14 gives the position only in its message
POSITION = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
TOML_1_1 = "this is TOML 1.1 syntax; only TOML 1.0 is supported"
GLOSSES = {
    "Invalid value": ("a value is missing, or is text without quotes", 'write text in quotes: "like this"'),
    "Invalid statement": ("this line is not a setting", 'write NAME = "value", or [SECTION]'),
    "Unterminated string": ("the quotes are not closed", 'end the text with "'),
    "Illegal character '\\n'": ("the quotes are not closed on this line", 'end the text with "'),
    "Found invalid character '\\n'": ("the quotes are not closed on this line", "end the text with '"),
    'Expected "\'"': ("the quotes are not closed", "end the text with '"),
    "Unclosed array": ("the list is not closed, or lacks a comma", 'write ["one", "two"]'),
    "Unclosed inline table": ("the table is not closed, or lacks a comma", "write { a = 1, b = 2 }"),
    "Unescaped '\\' in a string": (
        "unknown escape after the backslash",
        r"write \\, or put the text in single quotes",
    ),
}
_OTHER_FORMATS = {
    ".csv": ("this is CSV, not TOML", "make a pack of it: monitor import names FILE.csv -o PACK.toml"),
    ".json": ("this is JSON, not TOML", "write it as TOML"),
    ".yaml": ("this is YAML, not TOML", "write it as TOML"),
    ".yml": ("this is YAML, not TOML", "write it as TOML"),
}


def explain_syntax(source: Source, error: Exception) -> Problem:
    """Return the problem to show for *error*, which tomllib raised for the text of *source*."""
    if isinstance(error, RecursionError):
        deep = source.positions.too_deep
        place = source.at(deep) if deep else source.point(0, 0)
        return Problem("error", place, "lists or tables are nested too deeply", "no setting needs more than 3 levels")
    if isinstance(error, LongKeyError):
        place = Place(source.file, error.row + 1, error.column + 1)
        return Problem(
            "error", place, str(error), "no setting needs more than 4; write [SECTION.NAME] and a line for each"
        )
    match = POSITION.fullmatch(str(error))
    if match is None:  # int() refuses more digits than sys.get_int_max_str_digits()
        return Problem("error", source.point(0, 0), "a number is too long", "use fewer digits")
    said = match[1]
    if said.startswith("Cannot ") and source.positions.duplicates:
        return _duplicate_key(source)
    row, column = int(match[2] or 1) - 1, int(match[3] or 1) - 1
    if match[2] is None:
        lines = source.text.rstrip("\r\n").split("\n")
        row, column = len(lines) - 1, len(lines[-1])
    message, hint = GLOSSES.get(said, (said[:1].lower() + said[1:], ""))
    if said == "Unclosed array" and (opened := _open_list(source.text, row, column)):
        row, column = opened
        message, hint = "the list is not closed", "write ] at its end"
    if (said not in GLOSSES or said == "Invalid value") and (better := _explained(source, said, row, column)):
        message, hint = better
    if newer := _toml_1_1(source.text, said, row, column):
        message, hint = TOML_1_1, newer
    if said.startswith("Unescaped"):
        column -= 2  # tomllib reports the position after the escape
    return Problem("error", source.point(row, column), message, hint)


def _explained(source: Source, said: str, row: int, column: int) -> tuple[str, str] | None:
    """Return message and hint for a common mistake recognised in the text at the error; None for any other.

    *said* is the message of tomllib.
    """
    if source.file.suffix.lower() in _OTHER_FORMATS:
        return _OTHER_FORMATS[source.file.suffix.lower()]
    rest = source.text.split("\n")[row][column:]
    if said.startswith("Expected '=' after a key") and rest.lstrip().startswith(":"):
        return "expected = after the name of a setting, not :", "write = instead of :"
    if said.startswith("Expected '=' after a key"):
        return "expected = after the name of a setting", 'write NAME = "value"'
    if said.startswith("Illegal character"):
        return "the text contains a control character", "delete the character"
    if said == "Invalid value" and (word := re.match(r"\s*(True|False|TRUE|FALSE)\b", rest)):
        return f"{word[1]} is not a value of TOML", f"write {word[1].lower()}"
    if said == "Invalid value" and re.match(r"\s*[“”„‘’«]", rest):
        return "typographic quotes do not enclose text", 'write straight quotes: "'
    return None


def _open_list(text: str, row: int, column: int) -> tuple[int, int] | None:
    """Return row and column of the ``[`` of an unclosed list that begins in a line before the error.

    Return None if text comes before the error in its own line: the mistake is then in that line.
    """
    lines = text.split("\n")
    if lines[row][:column].strip():
        return None
    for number in range(row - 1, -1, -1):
        if match := re.match(r"\s*[\w.\"'-]+\s*=\s*\[", lines[number]):
            return number, match.end() - 1
    return None


def _duplicate_key(source: Source) -> Problem:
    path, span = source.positions.duplicates[0]
    first = source.place(path, key=True)
    what = f"{quoted(str(path[-1]))} is defined twice; the first definition is in line {first.line}"
    return Problem("error", source.at(span), what, "merge the two, or rename this one")


def _toml_1_1(text: str, said: str, row: int, column: int) -> str:
    line = text.split("\n")[row]
    rest = line[column:].strip()
    if said == "Invalid initial character for a key part" and "{" in line[:column] and (rest[:1] in ("", "#", "}")):
        return "write the inline table on one line, without a comma at its end"
    if said == "Unclosed inline table" and (not rest or rest.startswith("#")):
        return "write the inline table on one line"
    if said == "Unescaped '\\' in a string" and line[column - 1 : column] in ("e", "x"):
        return r"write \u001b for \e, and \u00e9 for \xe9"
    if said.startswith("Expected newline") and re.match(r"(\d?|[Tt ]\d\d):\d\d(?!:)", line[column:]):
        return "write times with seconds: 07:30:00"
    return ""
