from __future__ import annotations

import gzip
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import UsageError
from monitor.exchange.formats.opensanctions import read_opensanctions
from monitor.exchange.listed import ActorList

ETH = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


def entity(ident, schema="Person", **properties) -> dict:
    return {
        "id": ident,
        "schema": schema,
        "properties": {key: value if isinstance(value, list) else [value] for key, value in properties.items()},
        "datasets": ["us_ofac_sdn"],
        "target": True,
        "last_change": "2026-11-20T06:00:00",
    }


def wallet(key=ETH, holder="Q1") -> dict:
    return entity("w1", "CryptoWallet", publicKey=key, holder=holder) | {"target": False}


def read(tmp_path, *entities, topics=(), raw: bytes | None = None) -> ActorList:
    file = tmp_path / "entities.ftm.json"
    file.write_bytes("".join(f"{json.dumps(one)}\n" for one in entities).encode() if raw is None else raw)
    return read_opensanctions(file, topics)


def test_a_person_has_names_topics_and_references(tmp_path):
    person = entity(
        "Q1",
        name=["Ivo Petrov Zelkin"],
        alias=["ZELKYN, Ivo", "Иво Зелкин"],
        weakAlias=["Zed"],
        topics=["sanction", "crime"],
        country=["ru"],
    )
    found = read(tmp_path, person)
    actor = found.actors[0]
    assert (found.source.title, found.source.date, found.source.sanctions) == (
        "OpenSanctions, us_ofac_sdn",
        date(2026, 11, 20),
        True,
    )
    assert actor.name.full == ("Ivo Petrov Zelkin", "Zelkin, Ivo Petrov")
    assert [(name.name, name.origin, name.weak) for name in actor.aliases] == [
        ("Ivo Zelkyn", "Q1, alias", False),
        ("Иво Зелкин", "Q1, alias", False),
        ("Zed", "Q1, weak alias", True),
    ]
    assert actor.tags == ("sanction", "crime", "country-ru")
    assert actor.refs == ("https://www.opensanctions.org/entities/Q1/",)


@pytest.mark.parametrize("order", [1, -1], ids=["holder first", "wallet first"])
def test_wallets_are_addresses_of_their_holders(tmp_path, order):
    found = read(tmp_path, *[entity("Q1", name="Ivo Zelkin"), wallet()][::order])
    assert found.actors[0].addresses == (ETH,)
    assert found.notices == []


def test_wallets_within_an_entity_are_read(tmp_path):
    found = read(tmp_path, entity("Q1", "Company", name="Tin Ferry", cryptoWallets=[wallet()]))
    assert found.actors[0].addresses == (ETH,)


def test_wallets_without_holder_and_wrong_addresses_are_reported(tmp_path):
    found = read(tmp_path, entity("Q1", name="Ivo Zelkin"), wallet(holder="Q9"), wallet(key="0x12"))
    assert [notice.text.partition(" ")[0] for notice in found.notices] == ['"0x12"', "1"]
    assert found.actors[0].addresses == ()


def test_other_schemas_relatives_and_other_topics_are_left_out(tmp_path):
    entities = (
        entity("Q1", name="Ivo Zelkin", topics="sanction"),
        entity("Q2", name="Ana Zelkin", topics="poi"),
        entity("Q3", "Address", full="1 Road"),
        entity("Q4", "Sanction", program="SDGT"),
        entity("Q5", name="Uma Zelkin", topics="sanction") | {"target": False},
    )
    assert [actor.record for actor in read(tmp_path, *entities).actors] == ["Q1", "Q2"]
    assert [actor.record for actor in read(tmp_path, *entities, topics=["sanction"]).actors] == ["Q1"]


def test_a_compressed_file_is_read(tmp_path):
    raw = gzip.compress(json.dumps(entity("Q1", name="Ivo Zelkin")).encode())
    assert len(read(tmp_path, raw=raw).actors) == 1


def test_damaged_lines_are_reported_and_the_rest_is_read(tmp_path):
    line = json.dumps(entity("Q1", name="Ivo Zelkin")).encode()
    found = read(tmp_path, raw=line + b"\n{broken\n[]\n\n\xff\n")
    assert [notice.record for notice in found.notices] == [2, 3, 5]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "is empty"),
        (b"id,schema\n1,2\n", "ftm.json:1: is not JSON: .*; this is not FollowTheMoney data"),
        (b'{"type": "bundle"}', "this is not FollowTheMoney data"),
        (b"\n\n", "has no entity"),
        (b"PK\x03\x04", "is a ZIP archive"),
        (b"\x00\xff\x00", "is not JSON"),
        (json.dumps(entity("a", "Address", full="x")).encode(), "has no person or organisation"),
    ],
    ids=["empty", "csv", "stix", "blank", "zip", "binary", "other schemas"],
)
def test_other_files_are_refused(tmp_path, raw, message):
    with pytest.raises(UsageError, match=message):
        read(tmp_path, raw=raw)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "properties"]), inner, max_size=2)
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from(["id", "schema", "properties", "target", "datasets", "last_change"]), VALUES),
    st.dictionaries(st.sampled_from(["name", "alias", "topics", "holder", "publicKey", "cryptoWallets"]), VALUES),
    st.sampled_from(["Person", "Company", "CryptoWallet", "Vessel"]),
)
def test_any_entity_is_read(tmp_path_factory, more, properties, schema):
    odd = {"schema": schema, "properties": {"name": "Uma Zelkin"} | properties} | {
        k: v for k, v in more.items() if k != "properties"
    }
    read(tmp_path_factory.mktemp("fuzz"), entity("Q1", name="Ivo Zelkin"), odd)
