from __future__ import annotations

import pytest

from monitor.config import read_page_selectors
from monitor.errors import UsageError
from monitor.model import PageSelectors


def test_selectors_are_read_as_they_are_written_in_the_configuration():
    written = '{ entry = ".row", title = "h3 a", link = "a@href" }'
    assert read_page_selectors(written) == PageSelectors(".row", "h3 a", "a@href")
    assert read_page_selectors(f"page = {written}") == PageSelectors(".row", "h3 a", "a@href")


@pytest.mark.parametrize(
    ("written", "cause"),
    [
        pytest.param("{ entry = ", "not a TOML table", id="TOML"),
        pytest.param("[" * 5000, "not a TOML table: values are nested too deeply", id="nested"),
        pytest.param("1" * 5000, "not a TOML table: Exceeds the limit", id="long number"),
        pytest.param('{ title = "a" }', "entry", id="no entry"),
        pytest.param('{ entry = "div[[" }', "not a CSS selector", id="selector"),
        pytest.param('{ entry = ".a", titel = "a" }', "titel", id="key"),
    ],
)
def test_what_is_wrong_is_named(written, cause):
    with pytest.raises(UsageError, match=cause):
        read_page_selectors(written)


def test_a_wrong_selector_in_the_configuration_is_reported_at_its_place(problems_of):
    text = '[feeds.bureau]\nurl = "https://b.example/"\npage = { entry = "div[[", link = "a@" }\n'
    found = problems_of(text)
    assert any(line.startswith("3:") and "is not a CSS selector" in line for line in found)
    assert any(line.startswith("3:") and "takes no attribute" in line for line in found)
