from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import UsageError
from monitor.exchange.name_list import ImportedActor
from monitor.exchange.names import Spellings
from monitor.exchange.pack_file import ActorSettings, pack_text, write_pack

TEXTS = st.text(min_size=1).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text))


@given(st.lists(TEXTS, min_size=1, max_size=30), TEXTS)
def test_any_text_survives_as_toml(spellings, comment):
    actor = ImportedActor("x.y", comment, Spellings(tuple(spellings), ("weak",)), ((3, comment),))
    written = tomllib.loads(pack_text([comment], [actor], ActorSettings(("a",), "high", ("near",), fuzzy=False)))
    assert written["actors"]["x.y"] == {
        "name": comment,
        "aliases": spellings,
        "weak": ["weak"],
        "context": ["near"],
        "fuzzy": "off",
        "severity": "high",
        "tags": ["a"],
    }


def test_a_pack_is_replaced_only_on_request_and_only_if_an_import_made_it(tmp_path):
    pack = tmp_path / "names.toml"
    write_pack(pack, pack_text([], [], ActorSettings()), replace=False)
    with pytest.raises(UsageError, match="exists; choose another, or replace it with --force"):
        write_pack(pack, "new", replace=False)
    write_pack(pack, "new", replace=True)
    assert pack.read_text() == "new"
    with pytest.raises(UsageError, match="was not made by monitor import; choose another"):
        write_pack(pack, "newer", replace=True)


def test_a_directory_is_not_replaced(tmp_path):
    with pytest.raises(UsageError, match="was not made by monitor import"):
        write_pack(tmp_path, "", replace=True)
