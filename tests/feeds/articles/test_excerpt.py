from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.articles.excerpt import CONTEXT, excerpt_around_mentions
from monitor.model import Amount, Indicator, IndicatorKind, Judgement, MatchKind, Mention, Text

FILLER = "word " * 200
CONTENT = f"{FILLER}Lazarus Group took $5M here {FILLER}and $7M there {FILLER}paid to 0xAB {FILLER}said Lazarus Group."


def mention(field: str, start: int, text: str = "Lazarus Group") -> Mention:
    return Mention("l", None, text, text, field, start, start + len(text), 0, MatchKind.EXACT, 0, 2, 0)


def found_in(content: str) -> Judgement:
    places = [n for n in range(len(content)) if content.startswith("Lazarus Group", n)]
    sums = [n for n in range(len(content)) if content.startswith("$", n)]
    address = content.index("0xAB") if "0xAB" in content else -1
    return Judgement(
        (mention("title", 0), *(mention("content", n) for n in places)),
        tuple(Amount(Decimal(5), "USD", content[n : n + 3], "content", n, n + 3) for n in sums),
        (),
        (Indicator(IndicatorKind.ADDRESS, "ETH", "0xAB", "0xAB", "content", address, address + 4),) * (address >= 0),
    )


def test_the_words_around_mentions_are_kept_and_every_span_still_quotes_its_text() -> None:
    text, judgement = excerpt_around_mentions(Text("Lazarus Group", "Short", CONTENT), found_in(CONTENT))
    assert (text.title, text.summary, text.content.count(" … ")) == ("Lazarus Group", "Short", 2)
    assert len(text.content) < 4 * CONTEXT + 100
    spans = [*judgement.mentions, *judgement.amounts, *judgement.indicators]
    assert [getattr(text, s.field)[s.start : s.end] for s in spans] == [s.text for s in spans]
    assert [amount.text for amount in judgement.amounts] == ["$5M"]
    assert len(judgement.mentions) == 3


def test_nothing_is_kept_of_an_article_without_a_mention() -> None:
    text, judgement = excerpt_around_mentions(Text("Lazarus Group", "", FILLER), found_in("nothing"))
    assert (text.content, len(judgement.mentions)) == ("", 1)


@given(st.lists(st.sampled_from(["Lazarus Group", "a", "somewhat longer words", " ", "x" * 90]), max_size=60))
def test_no_mention_is_lost_and_every_span_stays_on_its_words(parts: list[str]) -> None:
    content = " ".join(parts)
    before = replace(found_in(content), amounts=(), indicators=())
    text, after = excerpt_around_mentions(Text("Lazarus Group", "", content), before)
    assert len(after.mentions) == len(before.mentions)
    assert all(getattr(text, m.field)[m.start : m.end] == m.text for m in after.mentions)
