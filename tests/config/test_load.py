from ipaddress import ip_network
from pathlib import Path

import pytest

from monitor.config import load
from monitor.config.settings import BackupSettings, StorageSettings
from monitor.errors import Problem
from monitor.model import Destination, Keyword, Scope, Severity

WHOLE = """\
[feeds]
wire = "https://wire.example/rss"
[feeds.slow]
url = "https://slow.example/atom"
every = "1h"
full_text = true
outlet = "Slow News"
language = "pt-BR"
tags = ["official"]
[feeds.off]
url = "https://off.example/atom"
enabled = false
[actors]
mixers = ["=MXR", "Mixer Group", "mix*"]
[actors.ghost]
aliases = ["Ghost"]
weak = ["Boo"]
context = ["chain*"]
within = "sentence"
fuzzy = "off"
severity = "high"
tags = ["gang"]
[actors.gang]
aliases = ["the gang"]
tags = ["gang"]
yields_to = ["tag:gang"]
[keywords]
theft = ["stolen"]
[rules.one]
actors = ["tag:gang", "mixers"]
keywords = ["theft"]
within = "9 words"
min_amount = ["$1M"]
feeds = ["wire", "tag:official"]
send_to = ["desk"]
[destinations.desk]
url = "console://"
min_severity = "medium"
[alerts]
timezone = "Asia/Tokyo"
max_age = "1d"
first_run = "alert"
give_up = "1h"
[http]
every = "10m"
timeout = "5s"
contact = "desk@wire.example"
allow_private = ["127.0.0.0/8", "::1"]
[storage]
path = "kept/m.db"
keep_entries = "30d"
keep_hits = "1y"
keep_full_text = true
backup = { every = "12h", to = "copies", keep = 3 }
[[tests]]
title = "Ghost on the chain"
expect = { actors = ["ghost"], severity = "high" }
[[tests]]
title = "quiet day"
expect = "nothing"
"""


def test_a_whole_file_becomes_a_config_without_problems(load_text, tmp_path):
    config, problems = load_text(WHOLE).config, load_text(WHOLE).problems
    assert problems == ()
    assert config.path == tmp_path / "config.toml"
    assert list(config.feeds) == ["wire", "slow"]
    assert config.disabled_feeds == {"off"}
    assert config.keywords == {"theft": Keyword("theft", ("stolen",))}
    assert config.destinations == {"desk": Destination("desk", "console://", Severity.MEDIUM)}
    assert config.watched.files == (tmp_path / "config.toml",)


def test_feeds_inherit_defaults_from_http(load_text):
    feeds = load_text(WHOLE).config.feeds
    assert (feeds["wire"].every_s, feeds["slow"].every_s) == (600, 3600)
    assert (feeds["wire"].full_text, feeds["slow"].full_text) == (False, True)
    assert (feeds["slow"].outlet, feeds["slow"].language, feeds["slow"].tags) == ("Slow News", "pt-br", {"official"})


def test_actors_are_read_with_their_defaults(load_text):
    actors = load_text(WHOLE).config.actors
    ghost, mixers = actors["ghost"], actors["mixers"]
    assert (ghost.within, ghost.fuzzy, ghost.severity, ghost.severity_given) == (Scope.SENTENCE, 0, 3, True)
    assert (mixers.within, mixers.fuzzy, mixers.severity, mixers.severity_given) == (15, None, 2, False)
    assert mixers.name == "Mixer Group"


def test_an_actor_yields_to_all_of_a_tag_but_itself(load_text):
    assert load_text(WHOLE).config.actors["gang"].yields_to == {"ghost"}


def test_tags_in_rules_are_resolved(load_text):
    rule = load_text(WHOLE).config.rules["one"]
    assert rule.actors == {"ghost", "gang", "mixers"}
    assert rule.feeds == {"wire", "slow"}
    assert (rule.within, rule.severity, rule.min_amount[0].value) == (9, None, 1_000_000)


def test_settings_are_read(load_text, tmp_path):
    config = load_text(WHOLE).config
    assert (config.alerts.timezone.key, config.alerts.max_age_s) == ("Asia/Tokyo", 86_400)
    assert (config.alerts.first_run, config.alerts.give_up_s) == ("alert", 3600)
    assert (config.http.timeout_s, config.http.contact) == (5, "desk@wire.example")
    assert config.http.allow_private == (ip_network("127.0.0.0/8"), ip_network("::1"))
    assert config.storage == StorageSettings(
        tmp_path / "kept/m.db",
        30 * 86_400,
        365 * 86_400,
        BackupSettings(43_200, tmp_path / "copies", 3),
        keep_full_text=True,
    )


def test_an_empty_file_has_every_default(load_text):
    config = load_text("").config
    assert (config.alerts.timezone.key, config.alerts.max_age_s, config.alerts.first_run) == ("UTC", 172_800, "record")
    assert (config.alerts.give_up_s, config.http.every_s, config.http.timeout_s) == (259_200, 300, 20)
    assert (config.storage.keep_entries_s, config.storage.keep_hits_s) == (180 * 86_400, 730 * 86_400)
    assert config.storage.backup is None


@pytest.mark.parametrize(("to", "directory"), [("/b", "/b"), ("~/b", "/h/b")], ids=["absolute", "home"])
def test_the_backup_directory_is_resolved(load_text, to, directory):
    backup = load_text(f'[storage.backup]\nto = "{to}"', environ={"HOME": "/h"}).config.storage.backup
    assert backup == BackupSettings(every_s=86_400, directory=Path(directory), keep=7)


def test_expectations_of_examples_are_read(load_text):
    config = load_text(WHOLE).config
    first, second = config.tests
    assert (first.expect.actors, first.expect.keywords, first.expect.severity) == ({"ghost"}, None, Severity.HIGH)
    assert config.place("tests", first.number).line == WHOLE.split("\n").index("[[tests]]") + 1
    assert second.expect.nothing


@pytest.mark.parametrize(
    ("environ", "path"),
    [
        ({"STATE_DIRECTORY": "/s/one:/s/two"}, "/s/one/monitor.db"),
        ({"XDG_STATE_HOME": "/x"}, "/x/monitor/monitor.db"),
        ({"HOME": "/h"}, "/h/.local/state/monitor/monitor.db"),
    ],
    ids=["systemd", "xdg", "home"],
)
def test_the_default_database_is_in_the_state_directory(load_text, environ, path):
    assert load_text("", environ=environ).config.storage.path == Path(path)


A_TIME = 'write "08:00", "Mon 09:00" or "Mon-Fri 08:00"'
TEN_MISTAKES = """\
[feeds]
wire = "ftp://wire.example/rss"
[feeds.slow]
url = "https://slow.example"
evry = "1h"
every = 300
[actors.ghost]
aliases = ["Ghost", "", "Gh\u00f6st", 7]
severity = "hihg"
[rules.one]
actors = ["goast", "tag:gang"]
send_to = ["desk", "dask"]
[destinations.desk]
url = "console://"
digest = ["Mon 8:00"]
"""


def test_ten_mistakes_give_ten_problems(problems_of):
    assert problems_of(TEN_MISTAKES) == [
        '2:8 error: url in [feeds.wire] must be a web address; write it as "https://example.org/feed"',
        '5:1 error: unknown setting "evry" in [feeds.slow]; did you mean "every"?',
        '6:9 error: every in [feeds.slow] must be a duration with a unit, not 300; write "300s" for seconds',
        "8:21 error: aliases in [actors.ghost] is empty; give it a value, or delete it",
        '8:34 error: aliases in [actors.ghost] must be text in quotes, not 7; write "7"',
        '9:12 error: severity in [actors.ghost] must be a severity, not "hihg"; did you mean "high"?',
        '11:11 error: no actor called "goast"; did you mean "ghost"?',
        '11:20 error: no actor has the tag "gang"; add tags = ["gang"] to the actors that should have it',
        '12:20 error: no destination called "dask"; did you mean "desk"?',
        '15:11 error: digest in [destinations.desk] must be a time of day, not "Mon 8:00"; ' + A_TIME,
    ]


def test_a_problem_shows_the_line_with_a_marker_under_the_value(load_text, tmp_path):
    (problem,) = load_text('[keywords]\n\ttheft = ["stolen"]\n[http]\n\tevry = "1m"\n').problems
    assert str(problem).split("\n") == [
        f'{tmp_path}/config.toml:4:2: error: unknown setting "evry" in [http]',
        "       |",
        '     4 | \tevry = "1m"',
        '       | \t^^^^  did you mean "every"?',
    ]


def test_an_invalid_definition_is_not_also_reported_where_it_is_used(problems_of):
    text = '[actors]\nghost = "Ghost"\n[rules.r]\nactors = ["ghost"]\nsend_to = ["d"]\n[destinations.d]\nurl = "console://"\n'
    (problem,) = problems_of(text)
    assert problem.startswith("2:9 error: [actors.ghost] must be a list or a table")


@pytest.mark.parametrize(
    ("name", "reason"), [("gone.toml", "no such file"), (".", "is a directory")], ids=["missing", "folder"]
)
def test_a_file_that_cannot_be_read_is_a_problem(tmp_path, name, reason):
    loaded = load(tmp_path / name, environ={})
    assert loaded.config is None
    assert reason in loaded.problems[0].message
    assert ("monitor init" in loaded.problems[0].hint) is (name == "gone.toml")


def test_what_is_loaded_does_not_depend_on_the_working_directory(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    (tmp_path / "more.toml").write_text('[keywords]\nk = ["x"]')
    (tmp_path / "config.toml").write_text('include = ["more.toml"]\n[storage]\npath = "m.db"')
    monkeypatch.chdir(tmp_path / "sub")
    config = load(Path("../config.toml"), environ={}).config
    assert config.storage.path.is_absolute()
    assert config.storage.path.parent.samefile(tmp_path)
    assert list(config.keywords) == ["k"]


def test_values_in_the_short_form_have_locations(load_text):
    config = load_text('[actors]\na = ["x", "yy"]\n[keywords]\nk = ["s", "tt"]\n[keywords.l]\nterms = ["u"]\n').config
    columns = [
        config.place("actors", "a", "aliases", 1).column,
        config.place("keywords", "k", "terms", 1).column,
        config.place("keywords", "k", 1).column,
        config.place("keywords", "l", 0).column,
    ]
    assert columns == [11, 11, 11, 10]


def test_a_default_has_the_location_of_its_parent(load_text):
    place = load_text('\n[actors.a]\naliases = ["x"]\n').config.place("actors", "a", "severity")
    assert (place.line, place.column) == (2, 9)


def test_the_draft_configuration_is_accepted(tmp_path):
    draft = Path(__file__).parents[3] / "shared/design/config.draft.toml"
    if not draft.exists():
        pytest.skip("the draft of the configuration is not beside the repository")
    path = tmp_path / "config.toml"
    path.write_bytes(draft.read_bytes())
    (tmp_path / "packs").mkdir()
    (tmp_path / "duty_mail").write_text("mailto://127.0.0.1\n")
    (tmp_path / "ana").write_text("$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA\n")
    environ = dict.fromkeys(("SLACK_URL", "COMPLIANCE_MAIL", "PAGER_URL"), "json://127.0.0.1")
    problems: tuple[Problem, ...] = load(path, environ=environ).problems
    errors = [p.message for p in problems if p.level == "error"]
    assert not errors
