import json
from collections.abc import Iterator
from typing import Any

from monitor.config import json_schema
from monitor.config.schema.tables import FileTable, known_keys


def objects(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from objects(inner)


def test_the_schema_is_draft_7_without_unions():
    schema = json_schema()
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert not [part for part in objects(schema) if {"anyOf", "oneOf", "$defs"} & part.keys()]
    json.dumps(schema)


def test_all_references_in_the_schema_resolve():
    schema = json_schema()
    for part in objects(schema):
        if "$ref" in part:
            assert part["$ref"].removeprefix("#/definitions/") in schema["definitions"]


def test_the_schema_has_exactly_the_supported_keys():
    schema = json_schema()
    assert schema["properties"].keys() == FileTable.model_fields.keys()
    for name in ("feeds", "actors", "keywords"):
        assert schema["properties"][name]["additionalProperties"] is False
        (reference,) = schema["properties"][name]["patternProperties"].values()
        table = schema["definitions"][reference["$ref"].rpartition("/")[2]]["then"]
        assert table["properties"].keys() == known_keys((name, "x"))
        assert table["additionalProperties"] is False


def test_every_setting_has_a_description():
    for definition in json_schema()["definitions"].values():
        for name, setting in definition.get("then", definition).get("properties", {}).items():
            assert setting.get("description"), name
