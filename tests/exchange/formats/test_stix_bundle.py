from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import UsageError
from monitor.exchange.formats.stix_bundle import read_stix_bundle
from monitor.exchange.listed import ActorList
from monitor.exchange.names import NameKind


def read(tmp_path, *objects, include=(), document=None) -> ActorList:
    file = tmp_path / "attack.json"
    file.write_text(json.dumps(document or {"type": "bundle", "id": "bundle--1", "objects": [*objects]}))
    return read_stix_bundle(file, include)


def group(name="Velmarix", number="G0990", **more) -> dict:
    reference = {
        "source_name": "mitre-attack",
        "external_id": number,
        "url": f"https://attack.mitre.org/groups/{number}",
    }
    return {
        "type": "intrusion-set",
        "id": f"intrusion-set--{number}",
        "name": name,
        "external_references": [reference],
        **more,
    }


COLLECTION = {
    "type": "x-mitre-collection",
    "name": "Enterprise ATT&CK",
    "x_mitre_version": "15.1",
    "modified": "2024-05-02T14:00:00.188Z",
}


def test_a_group_is_read_with_its_aliases_and_references(tmp_path):
    found = read(tmp_path, COLLECTION, group(aliases=["Velmarix", "Tin Ferry", "G0990"]))
    actor = found.actors[0]
    assert (found.source.id, found.source.title, found.source.date) == (
        "mitre-attack",
        "MITRE Enterprise ATT&CK 15.1",
        date(2024, 5, 2),
    )
    assert (actor.record, actor.name.full, actor.name.origin) == ("G0990", ("Velmarix",), "G0990, name")
    assert [name.name for name in actor.aliases] == ["Velmarix", "Tin Ferry"]
    assert actor.refs == ("mitre:G0990", "https://attack.mitre.org/groups/G0990")


def test_revoked_and_deprecated_objects_are_left_out(tmp_path):
    found = read(
        tmp_path, group(), group("Old", "G0001", revoked=True), group("Older", "G0002", x_mitre_deprecated=True)
    )
    assert [actor.record for actor in found.actors] == ["G0990"]
    assert [(n.record, n.text) for n in found.notices] == [
        ("G0001", "is revoked or deprecated; left out"),
        ("G0002", "is revoked or deprecated; left out"),
    ]


def test_malware_and_campaigns_are_read_on_request(tmp_path):
    objects = (
        group(),
        {"type": "malware", "id": "malware--1", "name": "Grintosh", "x_mitre_aliases": ["Grintosh", "GRN"]},
        {"type": "campaign", "id": "campaign--1", "name": "Operation Tin Ferry", "modified": "2024-01-01T00:00:00Z"},
    )
    assert len(read(tmp_path, *objects).actors) == 1
    found = read(tmp_path, *objects, include=("malware", "campaign"))
    assert [(actor.record, actor.name.kind) for actor in found.actors] == [
        ("G0990", NameKind.GROUP),
        ("malware--1", NameKind.MALWARE),
        ("campaign--1", NameKind.GROUP),
    ]
    assert found.source.date == date(2024, 1, 1)


def test_a_bundle_of_somebody_else_is_read(tmp_path):
    found = read(
        tmp_path, {"type": "threat-actor", "id": "threat-actor--1", "name": "Velmarix", "aliases": ["Zelkrant"]}
    )
    assert (found.source.id, found.source.title) == ("stix", "STIX bundle")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "is not a STIX bundle"),
        ({"type": "threat-actor", "values": []}, "use  monitor import misp-galaxy"),
        ({"type": "bundle", "objects": []}, "contains no intrusion-set or threat-actor"),
        ({"type": "bundle", "objects": [group("G0001")]}, "contains no intrusion-set or threat-actor"),
        ({"type": "bundle", "objects": {}}, "is not a STIX bundle"),
    ],
)
def test_other_documents_are_refused(tmp_path, document, message):
    with pytest.raises(UsageError, match=message):
        read(tmp_path, document=document or ["x"])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from(["name", "aliases", "id", "revoked", "modified", "external_references"]), VALUES)
)
def test_any_object_is_read(tmp_path_factory, values):
    read(tmp_path_factory.mktemp("fuzz"), group(), {"type": "intrusion-set", **values})
