from __future__ import annotations

import pytest

from monitor.backtest.example_stories import StoryResult, run_story_test
from monitor.config import load
from monitor.watchlist import compile_watchlist

CONFIG = """
[actors]
heron = ["Heron Kit"]
stork = ["Stork Works"]

[rules.any]
actors = ["*"]
severity = "high"
send_to = ["chat", "night", "morning"]

[destinations.chat]
url = "console://"

[destinations.night]
url = "console://"
quiet_hours = ["22:00-07:00"]

[destinations.morning]
url = "console://"
digest = ["08:00"]
min_severity = "low"

[alerts]
timezone = "Europe/Berlin"
corroborate = [2]
"""
FIRST = '{ title = "Heron Kit drains 40 million from Corvid exchange", at = "10:00" }'
REPEAT = '{ title = "Corvid exchange drained of 40 million by Heron Kit", at = "10:20" }'
OTHER = '{ title = "Stork Works leaks the customers of a Danish bank", at = "11:00" }'


def result_of(tmp_path, *items: str, expects: str) -> StoryResult:
    file = tmp_path / "config.toml"
    file.write_text(f'{CONFIG}\n[[tests]]\ntitle = "t"\nitems = [{", ".join(items)}]\n{expects}\n')
    loaded = load(file, environ={})
    assert loaded.config, loaded.problems
    return run_story_test(loaded.config, compile_watchlist(loaded.config), loaded.config.tests[0])


def messages(result: StoryResult) -> list[list[str]]:
    return [[f"{name} {at:%a %H:%M:%S}" for name, at in item.messages] for item in result.items]


def test_a_corroborated_story_and_another_one(tmp_path):
    expects = (
        'notified = [["chat", "night", "morning"], ["chat", "night"], ["chat", "night", "morning"]]\nsame_story = false'
    )
    result = result_of(tmp_path, FIRST, REPEAT, OTHER, expects=expects)
    assert [item.story for item in result.items] == [1, 1, 2]
    assert messages(result)[0] == ["chat Mon 10:01:30", "night Mon 10:01:30", "morning Tue 08:00:00"]


def test_an_alert_in_quiet_hours_is_sent_when_they_end(tmp_path):
    result = result_of(
        tmp_path, FIRST.replace("10:00", "Fri 23:00"), expects='notified = [["chat", "night", "morning"]]'
    )
    assert result.differences == ()
    assert messages(result) == [["chat Fri 23:01:30", "night Sat 07:00:00", "morning Sat 08:00:00"]]


def test_an_item_that_joins_a_pending_message_causes_none(tmp_path):
    result = result_of(
        tmp_path, FIRST, REPEAT.replace("10:20", "10:00"), expects='notified = [["chat", "night", "morning"], []]'
    )
    assert [d.key for d in result.differences if d.key != "notified of item 2"] == []
    assert "chat Mon 10:01:30" in messages(result)[0]
    assert not any(line.startswith("chat") for line in messages(result)[1])


def test_each_difference_is_named(tmp_path):
    result = result_of(tmp_path, FIRST, OTHER, expects='notified = [["chat"], []]\nsame_story = true')
    assert [(d.key, d.expected, d.found) for d in result.differences] == [
        ("same_story", "true", "false"),
        ("notified of item 1", "chat", "chat, morning, night"),
        ("notified of item 2", "nobody", "chat, morning, night"),
    ]


@pytest.mark.parametrize(
    ("example", "message"),
    [
        ('title = "t"', "expect in [[tests]] is missing"),
        ('title = "t"\nexpect = "nothing"\nsame_story = true', "same_story in [[tests]] needs items"),
        (f'title = "t"\nitems = [{FIRST}]', "[[tests]] with items expects nothing"),
        (f'title = "t"\nitems = [{FIRST}]\nnotified = [[], []]', "notified in [[tests]] has 2 lists for 1 item"),
        (f'title = "t"\nitems = [{FIRST}]\nnotified = [["chta"]]', 'no destination called "chta"'),
        (
            f'title = "t"\nitems = [{FIRST}]\nsame_story = true\nsummary = "x"',
            "summary in [[tests]] cannot stand beside",
        ),
        (f'title = "t"\nitems = [{FIRST}]\nsame_story = true\nexpect = "nothing"', "expect in [[tests]] cannot stand"),
        ('title = "t"\nitems = [{ title = "x", at = "25:00" }]\nsame_story = true', "must be a time of day"),
        ('title = "t"\nitems = [{ title = "x" }]\nsame_story = true', "at in [[tests]] is missing"),
    ],
)
def test_a_wrong_example_is_reported(tmp_path, example, message):
    file = tmp_path / "config.toml"
    file.write_text(f"{CONFIG}\n[[tests]]\n{example}\n")
    problems = [problem for problem in load(file, environ={}).problems if problem.level == "error"]
    assert any(message in problem.message for problem in problems), problems
