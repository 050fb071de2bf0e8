"""Messages with as much in them as there can be."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from monitor.model import Amount, Annotation, DeliveryKind, Indicator, IndicatorKind, Message, StoryOutlets
from monitor.model.reason import Recorded

LONGEST_LINK = "https://news.example/?" + "&" * 1400

# each stays itself when it is cleaned, or grows when it is escaped
letters = st.sampled_from(['"', "&", "<", "a ", "é", "北", "🪶", "🇰🇵", "e\u0301", "*", "@", "\\", "://", "{{", ".com "])
texts = st.lists(letters, min_size=1, max_size=6).flatmap(
    lambda parts: st.integers(1, 400).map(lambda n: ("".join(parts) * n)[:1500])
)


@st.composite
def wordy(draw):
    """Draw what a message is made of: a kind, a number of hits, and texts of any length."""
    kind = draw(st.sampled_from(list(DeliveryKind)))
    return kind, draw(st.sampled_from([0, 1, 2, 11, 60])), draw(texts), draw(texts)


def wordy_message(make_hit, delivery, drawn) -> Message:
    """Return a message with as much in it as there can be."""
    kind, hits, text, other = drawn
    value = Indicator(IndicatorKind.TRANSACTION, "BTC", "f" * 64, "f" * 64, "title", 0, 64)
    hit = make_hit(title=f"{text}x", summary=f"{other} Night Heron", link=LONGEST_LINK, why=text, notes=(other,) * 4)
    amounts = tuple(Amount(hit.id, c, text, "title", 0, 1) for c in ("USD", "EUR"))
    judgement = replace(hit.judgement, rules=hit.judgement.rules * 5, amounts=amounts, indicators=(value,) * 8)
    hit = replace(hit, judgement=judgement, names=(("night-heron", text),), changes=(other,) * 4)
    made = tuple(replace(hit, id=10**9 + n, story=n // 2) for n in range(hits))
    story_outlets = tuple(StoryOutlets(n, (text, other) * 9, other) for n in range(hits))
    late = replace(delivery, kind=kind, late=True, possible_repeat=True)
    return Message(late, made, story_outlets, Annotation(text, (Recorded(other),), (text, other) * 40))
