from __future__ import annotations

import pytest
from support.command_line import CONFIG

from monitor.backtest.pasted_list import pasted_configuration
from monitor.config import load
from monitor.errors import UsageError

PART = """
[actors]
lazarus = ["Lazarus Group", "APT38"]
[keywords]
theft = ["stole*", "hack*"]
[rules.theft]
actors = ["lazarus"]
keywords = ["theft"]
send_to = ["{destination}"]
"""


@pytest.fixture(scope="module")
def active(tmp_path_factory):
    path = tmp_path_factory.mktemp("config") / "config.toml"
    path.write_text(CONFIG.replace("{url}", "http://127.4.0.9:9/feed"))
    config = load(path, environ={}).config
    assert config is not None
    return config


@pytest.fixture
def part(active):
    return PART.replace("{destination}", next(iter(active.destinations)))


def test_a_part_of_a_configuration_names_feeds_and_destinations_of_the_active_one(active, part):
    edited = pasted_configuration(part + f'feeds = ["{next(iter(active.feeds))}"]\n', active)
    assert edited.actors["lazarus"].aliases == ("Lazarus Group", "APT38")
    assert set(edited.rules) == {"theft"}
    assert edited.destinations == active.destinations
    assert edited.feeds == active.feeds


def test_a_whole_configuration_is_taken_too_without_storage_and_page(active):
    text = CONFIG.replace("{url}", "http://127.4.0.9:9/feed")
    text += '\n[web]\nlisten = "0.0.0.0:1"\n[web.users.eve]\npassword = "${EVE}"\n'
    edited = pasted_configuration(text, active)
    assert edited.storage == active.storage
    assert edited.web == active.web
    assert edited.rules == active.rules


@pytest.mark.parametrize("name", ["PATH", "file:/etc/passwd", "file:secret", "NOT_SET"])
def test_no_secret_is_resolved(active, part, name, monkeypatch, tmp_path):
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "secret").write_text("canarytoken")
    text = part.replace('"APT38"', '"APT38", "${%s}"' % name)  # noqa: UP031 - braces
    text += '[destinations.mine]\nurl = "${%s}"\n' % name  # noqa: UP031 - braces
    text = text.replace(f'send_to = ["{next(iter(active.destinations))}"]', 'send_to = ["mine"]')
    edited = pasted_configuration(text, active)
    assert edited.actors["lazarus"].aliases[2] == "hidden"
    assert edited.destinations["mine"].url in ("hidden", "console://")


@pytest.mark.parametrize(
    "include", ["/etc/passwd", "other.toml", "../x.toml", "nowhere.toml", "~/x.toml", "/proc/self/environ", "/etc/*"]
)
def test_no_file_is_included(active, part, include):
    with pytest.raises(UsageError, match="is not read here, only pack:NAME is"):
        pasted_configuration(f'include = ["pack:dprk", "{include}"]\n{part}', active)


def test_a_pack_is_included(active, part):
    text = part.replace("lazarus", "mine").replace("mine = [", "mine = [")
    assert len(pasted_configuration(f'include = ["pack:dprk"]\n{text}', active).actors) > 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[actors", "not TOML"),
        ("x = " + "[" * 100_000, "not TOML"),
        ("", "has no rules"),
        ('[actors]\na = ["x"]\n', "has no rules"),
        ('[rules.r]\nactors = ["nobody"]\nsend_to = ["x"]\n', "line 2: "),
        ("[actors.a]\nfuzy = 1\n", 'line 2: unknown setting "fuzy"'),
        ('[actors.a]\naliases = ["(("]\n' * 2, "not TOML"),
    ],
    ids=range(7),
)
def test_what_is_wrong_is_said_with_its_line(active, text, message):
    with pytest.raises(UsageError, match=message):
        pasted_configuration(text, active)
