"""What every format says of an actor besides its mention: its published list, and its stories by day."""

import json
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.render.message_format import MessageFormat
from monitor.alerts.render.notification import RenderOptions, render
from monitor.model import DailyMentions, ListedActor, Message

ZONE = ZoneInfo("UTC")
LISTED = ListedActor("night-heron", "ofac", "OFAC SDN list", date(2026, 11, 25), True, by_name=True, by_address=False)


@pytest.fixture
def message(make_hit, delivery):
    hit = make_hit()
    return Message(delivery, (replace(hit, judgement=replace(hit.judgement, lists=(LISTED,))),))


@pytest.mark.parametrize("message_format", [f for f in MessageFormat if f is not MessageFormat.CONSOLE])
def test_the_list_and_the_caution_are_in_every_format(message, message_format):
    made = render(message, RenderOptions(ZONE, message.delivery.created_at, message_format))
    whole = made.body + json.dumps(made.document, default=str)
    assert "on the OFAC SDN list of 2026-11-25" in whole
    assert "a name match is no identification" in whole


@pytest.mark.parametrize("message_format", [MessageFormat.MAIL, MessageFormat.SLACK, MessageFormat.PLAIN])
def test_the_stories_of_a_frequent_actor_are_shown_by_day(make_hit, delivery, message_format):
    series = DailyMentions("night-heron", date(2026, 11, 22), (0,) * 20 + (1, 0, 2, 0, 0, 0, 0, 9))
    made = render(
        Message(delivery, (make_hit(),), daily_mentions=(series,)),
        RenderOptions(ZONE, delivery.created_at, message_format),
    )
    whole = made.html + made.body + json.dumps(made.document, ensure_ascii=False)
    assert "▁▁▂▁▃▁▁▁▁█ 12 stories in 28 days, most 9 on 2026-11-22; last 7 days: 0 2 0 0 0 0 9" in whole
