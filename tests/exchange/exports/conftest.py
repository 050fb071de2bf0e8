from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.export_samples import ETH, put_many, put_many_kinds
from support.store_samples import NOW

from monitor.exchange.exports.sharing import ExportContext
from monitor.model import Actor
from monitor.store import Reader, Writer, open_reader, open_writer
from monitor.store.hit_export import database_origin

ACTORS = {
    "lazarus": Actor(
        "lazarus",
        "Lazarus Group",
        ("Lazarus Group", "=HIDDEN COBRA", "/apt-?38/", "BlueNoroff*"),
        weak=("ZINC",),
        tags=frozenset({"dprk"}),
        refs=("https://attack.mitre.org/groups/G0032", "javascript:alert(1)"),
        addresses=(f" {ETH.upper().replace('X', 'x', 1)} ",),
        note="internal: call Ana",
    )
}


@pytest.fixture(scope="session")
def sample_database(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("exports") / "monitor.db"
    with open_writer(path) as db:
        put_many_kinds(db)
    return path


@pytest.fixture(scope="session")
def thousand_hits(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("thousand") / "monitor.db"
    with open_writer(path) as db:
        put_many(db, 1000)
    return path


@pytest.fixture
def samples(sample_database) -> Iterator[Reader]:
    with open_reader(sample_database) as db:
        yield db


@pytest.fixture
def context(samples) -> ExportContext:
    return ExportContext(database_origin(samples, NOW), ACTORS)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "monitor.db"


@pytest.fixture
def db(path) -> Iterator[Writer]:
    with open_writer(path) as opened:
        yield opened
