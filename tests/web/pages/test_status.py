from __future__ import annotations

from datetime import timedelta

from argon2 import PasswordHasher
from support.page_client import page_client
from support.store_samples import NOW

from monitor.config import WebSettings, WebUser
from monitor.errors import StoreError
from monitor.store import canaries, open_writer, write
from monitor.store.db.statements import stored

HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("open sesame")
USERS = WebSettings(users={"bo": WebUser(HASH)})


def test_readiness_tells_strangers_nothing_about_the_database(database, monkeypatch):
    def fail(_db):
        raise StoreError(f"{database}: the database is damaged")

    monkeypatch.setattr("monitor.web.pages.status.totals", fail)
    with page_client(database, USERS) as client:
        stranger = client.get("/readyz")
        assert stranger.status_code == 503
        assert str(database) not in stranger.text
        client.post("/sign-in", {"name": "bo", "password": "open sesame"})
        assert str(database) in client.get("/readyz").text


def test_the_status_shows_canaries_incidents_and_the_latency_of_notifications(database, tmp_path):
    with open_writer(database) as db:
        db.execute("UPDATE deliveries SET state = 'sent', sent_at = ?", (stored(NOW + timedelta(seconds=121)),))
        with write(db):
            canaries.request(db, NOW)
            canaries.record_failed(db, NOW, "the pipeline did not find it")
            canaries.request(db, NOW + timedelta(hours=1))
            canaries.record_found(db, NOW + timedelta(hours=1), NOW + timedelta(hours=1), 1)
    with page_client(database) as client:
        shown = client.get("/status").text
    assert "median 5 min, 95 % within 5 min; 1 notified hit in 7 days" in shown
    assert "the pipeline did not find it" in shown
    assert "The last health check found no problem with the monitor" in shown
    assert "<code>heartbeat</code> in <code>[health]</code>" in shown


def test_an_actor_has_its_latest_stories(database):
    with page_client(database) as client:
        shown = client.get("/actors/lazarus").text
    assert "Latest stories" in shown
    assert 'href="/stories/1"' in shown


def test_sent_deliveries_are_counted(page, database):
    with open_writer(database) as db, write(db):
        db.execute("UPDATE deliveries SET state = 'sent', sent_at = created_at")
    assert "1 sent" in page.get("/status").text
    assert 'monitor_deliveries{state="sent"} 1.0' in page.get("/metrics").text
    assert "sent 1</a>" in page.get("/deliveries").text
