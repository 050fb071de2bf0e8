from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import warnings
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote, quote_plus

import pytest
from apscheduler.events import EVENT_JOB_MAX_INSTANCES
from support.patience import PATIENCE_S

from monitor.daemon.scheduler import Job, Scheduler
from monitor.logs import Log, set_up

SECRET = 'hunter/2 "gold\\fish'
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 ")
FORGED = "2026-01-01T00:00:00.000+00:00 error   all is lost"
HOSTILE = {
    "newline": f"a\n{FORGED}",
    "carriage return": f"a\r{FORGED}",
    "vertical tab": f"a\x0b{FORGED}",
    "next line": f"a\x85{FORGED}",
    "line separator": f"a\u2028{FORGED}",
    "priority": "a\n<0>all is lost",
    "terminal code": "a\x1b[2K\x1b[1Ab",
    "C1 code": "a\x9b2Kb",
    "right to left": "a\u202eb",
    "half a pair": "a\ud800b",
    "NUL": "a\x00b",
}
FORMATS = [pytest.param(False, id="text"), pytest.param(True, id="json")]

log = Log("monitor.wire")


class Lines:
    """What is logged, from ``set_up`` on."""

    def __init__(self) -> None:
        self._stream = io.StringIO()

    def begin(
        self, level: str = "debug", *, as_json: bool = False, secrets: tuple = (), journald: bool = False
    ) -> None:
        set_up(level, as_json=as_json, secrets=secrets, journald=journald, stream=self._stream)

    @property
    def text(self) -> str:
        text = self._stream.getvalue()
        text.encode()  # whatever was logged, it can be written
        return text


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logging.captureWarnings(False)  # another test may have begun it, in the place of pytest
    yield Lines()
    logging.captureWarnings(False)
    root.handlers[:] = before
    root.setLevel(level)


def broken(text: str) -> None:
    raise ValueError(text)


def break_down(text: str) -> None:
    """Log a mistake of ours whose message is *text*."""
    try:
        broken(text)
    except ValueError:
        log.exception("poll broke", feed="wire")


def test_a_line_has_moment_level_event_and_values(lines):
    lines.begin()
    log.info("polled", feed="wire", new=3, title="Two words", cause='he said "no"', empty="")
    assert STAMP.match(lines.text)
    assert lines.text[30:] == 'info    polled feed=wire new=3 title="Two words" cause="he said \\"no\\"" empty=""\n'


def test_a_json_line_keeps_numbers_and_says_who_wrote_it(lines):
    lines.begin(as_json=True)
    log.warning("poll failed", feed="wire", failures=3, share=0.5, ok=False, since=None, cause=ValueError("x"))
    line = json.loads(lines.text)
    assert STAMP.match(line.pop("at") + " ")
    assert line == {"level": "warning", "event": "poll failed", "from": "monitor.wire"} | {
        "feed": "wire", "failures": 3, "share": 0.5, "ok": False, "since": None, "cause": "x"
    }  # fmt: skip


@pytest.mark.parametrize("as_json", FORMATS)
@pytest.mark.parametrize(("level", "mark"), [("debug", "<7>"), ("info", "<6>"), ("warning", "<4>"), ("error", "<3>")])
def test_journald_is_told_the_priority_of_every_line(lines, level, mark, as_json):
    lines.begin(as_json=as_json, journald=True)
    getattr(log, level)("polled")
    assert lines.text.startswith(mark)
    break_down("first\nsecond")
    assert all(line.startswith("<3>") for line in lines.text.splitlines()[1:])


def test_what_is_below_the_level_is_not_logged(lines):
    lines.begin("warning")
    log.info("polled")
    log.warning("poll failed")
    assert lines.text[30:] == "warning poll failed\n"


@pytest.mark.parametrize("library", ["urllib3", "urllib3.connectionpool", "apprise", "aiohttp.client", "apscheduler"])
def test_libraries_are_held_at_warning_even_at_debug(lines, library):
    lines.begin("debug")
    logging.getLogger(library).info("POST https://hooks.example/T0/B0/xyz")
    assert lines.text == ""


async def test_a_job_that_misses_its_turns_and_is_cancelled_at_shutdown_logs_nothing(lines):
    lines.begin("debug")
    missed = asyncio.Event()
    scheduler = Scheduler([Job("poll", lambda _: asyncio.Event().wait(), timedelta(milliseconds=5))])
    scheduler._scheduler.add_listener(lambda _: missed.set(), EVENT_JOB_MAX_INSTANCES)
    scheduler.start()
    await asyncio.wait_for(missed.wait(), PATIENCE_S)
    await scheduler.stop()
    await asyncio.sleep(0)
    assert lines.text == ""


@pytest.mark.parametrize("as_json", FORMATS)
@pytest.mark.parametrize(
    "spelled",
    [
        pytest.param(SECRET, id="plain"),
        pytest.param(SECRET.upper(), id="another case"),
        pytest.param(quote(SECRET, safe=""), id="percent-encoded"),
        pytest.param(quote(SECRET), id="percent-encoded as a path"),
        pytest.param(quote_plus(SECRET), id="percent-encoded as a form"),
        pytest.param(quote(SECRET, safe="").lower(), id="percent-encoded in small letters"),
        pytest.param(repr(SECRET), id="as Python writes it"),
        pytest.param(json.dumps(SECRET), id="as JSON"),
    ],
)
def test_a_secret_is_shown_nowhere_however_it_is_spelled(lines, spelled, as_json):
    lines.begin(as_json=as_json, secrets=(SECRET,))
    log.error(f"refused {spelled}", cause=spelled, error=ValueError(spelled), all=[SECRET])
    logging.getLogger("library").warning("refused %s", spelled)
    break_down(f"no such host: {spelled}")
    assert not re.search("hunter|gold|fish", lines.text, re.IGNORECASE)
    assert lines.text.count("***") >= 6


def test_a_secret_that_was_given_percent_encoded_is_found_plain(lines):
    lines.begin(secrets=("pass%2Fword%21",))
    log.error("refused", cause="pass/word!")
    assert "***" in lines.text


def test_the_whole_goes_before_its_part(lines):
    lines.begin(secrets=("abcd", "abcdefgh"))
    log.error("refused", cause="abcdefgh")
    assert "cause=***\n" in lines.text


@pytest.mark.parametrize("as_json", FORMATS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_text_from_outside_cannot_forge_a_line_or_move_the_cursor(lines, text, as_json):
    lines.begin(as_json=as_json)
    log.info("polled", title=text)
    logging.getLogger("library").warning("odd: %s", text)
    break_down(text)
    written = lines.text.splitlines()
    assert lines.text.replace("\n", "").isprintable()
    assert sum(bool(STAMP.match(line) or line.startswith(("{", "<"))) for line in written) == 3
    if as_json:
        assert [json.loads(line).get("title") for line in written] == [text, None, None]


def test_a_value_cannot_pretend_to_be_two(lines):
    lines.begin()
    log.info("polled", title='x level="error')
    assert lines.text.endswith('title="x level=\\"error"\n')


@pytest.mark.filterwarnings("always::UserWarning")
def test_a_warning_of_python_is_one_line_of_the_log(lines):
    lines.begin(as_json=True)
    warnings.warn("resource_tracker: process died unexpectedly, relaunching", stacklevel=1)
    line = json.loads(lines.text)
    assert line["level"] == "warning"
    assert "process died unexpectedly" in line["event"]
