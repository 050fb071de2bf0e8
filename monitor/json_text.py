"""Write JSON for commands and exports: times and amounts as text, no characters that control a terminal."""

from __future__ import annotations

import json
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

# Marks that change the direction of reading, C1 controls and lone surrogates: a terminal acts on them, or they cannot
# be encoded. JSON can write them as escapes.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def dump(value: Any, *, indent: int | None = None) -> str:
    """Return *value* as JSON: times as ISO 8601 text, decimal amounts as text, and unsafe characters as escapes.

    Unsafe are characters that a terminal would interpret, such as marks that change the direction of reading.
    """
    text = json.dumps(value, ensure_ascii=False, default=_plain, indent=indent)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"no JSON for {type(value).__name__}")
