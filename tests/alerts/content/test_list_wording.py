from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.content.compose import compose
from monitor.alerts.content.list_wording import list_lines, list_words
from monitor.model import Judgement, ListedActor, Message

LISTED = ListedActor("night-heron", "ofac", "OFAC SDN list", date(2026, 11, 25), True, by_name=True, by_address=False)


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        (LISTED, "on the OFAC SDN list of 2026-11-25; a name match is no identification"),
        (replace(LISTED, by_name=False, by_address=True), "address on the OFAC SDN list of 2026-11-25"),
        (
            replace(LISTED, by_address=True),
            "name and address on the OFAC SDN list of 2026-11-25; the name match alone is no identification",
        ),
        (replace(LISTED, sanctions=False), "on the OFAC SDN list of 2026-11-25"),
        (replace(LISTED, sanctions=False, by_address=True), "name and address on the OFAC SDN list of 2026-11-25"),
    ],
    ids=["name", "address", "both", "name, no sanctions", "both, no sanctions"],
)
def test_a_name_on_a_sanctions_list_is_never_called_an_identification(listed, words):
    assert list_words(listed) == words


def test_an_actor_without_a_name_to_show_is_called_by_its_id():
    judgement = Judgement((), (), (), lists=(LISTED,))
    assert list_lines(judgement.lists)[0].startswith("night-heron: on the")
    assert list_lines(judgement.lists, [("night-heron", "Night Heron")])[0].startswith("Night Heron: on the")


@pytest.mark.parametrize("kind", ["alert", "digest"])
def test_an_alert_and_a_digest_name_the_list_and_its_date(make_hit, delivery, kind):
    hit = make_hit()
    hit = replace(hit, judgement=replace(hit.judgement, lists=(LISTED,)))
    content = compose(
        Message(replace(delivery, kind=type(delivery.kind)(kind)), (hit,)), zone=ZoneInfo("UTC"), now=hit.seen_at
    )
    assert "on the OFAC SDN list of 2026-11-25; a name match is no identification" in str(content)
