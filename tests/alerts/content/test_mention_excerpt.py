from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import SHARED_FIXTURE

from monitor.alerts.content.hit_wording import mention_names
from monitor.alerts.content.mention_excerpt import headline, words_around
from monitor.alerts.content.text_runs import to_markup
from monitor.alerts.render.plain import PLAIN
from monitor.model import MatchKind, Mention, Text

FILLER = "The bridge was paused on Monday while its keepers counted what was left of the pool. " * 4


def as_text(runs):
    return to_markup(runs, PLAIN, 600)


def span(text, start, end, *, field="summary", actor="night-heron"):
    keyword = None if actor else "theft"
    return Mention(actor, keyword, "x", text[start:end], field, start, end, 0, MatchKind.EXACT, 0, 1, 0)


def test_an_excerpt_is_cut_between_words(make_hit):
    shown = as_text(words_around(make_hit(summary=f"{FILLER}Then Night Heron came. {FILLER}")))
    assert "Then **Night Heron** came." in shown
    assert shown[0] == shown[-1] == "…"
    inner = shown.strip("…").replace("**", "")
    assert f" {inner} " in f" {FILLER}Then Night Heron came. {FILLER} "


def test_a_short_summary_is_shown_whole(make_hit):
    shown = as_text(words_around(make_hit(summary="Analysts blame Night Heron.")))
    assert shown == "Analysts blame **Night Heron**."


def test_there_is_no_excerpt_when_only_the_title_has_a_mention(make_hit):
    assert words_around(make_hit(summary="Nothing of note.")) == ()


def test_an_actor_is_preferred_to_a_keyword_that_comes_before_it(make_hit):
    text = "Theft! By Night Heron."
    hit = make_hit(summary=text, mentions=(span(text, 0, 5, actor=None), span(text, 10, 21)))
    assert as_text(words_around(hit)) == "Theft! By **Night Heron**."


def test_a_keyword_is_highlighted_when_there_is_no_actor(make_hit):
    text = "A theft of coins."
    hit = make_hit(title="Coins gone", summary=text, mentions=(span(text, 2, 7, actor=None),))
    assert as_text(words_around(hit)) == "A **theft** of coins."


def test_overlapping_mentions_are_highlighted_as_one(make_hit):
    text = "the Night Heron Group again"
    hit = make_hit(summary=text, mentions=(span(text, 4, 15), span(text, 10, 21)))
    assert as_text(words_around(hit)) == "the **Night Heron Group** again"


def test_a_mention_far_away_is_left_out(make_hit):
    text = f"Night Heron came. {FILLER}Night Heron left."
    last = text.rindex("Night Heron")
    hit = make_hit(summary=text, mentions=(span(text, 0, 11), span(text, last, last + 11)))
    assert as_text(words_around(hit)).count("**") == 2


def test_a_mention_that_no_longer_quotes_the_text_is_not_highlighted(make_hit):
    hit = make_hit(title="Night Heron returns")
    entry = replace(hit.entry, text=Text("A new title"))
    assert as_text(headline(replace(hit, entry=entry))) == "A new title"


def test_neutralising_keeps_the_highlight_in_place(make_hit):
    text = "<!here> @all  Night\u200b Heron ](x)"
    start = text.index("Night")
    hit = make_hit(summary=text, mentions=(span(text, start, start + 12),))
    assert as_text(words_around(hit)) == "‹!here› @\u200ball **Night Heron** ]\u200b(x)"


def test_a_script_without_spaces_is_cut_where_the_window_ends(make_hit):
    text = "交易所遭到黑客攻击" * 40 + "拉撒路" + "调查仍在继续" * 40
    start = text.index("拉撒路")
    shown = words_around(make_hit(title="x", summary=text, mentions=(span(text, start, start + 3),)))
    assert "**拉撒路**" in as_text(shown)
    assert 100 < len(as_text(shown)) < 200


@settings(suppress_health_check=SHARED_FIXTURE)
@given(
    before=st.text(max_size=300), inside=st.text("abc 拉e\u0301", min_size=1, max_size=30), after=st.text(max_size=300)
)
def test_the_excerpt_quotes_the_text_and_holds_the_mention(make_hit, before, inside, after):
    text = before + inside + after
    hit = make_hit(title="x", summary=text, mentions=(span(text, len(before), len(before + inside)),))
    runs = words_around(hit)
    quoted = "".join(p.text for p in runs if p.text != "…")
    assert quoted in text.replace("…", "")
    assert [p.text for p in runs if p.is_mention] == [inside]
    as_text(runs).encode("utf-8")
    assert "\n" not in as_text(runs)


@pytest.mark.parametrize(
    ("mentions", "names"),
    [
        ((span("a", 0, 1), span("b", 0, 1)), ["Night Heron"]),
        ((span("a", 0, 1, actor=None),), ["theft"]),
        ((span("a", 0, 1, actor=None), span("a", 0, 1, actor="other")), ["other"]),
        ((), []),
    ],
    ids=["once", "keywords", "id without a name", "nothing"],
)
def test_a_hit_is_named_after_its_actors_or_else_its_keywords(make_hit, mentions, names):
    assert mention_names([make_hit(mentions=mentions)]) == names
