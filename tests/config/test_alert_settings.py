"""The settings of alerts and destinations that say when and how often somebody is told."""

import pytest

from monitor.model import Escalation, Severity

RULE = '[actors]\na = ["Ghost"]\n[rules.r]\nactors = ["a"]\nsend_to = ["d"]\n'
DESTINATION = '[destinations.d]\nurl = "console://"\n'


def test_destination_settings_are_read(load_text):
    more = 'max_per_hour = 20\ndigest = ["Mon-Fri 08:00", "16:00"]\nquiet_hours = ["18:00-08:00", "Sat"]\n'
    config = load_text(RULE + DESTINATION + more + 'break_quiet = "critical"\n').config
    there = config.destinations["d"]
    assert (there.max_per_hour, there.break_quiet) == (20, Severity.CRITICAL)
    assert [recurrence.written for recurrence in there.digest] == ["Mon-Fri 08:00", "16:00"]
    assert [window.written for window in there.quiet_hours] == ["18:00-08:00", "Sat"]


def test_alert_settings_are_read(load_text):
    config = load_text('[alerts]\ngroup = "none"\nwait = "0s"\ncorroborate = [3, 10]\nstorm = 7\n').config
    alerts = config.alerts
    assert (alerts.group, alerts.wait_s, alerts.corroborate, alerts.storm) == ("none", 0.0, (3, 10), 7)


def test_by_default_a_story_is_notified_once_after_90_seconds(load_text):
    alerts = load_text("").config.alerts
    assert (alerts.group, alerts.wait_s, alerts.corroborate, alerts.storm) == ("story", 90.0, (3, 10), 50)


def test_escalation_is_read(load_text):
    text = RULE + 'escalate = { after = "15m", to = ["phone"] }\n' + DESTINATION
    loaded = load_text(text + '[destinations.phone]\nurl = "console://"\n')
    assert loaded.config.rules["r"].escalate == Escalation(900.0, ("phone",))
    assert loaded.problems == ()


def test_first_in_is_a_span(load_text):
    assert load_text(RULE + 'first_in = "30d"\n' + DESTINATION).config.rules["r"].first_in_s == 30 * 86_400


def test_max_severity_is_read(load_text):
    there = load_text(RULE + DESTINATION + 'max_severity = "high"\n').config.destinations["d"]
    assert there.max_severity is Severity.HIGH


def test_max_severity_below_min_severity_is_an_error(load_text):
    loaded = load_text(RULE + DESTINATION + 'min_severity = "high"\nmax_severity = "low"\n')
    (problem,) = (problem for problem in loaded.problems if problem.level == "error")
    assert "is low, below min_severity high" in problem.message


def test_surge_needs_actors(load_text):
    assert load_text(RULE + "surge = true\n" + DESTINATION).config.rules["r"].surge
    text = '[keywords]\nk = ["x"]\n[rules.r]\nkeywords = ["k"]\nsurge = true\nsend_to = ["d"]\n' + DESTINATION
    (problem,) = load_text(text).problems
    assert problem.message == "[rules.r] has surge = true but no actors"


def test_weight_of_a_feed_is_read(load_text):
    config = load_text('[feeds.a]\nurl = "https://a.example"\nweight = 2\n[feeds]\nb = "https://b.example"\n').config
    assert [config.feeds[key].weight for key in "ab"] == [2, 1]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("max_per_hour = 0", "max_per_hour in [destinations.d] must be a whole number from 1 to 100,000, not 0"),
        ('digest = "08:00"', 'digest in [destinations.d] must be a list, not "08:00"'),
        ('digest = ["8:00"]', 'digest in [destinations.d] must be a time of day, not "8:00"'),
        ('quiet_hours = ["18-8"]', 'quiet_hours in [destinations.d] must be a period, not "18-8"'),
        (
            'quiet_hours = ["Mon-Sun"]',
            "quiet_hours in [destinations.d] covers the whole week, so that nothing would ever be sent",
        ),
        ('break_quiet = "crit"', 'break_quiet in [destinations.d] must be a severity, not "crit"'),
        (
            'break_quiet = "high"',
            "break_quiet in [destinations.d] has no effect: there are no quiet_hours and no digest",
        ),
        ('[alerts]\ngroup = "stories"', 'group in [alerts] cannot be "stories"'),
        ("[alerts]\nwait = 90", "wait in [alerts] must be a duration with a unit, not 90"),
        ("[alerts]\ncorroborate = [10, 3]", "corroborate in [alerts] must rise from number to number, not [10, 3]"),
        ("[alerts]\ncorroborate = [3, 3]", "corroborate in [alerts] must rise from number to number, not [3, 3]"),
        ("[alerts]\ncorroborate = [1, 3]", "corroborate in [alerts] contains 1, which is the first alert itself"),
        ("[alerts]\nstorm = -1", "storm in [alerts] must be a whole number from 1 to 100,000, not -1"),
        ('[feeds.f]\nurl = "https://f.example"\nweight = 0', "weight in [feeds.f] must be a whole number"),
    ],
)
def test_an_invalid_value_is_reported(load_text, line, problem):
    (found,) = load_text(RULE + DESTINATION + line + "\n").problems
    assert found.message.startswith(problem)
    assert found.place.source == line.splitlines()[-1]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ('{ after = "15m", to = ["fone"] }', 'no destination called "fone"'),
        ('{ after = "15m", to = [] }', "escalate.to in [rules.r] is an empty list"),
        ('{ after = "15m" }', "escalate.to in [rules.r] is missing"),
        ('{ after = "15", to = ["d"] }', 'escalate.after in [rules.r] must be a duration, not "15"'),
        ('{ after = "15m", too = ["d"] }', 'unknown setting "too" in escalate in [rules.r]'),
        ('"15m"', "escalate in [rules.r] must be a table"),
    ],
)
def test_an_invalid_escalation_is_reported(load_text, value, problem):
    messages = [found.message for found in load_text(f"{RULE}escalate = {value}\n{DESTINATION}").problems]
    assert any(message.startswith(problem) for message in messages), messages
