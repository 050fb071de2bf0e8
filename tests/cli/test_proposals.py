from __future__ import annotations

from datetime import timedelta

import pytest
from support.store_samples import entry, feed, put_entry

from monitor import clock
from monitor.store import open_writer, write
from monitor.store.feeds import configure


def test_explain_of_a_missed_name_shows_the_lines_to_paste(terminal):
    terminal.configure()
    typed = terminal.type("explain", "Inferno returns with new kits")
    assert "To make this text a hit, one of these changes of" in typed.out
    assert (
        '1. context in [actors.inferno]: change line 9 to\n       context = ["returns", "phish*"]\n     tried\n'
        in typed.out
    )


def test_explain_counts_what_a_change_does_to_stored_entries(terminal, tmp_path):
    terminal.configure()
    db = open_writer(tmp_path / "monitor.db")
    with write(db):
        configure(db, [feed()])
        for key, title in enumerate(("Inferno returns", "Inferno is over", "Other news")):
            recent = (clock.now() - timedelta(days=1) - entry().first_seen_at).total_seconds()
            put_entry(db, entry(str(key), title=title, seen_s=recent))
    db.close()
    typed = terminal.type("explain", "Inferno returns with new kits")
    assert "among 3 entries of the last 30 days: 0 hits lost, 1 hit gained" in typed.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "give a text to explain, or the number of a hit, as in --hit 17"),
        (("x", "--hit", "3"), "give a text to explain, or the number of a hit"),
        (("x", "--actor", "infern"), 'there is no actor "infern"; did you mean "inferno"?'),
        (("--hit", "3"), "no database"),
    ],
)
def test_wrong_arguments_are_refused(terminal, words, message):
    terminal.configure()
    typed = terminal.type("explain", *words)
    assert typed.code != 0
    assert message in typed.err


def test_explain_proposes_nothing_on_request(terminal):
    terminal.configure()
    assert "To make this" not in terminal.type("explain", "Inferno returns", "--no-proposals").out
