from __future__ import annotations

import pytest

from monitor.wording import counted


@pytest.mark.parametrize(
    ("number", "noun", "plural", "expected"),
    [
        (0, "hit", None, "0 hits"),
        (1, "hit", None, "1 hit"),
        (2, "hit", None, "2 hits"),
        (2, "delivery", None, "2 deliveries"),
        (2, "day", None, "2 days"),
        (1, "alias", "aliases", "1 alias"),
        (2, "alias", "aliases", "2 aliases"),
        (12_000, "entry", None, "12,000 entries"),
    ],
)
def test_the_noun_agrees_with_its_number(number, noun, plural, expected):
    assert counted(number, noun, plural) == expected
