from monitor.alerts.policy.follow_ups import joined
from monitor.model import Annotation


def why(before: str, after: str) -> str:
    return joined(Annotation(why=before), Annotation(why=after)).why


def test_the_newest_count_of_outlets_stands():
    assert why("3 outlets carry it", "10 outlets carry it") == "10 outlets carry it"


def test_a_rise_and_a_count_are_both_said():
    rise = "severity rose from medium to high"
    assert why(rise, "3 outlets carry it") == f"{rise}; 3 outlets carry it"
    assert why(f"{rise}; 3 outlets carry it", "4 outlets carry it") == f"{rise}; 4 outlets carry it"


def test_what_was_said_already_is_said_once():
    assert why("storm", "storm") == "storm"
    assert why("", "storm") == "storm"
    assert why("storm", "") == "storm"


def test_lines_are_joined_and_the_title_stays():
    said = joined(Annotation("a", lines=("x",)), Annotation("b", lines=("x", "y")))
    assert (said.title, said.lines) == ("a", ("x", "y"))
