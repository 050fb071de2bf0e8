from __future__ import annotations

import tomllib

import pytest

from monitor.config.document.edit import Setting, edit_setting

EXCLUDE = Setting("actors", "heron", "exclude", add=("Grey Heron", 'A "B"'))
WITHIN = Setting("rules", "theft", "within", value='"30 words"')


@pytest.mark.parametrize(
    "text",
    [
        '[actors]\nheron = ["Heron"]  # short\n',
        '[actors]\nheron = { aliases = ["Heron"] }\n',
        '[actors.heron]\naliases = ["Heron"]\n[actors.other]\naliases = ["x"]\n',
        '[actors.heron]\naliases = ["Heron"]\nexclude = ["x"]  # y\n',
        '[actors.heron]\naliases = ["Heron"]\nexclude = []\n',
        '[actors.heron]\naliases = ["Heron"]\nexclude = [  # birds\n  "x", "y",\n]\n[actors.other]\naliases = ["x"]\n',
        '[actors.heron] # bird\naliases = ["Heron"]\nexclude = ["x",\n  "y"]\n',
        '[ actors . "heron" ]\naliases = ["Heron"]\n',
    ],
)
def test_a_list_is_extended_in_every_form_it_is_written_in(text):
    edit = edit_setting(text, EXCLUDE, extends=False)
    before = tomllib.loads(text)["actors"]["heron"]
    after = tomllib.loads(edit.text)["actors"]
    old = before.get("exclude", []) if isinstance(before, dict) else []
    assert after["heron"]["exclude"] == [*EXCLUDE.add, *old]
    assert after["heron"]["aliases"] == ["Heron"]
    assert after.keys() == tomllib.loads(text)["actors"].keys()
    assert all(line in edit.text for line in edit.lines)


def test_a_table_of_another_file_is_extended():
    edit = edit_setting("[http]\n", EXCLUDE, extends=True)
    assert edit.instruction == "at the end, add"
    assert tomllib.loads("\n".join(edit.lines))["actors"]["heron"] == {"extend": True, "exclude": [*EXCLUDE.add]}


@pytest.mark.parametrize(
    ("text", "instruction"),
    [
        ('[rules.theft]\nwithin = "5 words"\n', "change line 2 to"),
        ("[rules.theft]\nactors = []\n", "after line 1, add"),
        ("[rules]\ntheft = { actors = [] }\n", "change line 2 to"),
    ],
)
def test_a_value_is_replaced_or_added(text, instruction):
    edit = edit_setting(text, WITHIN, extends=False)
    assert edit.instruction == instruction
    assert tomllib.loads(edit.text)["rules"]["theft"]["within"] == "30 words"


@pytest.mark.parametrize("text", ['rules.theft.actors = ["*"]\n', "[rules.theft\n", "rules.theft = 3\n"])
def test_an_unusual_form_is_not_edited(text):
    edit = edit_setting(text, WITHIN, extends=False)
    assert edit is None or tomllib.loads(edit.text)["rules"]["theft"]["within"] == "30 words"
