"""Whatever is suggested can be pasted: the file then has the suggested actor."""

import os
import re
from dataclasses import replace

import pytest

from monitor.config import load
from monitor.learning.suggested_toml import new_actor, suggest_actor

PACK = '[actors.heron]\naliases = ["Night Heron", "Heron"]\nweak = ["Stilt"]\ncontext = ["wallet"]\n'
TABLE = '[actors.heron]\nname = "Heron"\naliases = ["Night Heron", "Heron"]\nweak = ["Stilt"]\ncontext = ["wallet"]\n'
SHORT = '[actors]\nheron = ["Night Heron", "Heron"]\n'
EXTENDED = 'include = ["pack.toml"]\n[actors.heron]\nextend = true\naliases = ["Grey One"]\n'
INCLUDED = 'include = ["pack.toml"]\n'

CHANGES = {
    "alias": lambda a: replace(a, aliases=(*a.aliases, "Zylkrat")),
    "exclude": lambda a: replace(a, exclude=("Heron Lake", 'a "quoted" one')),
    "moved": lambda a: replace(a, aliases=a.aliases[:1] + a.aliases[2:], weak=(*a.weak, "Heron"), context=("wallet",)),
    "removed": lambda a: replace(a, context=(), weak=()),
    "exact": lambda a: replace(a, aliases=(a.aliases[0], *a.aliases[2:], "=Heron")),
    "within": lambda a: replace(a, within=5),
    "no-typos": lambda a: replace(a, fuzzy=0),
}


def loaded(path):
    config = load(path, environ=os.environ).partial
    assert config is not None
    return config


def pasted(text: str, toml) -> str:
    """Return *text* after a person did what the instruction says."""
    lines = text.splitlines()
    if row := re.match(r"delete line (\d+)", toml.instruction):
        del lines[int(row[1]) - 1]
    if row := re.match(r"in \[actors\.heron\], line (\d+)", toml.instruction):
        keys = {line.partition(" = ")[0] for line in toml.lines}
        lines = [line for line in lines if line.partition(" = ")[0] not in keys]
        at = lines.index("[actors.heron]") + 1
        return "\n".join((*lines[:at], *toml.lines, *lines[at:]))
    return "\n".join((*lines, *toml.lines))


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
@pytest.mark.parametrize(
    "text", [TABLE, SHORT, INCLUDED, EXTENDED], ids=["table", "short form", "included", "extended"]
)
def test_a_suggestion_can_be_pasted(tmp_path, text, change):
    (tmp_path / "pack.toml").write_text(PACK)
    path = tmp_path / "config.toml"
    path.write_text(text)
    config = loaded(path)
    after = change(config.actors["heron"])
    path.write_text(pasted(text, suggest_actor(config, after)))
    actor = loaded(path).actors["heron"]
    for key in ("aliases", "weak", "context", "exclude"):
        assert set(getattr(actor, key)) == set(getattr(after, key)), key
    assert (actor.within, actor.fuzzy) == (after.within, after.fuzzy)


def test_a_new_actor_has_an_id():
    assert new_actor("Zylkrat Gang").lines == ("[actors.zylkrat-gang]", 'aliases = ["Zylkrat Gang"]')
    assert new_actor("拉撒路").lines[0] == "[actors.new-actor]"
