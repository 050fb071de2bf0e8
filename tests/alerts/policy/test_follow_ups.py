"""When a destination gets a follow-up, and how several reasons for one delivery become one list."""

from datetime import UTC, datetime

from monitor.alerts.policy.follow_ups import corroboration, new_actors, severity_rise
from monitor.model import Actor, Annotation, NotifiedStory, Severity
from monitor.model.reason import AlertStorm, Corroborated, DigestPeriod, NewActor, SeverityRose, merge_reasons

LOW, MEDIUM, HIGH, CRITICAL = Severity
STORM = AlertStorm(50, 300)
AT = [datetime(2026, 11, 24, hour, tzinfo=UTC) for hour in range(4)]


def test_a_threshold_counts_once():
    assert corroboration(NotifiedStory(1, HIGH, 1), 3, (3, 10)) == Corroborated(3)
    assert corroboration(NotifiedStory(1, HIGH, 3), 9, (3, 10)) is None


def test_a_report_says_whether_an_outlet_counts_as_several():
    assert corroboration(NotifiedStory(1, HIGH, 1), 3, (3,), weighted=True) == Corroborated(3, weighted=True)


def test_a_new_actor_is_named_with_the_outlet_if_the_message_lacks_its_report():
    known = NotifiedStory(1, HIGH, 1)
    assert new_actors(known, [HERON]) == (NewActor("heron", "Night Heron"),)
    assert new_actors(known, [HERON], outlet="The Wire") == (NewActor("heron", "Night Heron", "The Wire"),)


def test_only_a_higher_severity_is_a_rise():
    assert severity_rise(NotifiedStory(1, MEDIUM, 1), HIGH) == SeverityRose(MEDIUM, HIGH)
    assert severity_rise(NotifiedStory(1, HIGH, 1), HIGH) is None


GENERAL = Actor("state", "State hackers", (), yields_to=frozenset({"heron", "grebe"}))
HERON, GREBE = Actor("heron", "Night Heron", ()), Actor("grebe", "Grebe", ())


def named_new(known, *actors):
    return [reason.actor for reason in new_actors(NotifiedStory(1, HIGH, 1, actors=frozenset(known)), actors)]


def test_an_actor_that_the_destination_does_not_know_is_new():
    assert named_new([], HERON) == ["heron"]
    assert named_new(["heron"], HERON, GREBE) == ["grebe"]
    assert named_new(["heron"], HERON) == []


def test_a_crew_is_new_beside_the_general_actor_but_not_the_other_way_round():
    assert named_new(["state"], HERON) == ["heron"]
    assert named_new(["heron"], GENERAL) == []
    assert named_new([], GENERAL, HERON) == ["heron"]


def test_one_actor_of_two_reports_is_one_reason():
    first, second = NewActor("heron", "Night Heron", "wire"), NewActor("heron", "Night Heron", "post")
    assert merge_reasons([first], [second, NewActor("grebe", "Grebe")]) == (first, NewActor("grebe", "Grebe"))


def test_the_newest_number_of_outlets_replaces_the_older():
    assert merge_reasons([Corroborated(3)], [Corroborated(10)]) == (Corroborated(10),)


def test_a_second_rise_continues_the_first():
    assert merge_reasons([SeverityRose(LOW, HIGH)], [SeverityRose(LOW, CRITICAL)]) == (SeverityRose(LOW, CRITICAL),)
    assert merge_reasons([SeverityRose(LOW, HIGH)], [SeverityRose(HIGH, CRITICAL)]) == (SeverityRose(LOW, CRITICAL),)


def test_a_digest_covers_the_time_since_its_first_hit():
    merged = merge_reasons([DigestPeriod(AT[0], AT[3])], [DigestPeriod(AT[1], AT[3])])
    assert merged == (DigestPeriod(AT[0], AT[3]),)


def test_different_reasons_are_all_kept_and_each_once():
    rise = SeverityRose(MEDIUM, HIGH)
    assert merge_reasons([rise], [Corroborated(3)]) == (rise, Corroborated(3))
    assert merge_reasons([STORM], [STORM]) == (STORM,)
    assert merge_reasons([], [STORM]) == (STORM,)
    assert merge_reasons([STORM], []) == (STORM,)


def test_lines_are_joined_and_the_first_title_stays():
    merged = Annotation("a", lines=("x",)).merged_with(Annotation("b", lines=("x", "y")))
    assert (merged.title, merged.lines) == ("a", ("x", "y"))
