from __future__ import annotations

import json
import subprocess
import sys

import pytest
from support.servers import Reply

from monitor.cli.output import Table, dump, write_rows

FEED = "<rss version='2.0'><channel><title>Wire</title>%s</channel></rss>"
TITLE = "Lazarus Group \u202estole\u2069 $2M"
WORDS = "one hundred and twenty thousand wallets were drained while nobody looked"


@pytest.fixture
def hit(terminal, site):
    """A database with one hit whose title holds direction marks."""
    item = f"<item><guid>2</guid><title>{TITLE}</title><description>{WORDS}</description></item>"
    terminal.configure(
        terminal.config_text('[alerts]\nfirst_run = "alert"\n'),
        url=site.route("/feed", Reply(body=(FEED % item).encode())),
    )
    assert terminal.type("once").code == 0
    return terminal


def typed(terminal, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a shell; only what happens to the real output of a process needs this."""
    line = f"{sys.executable} -m monitor -c {terminal.config} {command}"
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("form", ["--json", "--ndjson", "--csv"])
def test_output_for_programs_contains_no_raw_direction_marks(hit, form):
    out = hit.type("hits", form).out
    assert "stole" in out
    assert not set("\u202e\u2069") & set(out)


def test_json_writes_direction_marks_as_escapes(hit):
    assert json.loads(hit.type("hits", "--json").out)[0]["title"] == TITLE
    assert dump("\u202e\x9b\ud800") == '"\\u202e\\u009b\\ud800"'


@pytest.mark.parametrize(
    "command",
    [
        "hits",
        pytest.param("hits --csv", marks=pytest.mark.slow),
        pytest.param("show 1", marks=pytest.mark.slow),
        "--help",
    ],
)
def test_a_full_disk_is_an_error_and_no_traceback(hit, command):
    said = typed(hit, f"{command} > /dev/full")
    assert (said.returncode, said.stderr) == (1, "monitor: the output cannot be written: No space left on device\n")


@pytest.mark.parametrize("output", [">&-", "| true"], ids=["closed", "read by nobody"])
@pytest.mark.parametrize("command", ["show 1", pytest.param("--help", marks=pytest.mark.slow)])
def test_a_closed_output_is_no_traceback(hit, command, output):
    assert "Traceback" not in typed(hit, f"{command} {output}").stderr


@pytest.mark.parametrize(("command", "width"), [("hits", 80), ("show 1", 40), ("search wallets", 40), ("feeds", 80)])
def test_lines_fit_the_terminal_and_no_word_is_broken(hit, monkeypatch, command, width):
    monkeypatch.setenv("COLUMNS", str(width))
    narrow = hit.type(*command.split()).out
    monkeypatch.setenv("COLUMNS", "1000")
    wide = hit.type(*command.split()).out
    assert max(map(len, wide.splitlines())) > width
    without_head = wide.partition("\n")[2]
    assert set(narrow.split()) >= set(without_head.split()) - {"-"}
    assert all(len(line) <= width or " " not in line.strip() for line in narrow.splitlines())


def test_a_hit_number_that_is_too_long_is_rejected_with_a_message(hit):
    said = hit.type("show", "9" * 23)
    assert said.code == 2
    assert said.err.startswith("monitor: ID must be at most")


def test_columns_that_do_not_fit_move_below_their_row(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    write_rows([{"id": 7, "title": "a rather long title of a hit"}], Table(("id", "title"), "none", ("title",)), None)
    assert capsys.readouterr().out == "id\n7\n    title: a rather long title\n      of a hit\n"
