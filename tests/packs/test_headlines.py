"""Headlines in the languages of the press, each with the actor that all packs together find, or nothing.

They are our own wording, one file a language: the expected actor, a tab, the headline.
"""

from pathlib import Path

import pytest

from monitor.model import Text
from monitor.watchlist import judge

FILES = sorted(Path(__file__).with_name("headlines").glob("*.tsv"))


def headlines(file):
    return [line.split("\t") for line in file.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_packs_find_the_actors_of_headlines_and_no_others(watchlist, file):
    found = [
        [", ".join(sorted(judge(watchlist, Text(title)).actors)) or "nothing", title] for _, title in headlines(file)
    ]
    assert found == headlines(file)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_language_has_enough_headlines_of_hits_and_of_silences(file):
    expected = [actor for actor, _ in headlines(file)]
    assert len(expected) >= 25
    assert expected.count("nothing") >= 7
    assert {"dprk-unspecified", "dprk-it-workers", "lazarus"} <= set(expected)
