"""Files of every earlier schema, each written by the version that had it.

``databases/schema_NNNN.db.gz`` is what two runs of ``monitor once`` left: a feed with three entries, two hits, a sent
and a failed delivery, a triage and a silence; NNNN is the newest migration that it has.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from monitor.model import DeliveryState
from monitor.store import backup, delivery_list, open_writer
from monitor.store.db.migrations import names
from monitor.store.db.statements import rows
from monitor.store.hits import HitQuery, list_hits

DATABASES = sorted((Path(__file__).parent / "databases").glob("schema_*.db.gz"))
# migrations that came together with the next one, and the newest, which new databases have
WITHOUT_FILE = {"0003 feeds: standard names", "0008 configuration versions", names()[-1]}


@pytest.fixture(params=DATABASES, ids=lambda path: path.name[7:11])
def old(request, tmp_path):
    path = tmp_path / "monitor.db"
    path.write_bytes(gzip.decompress(request.param.read_bytes()))
    return path


def schema(db) -> dict[str, object]:
    """Return the columns of each table, and the definition of each index and trigger, without comments and spaces."""
    objects = rows(db, "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%'")
    found: dict[str, object] = {}
    for row in objects:
        if row["type"] == "table":
            columns = rows(
                db, f"SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info('{row['name']}')"
            )
            found[row["name"]] = [tuple(column.values()) for column in columns]
        else:
            found[row["name"]] = re.sub(r"\s|--.*?\n|\"", "", row["sql"] or "")
    return found


def test_every_schema_has_a_file():
    having = {path.name[7:11] for path in DATABASES}
    assert {name[:4] for name in names() if name not in WITHOUT_FILE} - having == set()


def test_an_earlier_database_is_upgraded_with_all_that_is_in_it(old):
    with open_writer(old) as db:
        assert {row["title"] for row in list_hits(db, HitQuery())} == {
            "Inferno Drainer phishing kit is back",
            "Lazarus Group stole $2M from an exchange",
        }
        states = [d.state for d in delivery_list.list_deliveries(db, set(DeliveryState)) if d.destination == "broken"]
        assert states == [DeliveryState.PENDING]
    defects = backup.check(old)
    assert defects.file == ()
    assert defects.hit_log == ()


def test_an_upgraded_database_has_the_schema_of_a_new_one(old, tmp_path):
    with open_writer(old) as upgraded, open_writer(tmp_path / "new" / "monitor.db") as new:
        assert schema(upgraded) == schema(new)
