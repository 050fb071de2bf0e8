from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.shared_material import SHARED, needs_shared

from monitor.errors import UsageError
from monitor.exchange.formats.misp_galaxy import read_misp_galaxy
from monitor.exchange.listed import ActorList
from monitor.exchange.names import NameKind


def read(tmp_path, document) -> ActorList:
    file = tmp_path / "cluster.json"
    file.write_text(json.dumps(document))
    return read_misp_galaxy(file)


def cluster(*values, **more) -> dict:
    return {"name": "Threat Actor", "type": "threat-actor", "version": 7, "values": [*values], **more}


def test_a_cluster_is_read(tmp_path):
    value = {
        "value": "Velmarix - G0990",
        "meta": {
            "synonyms": ["Tin Ferry", "G0991", "Velmarix (Vendor)"],
            "refs": ["https://a.example/report", "no url"],
            "external_id": "G0990",
            "country": "KP",
        },
    }
    found = read(tmp_path, cluster(value))
    actor = found.actors[0]
    assert (found.source.id, found.source.title) == ("misp-threat-actor", "MISP galaxy, Threat Actor, version 7")
    assert actor.record == "Velmarix - G0990"
    assert [(name.full, name.origin) for name in (actor.name, *actor.aliases)] == [
        (("Velmarix",), "name"),
        (("Tin Ferry",), "synonym"),
        (("Velmarix",), "synonym Velmarix (Vendor)"),
    ]
    assert actor.refs == ("mitre:G0990", "https://a.example/report")
    assert actor.tags == ("country-kp",)
    assert [(notice.record, notice.text) for notice in found.notices] == [
        ("Velmarix - G0990", '"G0991" is not a name; left out')
    ]


def test_malware_is_told_from_groups(tmp_path):
    found = read(tmp_path, cluster({"value": "Velmarix"}, type="ransomware"))
    assert found.actors[0].name.kind is NameKind.MALWARE


def test_revoked_and_nameless_values_are_left_out(tmp_path):
    found = read(tmp_path, cluster({"value": "Old One", "revoked": True}, {"value": "G0001"}, {}, "text", {"value": 3}))
    assert not found.actors
    assert [notice.text for notice in found.notices] == [
        "is revoked; left out",
        *["has no name; left out"] * 4,
    ]


def test_values_of_the_same_name_are_different_records(tmp_path):
    found = read(tmp_path, cluster({"value": "Qarvex"}, {"value": "Qarvex"}))
    assert [actor.record for actor in found.actors] == ["Qarvex", "Qarvex (value 2)"]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], 'it has no list "values"'),
        ({"type": "bundle", "objects": []}, "use  monitor import mitre"),
        ({"id": "x", "schema": "Person", "properties": {}}, "use  monitor import opensanctions"),
        (cluster(), 'lists nothing: "values" is empty'),
        (7, 'it has no list "values"'),
    ],
    ids=["list", "stix", "ftm", "empty", "number"],
)
def test_other_documents_are_refused(tmp_path, document, message):
    with pytest.raises(UsageError, match=message):
        read(tmp_path, document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["value", "meta", "synonyms", "refs", "country", "x"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(st.lists(JSON, min_size=1, max_size=5))
def test_any_values_are_read(tmp_path_factory, values):
    read(tmp_path_factory.mktemp("fuzz"), cluster(*values))


@needs_shared
def test_every_real_cluster_is_read():
    files = sorted((SHARED / "actors").glob("misp-*.json"))
    counts = {file.stem: len(read_misp_galaxy(file).actors) for file in files}
    assert counts["misp-threat-actor"] >= 1_030
    assert min(counts.values()) > 0
