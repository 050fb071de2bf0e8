"""Edits of articles that were seen before, by real polls: who is notified of what, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from support.config_lines import CONSOLE, configured, rss
from support.servers import FeedServer, Reply

from monitor import clock
from monitor.daemon.app import Daemon
from monitor.model import DeliveryKind, Message
from monitor.model.reason import ArticleEdited, GivenUp
from monitor.store import Reader, deliveries, hits, messages, triage_and_silences
from monitor.store.db.statements import rows
from monitor.store.delivery_list import load_delivery

NAMED = "Police say that Lazarus Group stole the coins"
UNNAMED = "Police say that an insider stole the coins"
AT_ONCE = '[alerts]\nwait = "0s"\n'
TWO = CONSOLE + AT_ONCE + '[destinations.other]\nurl = "console://"\nmin_severity = "critical"\n'


@pytest.fixture
def site() -> Iterator[FeedServer]:
    with FeedServer(host="127.3.13.1") as server:
        yield server


def all_messages(db: Reader) -> list[Message]:
    ids = [row["id"] for row in rows(db, "SELECT id FROM deliveries ORDER BY id")]
    return [messages.message_of(db, load_delivery(db, number)) for number in ids]


async def messages_after(
    folder, site, *titles: str, more: str = CONSOLE + AT_ONCE, send: bool = True, watchlist=None
) -> list[Message]:
    """Show one article under these titles, one a poll, after a baseline without it; return what was said of it."""
    url = site.route("/feed", Reply(body=rss(["Old"])), *(Reply(body=rss([("1", t), "Old"])) for t in titles))
    options = {"watchlist": watchlist} if watchlist else {}
    async with Daemon(configured(folder, {"wire": url}, more, **options)) as daemon:
        for _ in range(len(titles) + 1):
            await daemon.poll_now()
            if send:
                await daemon.deliver_all()
        return await daemon.ask(all_messages)


async def test_an_actor_that_comes_with_an_edit_is_a_hit_that_says_what_changed(tmp_path, site):
    (message,) = await messages_after(tmp_path, site, UNNAMED, NAMED)
    assert message.hits[0].is_update
    assert message.hits[0].changes == (
        "Update: the article was edited and now names Lazarus Group",
        f"Before: {UNNAMED}",
        f"After: {NAMED}",
    )


async def test_a_new_article_is_no_update(tmp_path, site):
    (message,) = await messages_after(tmp_path, site, NAMED)
    assert (message.hits[0].is_update, message.hits[0].changes) == (False, ())


async def test_a_removed_actor_is_notified_to_those_who_were_notified_of_it_with_the_text_that_named_it(tmp_path, site):
    alert, update = await messages_after(tmp_path, site, NAMED, UNNAMED)
    assert (update.delivery.kind, update.delivery.destination) == (DeliveryKind.CORRECTION, "desk")
    assert [hit.id for hit in update.hits] == [hit.id for hit in alert.hits]
    assert update.hits[0].entry.text.title == NAMED
    assert update.annotation.reasons == (ArticleEdited(),)
    assert update.annotation.lines[1:] == (f"Before: {NAMED}", f"After: {UNNAMED}")


async def test_a_destination_that_was_not_notified_of_a_hit_gets_no_correction(tmp_path, site):
    watchlist = """
[actors]
lazarus = ["Lazarus Group"]
[rules.any]
actors = ["*"]
send_to = ["desk", "other"]
[http]
allow_private = ["127.0.0.0/8"]
"""
    said = await messages_after(tmp_path, site, NAMED, UNNAMED, more=TWO, watchlist=watchlist)
    assert [message.delivery.destination for message in said] == ["desk", "desk"]


async def test_one_name_for_another_is_one_message(tmp_path, site):
    watchlist = """
[actors]
lazarus = ["Lazarus Group"]
andariel = ["Andariel"]
[rules.any]
actors = ["*"]
send_to = ["desk"]
[http]
allow_private = ["127.0.0.0/8"]
"""
    other = NAMED.replace("Lazarus Group", "Andariel")
    _, update = await messages_after(tmp_path, site, NAMED, other, watchlist=watchlist)
    assert update.hits[0].is_update
    assert [line for line in update.hits[0].changes if line.startswith("Update")] == [
        "Update: the article was edited and now names Andariel",
        "Update: the article was edited and no longer names Lazarus Group",
    ]


async def test_an_article_that_changes_to_and_fro_causes_four_corrections_at_most(tmp_path, site):
    said = await messages_after(tmp_path, site, *[NAMED, UNNAMED] * 5)
    kinds = [message.delivery.kind for message in said]
    assert kinds == [DeliveryKind.ALERT, *[DeliveryKind.CORRECTION] * 4]
    assert "now names" in said[2].annotation.lines[0]


async def test_what_is_taken_back_before_it_was_sent_is_sent_after_it(tmp_path, site):
    alert, update = await messages_after(tmp_path, site, NAMED, UNNAMED, send=False)
    assert update.delivery.due_at >= alert.delivery.due_at
    assert update.delivery.id > alert.delivery.id


async def test_a_correction_in_quiet_hours_is_sent_when_they_end(tmp_path, site, simulated_clock):
    quiet = CONSOLE + 'quiet_hours = ["18:00-08:00"]\n' + AT_ONCE
    url = site.route("/feed", Reply(body=rss(["Old"])), *(Reply(body=rss([("1", t)])) for t in (NAMED, UNNAMED)))
    async with Daemon(configured(tmp_path, {"wire": url}, quiet)) as daemon:
        for hour in (9, 10, 20):
            simulated_clock.now = simulated_clock.now.replace(hour=hour)
            await daemon.poll_now()
        alert, update = await daemon.ask(all_messages)
    assert (alert.delivery.due_at.hour, update.delivery.due_at.hour) == (10, 8)


async def test_an_alert_that_was_never_sent_is_not_corrected(tmp_path, site):
    url = site.route("/feed", Reply(body=rss(["Old"])), *(Reply(body=rss([("1", t)])) for t in (NAMED, UNNAMED)))
    async with Daemon(configured(tmp_path, {"wire": url}, CONSOLE + AT_ONCE)) as daemon:
        for _ in range(2):
            await daemon.poll_now()
        await daemon.ask(lambda db: deliveries.give_up(db, 1, GivenUp("refused")))
        await daemon.poll_now()
        assert len(await daemon.ask(all_messages)) == 1


async def test_a_silenced_actor_causes_no_correction(tmp_path, site):
    url = site.route("/feed", Reply(body=rss(["Old"])), *(Reply(body=rss([("1", t)])) for t in (NAMED, UNNAMED)))
    async with Daemon(configured(tmp_path, {"wire": url}, CONSOLE + AT_ONCE)) as daemon:
        for _ in range(2):
            await daemon.poll_now()
        now = clock.now()
        silence = triage_and_silences.NewSilence("actor", "lazarus", "ana", "known", now + timedelta(hours=4))
        await daemon.ask(lambda db: triage_and_silences.add_silence(db, silence, now))
        await daemon.poll_now()
        assert len(await daemon.ask(all_messages)) == 1


async def test_every_text_of_an_article_that_was_a_hit_is_kept(tmp_path, site):
    texts = [NAMED, "Nothing to see", "Still nothing", UNNAMED]
    url = site.route("/feed", Reply(body=rss(["Old"])), *(Reply(body=rss([("1", t)])) for t in texts))
    async with Daemon(configured(tmp_path, {"wire": url})) as daemon:
        for _ in range(5):
            await daemon.poll_now()
        kept = await daemon.ask(lambda db: rows(db, "SELECT title FROM entry_versions ORDER BY version"))
    assert [row["title"] for row in kept] == texts[:3]


async def test_an_edit_of_the_watchlist_is_not_taken_for_one_of_the_article(tmp_path, site):
    url = site.route("/feed", *(Reply(body=rss([("1", f"{NAMED}{dots}")])) for dots in ("", ".", "..", "...")))
    async with Daemon(configured(tmp_path, {"wire": url}, f'{CONSOLE}[alerts]\nfirst_run = "alert"\n')) as daemon:
        await daemon.poll_now()
        watched = (tmp_path / "config.toml").read_text()
        for actors in ('police = ["Police"]', 'lazarus = ["Lazarus Group"]\npolice = ["Police"]'):
            await daemon.change_to(changed(tmp_path, watched, actors))
            await daemon.poll_now()
        said = await daemon.ask(all_messages)
        assert len(await daemon.ask(lambda db: hits.list_hits(db, hits.HitQuery()))) == len(said) == 1


def changed(folder, text: str, actors: str):
    from monitor.config import load

    path = folder / "config.toml"
    rules = text.replace('lazarus = ["Lazarus Group"]', actors).replace('actors = ["lazarus"]', 'actors = ["*"]')
    path.write_text(rules)
    loaded = load(path, environ={})
    assert loaded.config is not None, loaded.problems
    return loaded.config
