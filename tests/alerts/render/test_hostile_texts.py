"""Hostile feed texts through every rendering."""

from __future__ import annotations

import pytest
from support import hostile_texts
from support.effort import THOROUGH, examples
from support.hostile_messages import READERS, UTC_ZONE, hostile_message, wire

from monitor.alerts.render.console import ConsoleOptions, render_console
from monitor.model import DeliveryKind

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.mark.parametrize("message_format", READERS, ids=str)
def test_no_hostile_text_stays_active(make_hit, delivery, message_format):
    texts = hostile_texts.hostile_texts(examples(1000))
    for text, other in zip(texts, reversed(texts), strict=True):
        body = wire(message_format, hostile_message(make_hit, delivery, text, other))
        assert READERS[message_format](body) == [], (text, other)


@pytest.mark.parametrize("kind", DeliveryKind, ids=str)
@pytest.mark.parametrize("message_format", READERS, ids=str)
def test_no_hostile_text_stays_active_in_any_kind_of_message(make_hit, delivery, message_format, kind):
    texts = hostile_texts.hostile_texts(examples(80), seed=11)
    for hits, text in enumerate(texts):
        message = hostile_message(make_hit, delivery, text, text[::-1], kind, hits % (14 if THOROUGH else 4))
        assert READERS[message_format](wire(message_format, message)) == [], text


def test_a_terminal_gets_no_control_character(make_hit, delivery):
    for text in hostile_texts.hostile_texts(examples(1000)):
        message = hostile_message(make_hit, delivery, text, text)
        shown = render_console(message, ConsoleOptions(UTC_ZONE, delivery.created_at, 80))
        assert shown.replace("\n", "").isprintable(), text
