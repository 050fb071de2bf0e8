from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.content.neutralise import ZERO_WIDTH_SPACE, neutralise
from monitor.alerts.content.pieces import Piece, harmless, own_words, units, written, written_within
from monitor.alerts.render.markup import DISCORD, SLACK, TELEGRAM
from monitor.alerts.render.plain import PLAIN

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
def test_cutting_a_text_into_pieces_changes_nothing_of_it(parts, data):
    pieces = [Piece(part, marked=data.draw(st.booleans())) for part in parts]
    limit = data.draw(st.integers(1, 60))
    shown = "".join(piece.text for piece in harmless([*pieces, Piece("")], limit))
    assert len(shown) <= limit
    assert shown == neutralise("".join(parts), limit) or "…" in shown


def test_what_is_live_across_a_seam_is_broken():
    shown = written([Piece("see "), Piece("evil", marked=True), Piece(".example")], TELEGRAM, 80)
    assert shown == f"see <b>evil</b>.{ZERO_WIDTH_SPACE}example"


def test_words_at_a_seam_do_not_run_together():
    assert written([Piece("by  "), Piece("Night Heron", marked=True), Piece(" again ")], PLAIN, 80) == (
        "by **Night Heron** again"
    )


@given(st.text("ab &<>é🪶*_", max_size=80), st.integers(0, 200))
def test_what_is_written_fits_with_its_escapes(text, room):
    for dialect in (SLACK, TELEGRAM, DISCORD, PLAIN):
        assert units(written_within((Piece(text),), dialect, 60, room)) <= room


def test_addresses_in_the_operators_words_become_links():
    pieces = own_words("Playbook (https://wiki.example/a?b=1&c=2), then https://x.example.")
    assert [piece.link for piece in pieces if piece.link] == ["https://wiki.example/a?b=1&c=2", "https://x.example"]
    assert (
        "".join(piece.text for piece in pieces) == "Playbook (https://wiki.example/a?b=1&c=2), then https://x.example."
    )


def test_the_operators_own_words_may_call_a_group_in_slack_and_nothing_else_is_markup():
    shown = written(own_words("ask <!subteam^S12|soc> & <b> https://wiki.example"), SLACK, 200)
    assert shown == "ask <!subteam^S12|soc> &amp; &lt;b&gt; <https://wiki.example|https://wiki.example>"


def test_a_feed_calls_nobody_in_slack():
    assert written([Piece("<!subteam^S12> *now* `x`")], SLACK, 200) == "‹!subteam^S12› ∗now∗ ˋxˋ"
