from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.content.neutralise import ZERO_WIDTH_SPACE, neutralise
from monitor.alerts.content.text_runs import (
    TextRun,
    neutralised_runs,
    operator_text,
    to_markup,
    to_markup_within,
    utf16_units,
)
from monitor.alerts.render.discord import DISCORD
from monitor.alerts.render.plain import PLAIN
from monitor.alerts.render.slack import SLACK
from monitor.alerts.render.telegram import TELEGRAM

FRAGMENTS = [
    "@every",
    "one",
    "evil",
    ".exam",
    "ple",
    "](",
    "]",
    "(",
    ":",
    "//",
    "{",
    " ",
    "\u202e",
    "e",
    "\u0301",
    "🇰",
    "🇵",
    "<",
]
hostile = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=14)


@given(hostile, st.data())
def test_splitting_a_text_into_runs_does_not_change_it(parts, data):
    runs = [TextRun(part, is_mention=data.draw(st.booleans())) for part in parts]
    limit = data.draw(st.integers(1, 60))
    shown = "".join(run.text for run in neutralised_runs([*runs, TextRun("")], limit))
    assert len(shown) <= limit
    assert shown == neutralise("".join(parts), limit) or "…" in shown


def test_what_becomes_active_where_two_runs_meet_is_broken():
    shown = to_markup([TextRun("see "), TextRun("evil", is_mention=True), TextRun(".example")], TELEGRAM, 80)
    assert shown == f"see <b>evil</b>.{ZERO_WIDTH_SPACE}example"


def test_words_on_both_sides_of_a_run_boundary_stay_separate():
    assert to_markup([TextRun("by  "), TextRun("Night Heron", is_mention=True), TextRun(" again ")], PLAIN, 80) == (
        "by **Night Heron** again"
    )


@given(st.text("ab &<>é🪶*_", max_size=80), st.integers(0, 200))
def test_the_limit_includes_escapes(text, max_units):
    for markup in (SLACK, TELEGRAM, DISCORD, PLAIN):
        assert utf16_units(to_markup_within((TextRun(text),), markup, 60, max_units)) <= max_units


def test_addresses_in_text_of_the_operator_become_links():
    runs = operator_text("Playbook (https://wiki.example/a?b=1&c=2), then https://x.example.")
    assert [run.link for run in runs if run.link] == ["https://wiki.example/a?b=1&c=2", "https://x.example"]
    assert "".join(run.text for run in runs) == "Playbook (https://wiki.example/a?b=1&c=2), then https://x.example."


def test_text_of_the_operator_can_mention_a_group_in_slack_and_nothing_else_is_markup():
    shown = to_markup(operator_text("ask <!subteam^S12|soc> & <b> https://wiki.example"), SLACK, 200)
    assert shown == "ask <!subteam^S12|soc> &amp; &lt;b&gt; <https://wiki.example|https://wiki.example>"


def test_a_feed_cannot_mention_anybody_in_slack():
    assert to_markup([TextRun("<!subteam^S12> *now* `x`")], SLACK, 200) == "‹!subteam^S12› ∗now∗ ˋxˋ"
