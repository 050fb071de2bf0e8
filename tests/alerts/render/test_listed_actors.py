"""Every format says on which published list an actor is."""

import json
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.render.message_format import MessageFormat
from monitor.alerts.render.notification import RenderOptions, render
from monitor.model import ListedActor, Message

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
