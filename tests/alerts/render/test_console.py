import re
from dataclasses import replace
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from support.effort import SHARED_FIXTURE

from monitor.alerts.render.console import ConsoleOptions, render_console
from monitor.model import Indicator, IndicatorKind, Message

UTC_ZONE = ZoneInfo("UTC")


def box(hits, delivery, *, width=60, colour=False):
    return render_console(Message(delivery, tuple(hits)), ConsoleOptions(UTC_ZONE, hits[0].seen_at, width, colour))


def test_a_box_holds_severity_names_headline_reason_and_number(make_hit, delivery):
    shown = box([make_hit(summary="Analysts blame Night Heron.", notes=("call Ana",))], delivery)
    assert shown.splitlines() == [
        "╭─ HIGH  Night Heron ──────────────────────────────────────╮",
        "│ Night Heron empties a bridge                             │",
        "│ Analysts blame **Night Heron**.                          │",
        "│                                                          │",
        "│ The Daily, 22 Nov 07:41 UTC, seen after 3 min            │",
        '│ why: rule thefts: "Night Heron" (exact)                  │',
        "│ note: call Ana                                           │",
        "│ https://news.example/a                                   │",
        f"╰{'─' * 53} #7 ─╯",
    ]


def test_colour_paints_the_mention_instead_of_its_stars(make_hit, delivery):
    shown = box([make_hit()], delivery, colour=True)
    assert "\x1b[30;48;5;179mNight Heron\x1b[0m" in shown
    assert "**" not in shown


def test_taking_the_colours_away_leaves_a_box(make_hit, delivery):
    plain = re.sub(r"\x1b\[[0-9;]*m", "", box([make_hit()], delivery, colour=True))
    assert {cell_len(line) for line in plain.splitlines()} == {60}


@settings(suppress_health_check=SHARED_FIXTURE)
@given(title=st.text(max_size=120) | st.text("北朝鮮 ハッカー e\u0301", max_size=90), width=st.integers(1, 120))
def test_every_line_is_as_wide_as_asked_and_has_no_escape(make_hit, delivery, title, width):
    shown = box([make_hit(title=f"{title}x", mentions=())], delivery, width=width)
    lines = shown.split("\n")
    assert {cell_len(line) for line in lines} == {max(40, width)}
    assert "\x1b" not in shown


def test_the_mark_ends_with_its_last_word_on_a_line(make_hit, delivery):
    shown = box([make_hit(title=f"{'x' * 29} Night Heron")], delivery, width=40, colour=True)
    assert "Night\x1b[0m " in shown


def test_a_word_longer_than_the_box_is_broken(make_hit, delivery):
    shown = box([make_hit(title="a" * 100, mentions=())], delivery, width=40)
    assert shown.count("a" * 36) == 2


def test_a_repeat_is_marked_on_the_box(make_hit, delivery):
    assert "#7 (possible repeat) ─╯" in box([make_hit()], replace(delivery, possible_repeat=True))


def test_more_than_ten_hits_are_counted(make_hit, delivery):
    shown = box([make_hit(number=n) for n in range(53)], delivery)
    assert shown.splitlines()[0].startswith("╭─ HIGH  53 hits: Night Heron ─")
    assert shown.count("Night Heron empties a bridge (Night Heron) #") == 30
    assert shown.count(" #9 ─╯") == 1
    assert "│ and 13 more " in shown


def test_what_was_found_stands_in_the_box(make_hit, delivery):
    hit = make_hit()
    cve = Indicator(IndicatorKind.CVE, "", "CVE-2024-12345", "CVE-2024-12345", "title", 0, 14)
    hit = replace(hit, judgement=replace(hit.judgement, indicators=(cve,)))
    assert "│ found: CVE-2024-12345 " in box([hit], delivery)
