from __future__ import annotations

from argon2 import PasswordHasher
from support.page_client import page_client

from monitor.config import WebSettings, WebUser
from monitor.errors import StoreError

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
