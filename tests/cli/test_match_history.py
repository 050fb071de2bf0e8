"""Rules that depend on earlier mentions, where items or a database give the history."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

CONFIG = """
[actors]
heron = ["Night Heron"]
[rules.unusual]
actors = ["*"]
surge = true
severity = "high"
send_to = ["desk"]
[rules.new]
actors = ["*"]
first_in = "5d"
send_to = ["desk"]
[destinations.desk]
url = "console://"
[storage]
path = "monitor.db"
"""
DAY0 = datetime(2026, 11, 1, 12, tzinfo=UTC)
PLACES = ("Larkspur", "Copperfield", "Quillon", "Bramble", "Thornhill", "Oslo", "Vega", "Ostrava")
CRIMES = ("phishing kit", "bridge drained", "wallet update poisoned", "flat searched", "mixer traced", "trial opens",
          "ransom paid", "server seized")  # fmt: skip


def item(title, at):
    return {"id": title, "title": title, "date": at.isoformat(), "source": title.split()[-1]}


def surging():
    """Return a quiet begin, and ten days later eight stories within eight hours."""
    headlines = [f"{crime.capitalize()} in {place}: Night Heron" for crime, place in zip(CRIMES, PLACES, strict=True)]
    later = DAY0 + timedelta(days=10)
    return [item("A quiet week", DAY0)] + [item(t, later + timedelta(hours=n)) for n, t in enumerate(headlines)]


def written(tmp_path, items):
    path = tmp_path / "items.ndjson"
    path.write_text("\n".join(map(json.dumps, items)))
    return path


def rules_of(terminal, path, *options):
    terminal.configure(CONFIG)
    return [json.loads(line)["rules"] for line in terminal.type("match", str(path), *options).out.splitlines()]


@pytest.mark.parametrize("options", [(), ("--stories",)], ids=["match", "with stories"])
def test_the_sixth_story_of_a_day_is_a_surge(terminal, tmp_path, options):
    found = rules_of(terminal, written(tmp_path, surging()), *options)
    assert found == [[], ["new"], [], [], [], [], ["unusual"], ["unusual"], ["unusual"]]


def test_the_order_of_the_file_does_not_matter(terminal, tmp_path):
    found = rules_of(terminal, written(tmp_path, surging()[::-1]))
    assert found[::-1] == [[], ["new"], [], [], [], [], ["unusual"], ["unusual"], ["unusual"]]


def test_a_short_history_knows_no_surge(terminal, tmp_path):
    assert all("unusual" not in rules for rules in rules_of(terminal, written(tmp_path, surging()[1:])))


def test_items_without_a_date_have_no_history(terminal, tmp_path):
    items = [{k: v for k, v in one.items() if k != "date"} for one in surging()]
    assert rules_of(terminal, written(tmp_path, items))[1:] == [["new"]] * 8


def test_several_reports_of_one_story_are_one(terminal, tmp_path):
    later = DAY0 + timedelta(days=10)
    same = [item("Night Heron drained the Quillon bridge of $40 million", later + timedelta(hours=n)) for n in range(9)]
    found = rules_of(terminal, written(tmp_path, [item("A quiet week", DAY0), *same]))
    assert all("unusual" not in rules for rules in found)


def test_explain_takes_a_file_of_items_as_history(terminal, tmp_path):
    terminal.configure(CONFIG)
    path = written(tmp_path, surging())
    said = terminal.type("explain", "Night Heron is back", "--history", str(path), "--no-proposals").out
    assert "unusual: matches, high" in said
    assert "heron: 8 stories in 24 h, 0.0 a day in the 9 days before" in said
    assert "new: does not match" in said


def test_explain_without_history_or_database_knows_no_surge(terminal):
    terminal.configure(CONFIG)
    said = terminal.type("explain", "Night Heron is back", "--no-proposals").out
    assert "unusual: does not match" in said
    assert "new: matches" in said


def test_explain_refuses_a_history_without_dates(terminal, tmp_path):
    terminal.configure(CONFIG)
    said = terminal.type("explain", "Night Heron is back", "--history", str(written(tmp_path, [{"title": "x"}])))
    assert (said.code, 'no item with a "date"' in said.err) == (2, True)


def test_an_example_with_items_over_days_has_a_surge(terminal):
    items = "".join(
        f'  {{ title = "{crime.capitalize()} in {place}: Night Heron", at = "Tue {8 + n:02d}:00" }},\n'
        for n, (crime, place) in enumerate(zip(CRIMES, PLACES, strict=True))
    )
    days = "".join(f'  {{ title = "A quiet week", at = "{day} 09:00" }},\n' for day in ("Mon", "Sun", "Mon"))
    notified = ", ".join(["[]"] * 3 + ['["desk"]'] + ["[]"] * 4 + ['["desk"]'] * 3)
    text = CONFIG + f'[[tests]]\ntitle = "surge"\nnotified = [{notified}]\nitems = [\n{days}{items}]\n'
    terminal.configure(text)
    said = terminal.type("test")
    assert said.code == 0, said.out


def dated(items):
    return "".join(f'  {{ title = "{one["title"]}", at = {one["date"][:19]} }},\n' for one in items)


def test_an_example_may_have_dates(terminal):
    notified = ", ".join(["[]", '["desk"]'] + ["[]"] * 4 + ['["desk"]'] * 3)
    terminal.configure(
        CONFIG + f'[[tests]]\ntitle = "surge"\nnotified = [{notified}]\nitems = [\n{dated(surging())}]\n'
    )
    said = terminal.type("test")
    assert said.code == 0, said.out


def test_the_dates_of_an_example_are_in_order(terminal):
    terminal.configure(CONFIG + f'[[tests]]\ntitle = "x"\nsame_story = true\nitems = [\n{dated(surging()[::-1])}]\n')
    said = terminal.type("test")
    assert said.code == 2
    assert "at in [[tests]] is earlier than that of the item before" in said.err


def test_a_date_of_an_example_needs_a_time(terminal):
    text = '[[tests]]\ntitle = "x"\nsame_story = true\nitems = [{ title = "y", at = 2026-11-27 }]\n'
    terminal.configure(CONFIG + text)
    assert "or 2026-11-27T08:30:00 without quotes" in terminal.type("test").err
