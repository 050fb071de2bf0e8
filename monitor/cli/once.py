"""``monitor once``: poll all feeds once, send the alerts that are due, and exit."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import (
    config_option,
    load_config,
    log_options,
    require_contact,
    require_open_files,
    require_usable_addresses,
    set_up_logs,
)
from monitor.cli.output import colour_wanted, echo, printable
from monitor.errors import FeedState, UsageError
from monitor.redaction import Redactor

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.daemon.app import Daemon


@click.command(name="once")
@config_option
@click.option("--feed", help="Poll only the feed with this name.")
@click.option("--dry-run", is_flag=True, help="Poll into a temporary copy of the database; send nothing.")
@log_options
def command(config_path: Path | None, feed: str | None, dry_run: bool, log_level: str, log_format: str) -> int:
    """Poll every feed once, due or not, and send the alerts that are due. Exit 1 if a poll or a delivery failed."""
    config = load_config(config_path)
    require_contact(config)
    require_usable_addresses(config)
    require_open_files()
    set_up_logs(config, log_level, log_format)
    if feed is not None and feed not in config.feeds:
        raise UsageError(f'--feed: {config.path} has no feed "{feed}"; there are: {", ".join(config.feeds)}')
    return asyncio.run(_dry_run(config, feed) if dry_run else _once(config, feed))


async def _once(config: Config, feed: str | None) -> int:
    from monitor import clock
    from monitor.daemon.app import Daemon
    from monitor.model import DeliveryState
    from monitor.store import delivery_list

    waiting_states = (DeliveryState.OPEN, DeliveryState.PENDING, DeliveryState.IN_FLIGHT)
    async with Daemon(_without_wait(config), colour=colour_wanted()) as daemon:
        failed = await _poll(daemon, feed, Redactor(config.secrets))
        await daemon.timers_due(clock.now())
        await daemon.deliver_all()
        waiting = await daemon.ask(lambda db: delivery_list.list_deliveries(db, waiting_states))
    held = [delivery for delivery in waiting if delivery.state is DeliveryState.OPEN and delivery.due_at > clock.now()]
    for delivery in held:
        echo(f"{delivery.destination}: waiting until {delivery.due_at:%Y-%m-%d %H:%M} UTC", err=True)
    for delivery in waiting:
        if delivery not in held:
            echo(f"{delivery.destination}: not delivered yet: {delivery.cause or delivery.state}", err=True)
    return 1 if failed or len(waiting) > len(held) else 0


def _without_wait(config: Config) -> Config:
    """Return *config* with ``[alerts] wait`` set to 0, because ``once`` sends alerts after all polls anyway."""
    return replace(config, alerts=replace(config.alerts, wait_s=0.0))


async def _dry_run(config: Config, feed: str | None) -> int:
    """Poll into a temporary copy of the database; print the hits and who would be notified; return the exit code."""
    from monitor import clock
    from monitor.alerts.content.reason_wording import reasons_text
    from monitor.daemon.app import Daemon
    from monitor.store import copy_database, hits, outbox

    with tempfile.TemporaryDirectory(prefix="monitor-dry-run-") as folder:
        scratch = Path(folder, "monitor.db")
        copy_database(config.storage.path, scratch)
        began = clock.now()
        config = replace(_without_wait(config), storage=replace(config.storage, path=scratch))
        async with Daemon(config) as daemon:
            failed = await _poll(daemon, feed, Redactor(config.secrets))
            for row in reversed(await daemon.ask(lambda db: hits.list_hits(db, hits.HitQuery(since=began)))):
                echo(f"[{row['severity'].upper()}] {printable(row['title'])}  {printable(row['link'])}")
                for decided in await daemon.ask(partial(outbox.decisions_of, hit_id=row["id"])):
                    decision = decided.decision
                    reasons = reasons_text(decision.reasons, zone=UTC, now=began)
                    echo(f"  {decision.destination}: {decision.verdict}, {reasons}")
    return 1 if failed else 0


async def _poll(daemon: Daemon, feed: str | None, redactor: Redactor) -> int:
    """Poll the feeds, print a line for each, and return how many polls failed.

    Args:
        daemon: The daemon that polls.
        feed: The key of the feed to poll; None polls all feeds.
        redactor: Removes secrets from the causes of failures, which may quote the target of a redirect.
    """
    reports = await daemon.poll_now(feed)
    for report in reports:
        echo(redactor.redact(str(report)), err=True)
    return sum(report.state is not FeedState.OK for report in reports)
