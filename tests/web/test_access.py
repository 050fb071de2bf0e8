from __future__ import annotations

import asyncio
import sqlite3
import threading

import pytest

from monitor.errors import StoreError
from monitor.web.access import ReaderPool

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT started() UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


async def test_a_closed_pool_has_no_open_connection(database):
    readers = ReaderPool(database)
    db = await readers.read(lambda db: db)
    readers.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        db.conn.execute("SELECT 1")


async def test_closing_interrupts_a_query_that_runs(database, monkeypatch):
    monkeypatch.setattr("monitor.web.access.LONGEST_QUERY_S", 600.0)
    readers, running = ReaderPool(database), threading.Event()

    def endless(db):
        db.conn.create_function("started", 0, running.set)
        return db.conn.execute(ENDLESS).fetchall()

    query = asyncio.create_task(readers.read(endless))
    await asyncio.to_thread(running.wait)
    await asyncio.to_thread(readers.close)
    with pytest.raises(StoreError, match="takes too long"):
        await query
