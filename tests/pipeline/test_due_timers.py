"""Timers ring once, come back as configured, and are made up for when nobody was there."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from support.config_lines import CONSOLE, configured

from monitor.config.schema.recurrences import parse_recurrence
from monitor.daemon.app import Daemon
from monitor.pipeline.due_timers import run_due_timers, schedule_recurring
from monitor.store import timers

DAY = timedelta(days=1)
DAILY = {"chime": lambda config: [parse_recurrence("09:00")]}


@pytest.fixture
def config(tmp_path):
    return configured(tmp_path, {"wire": "http://127.3.6.1:9/feed"}, CONSOLE)


@pytest.fixture
def rung():
    return []


async def ring(daemon, now, rung, recurring=DAILY):
    rings = {"chime": lambda db, simulated_clock, due: rung.append((due.timer.due_at, due.late))}
    return await daemon.ask(lambda db: run_due_timers(db, daemon.active(), now, handlers=rings, recurring=recurring))


async def standing(daemon):
    return [timer.due_at for timer in await daemon.ask(timers.list_timers)]


async def test_one_that_comes_back_rings_once_a_day(config, simulated_clock, rung):
    async with Daemon(config, console=io.StringIO()) as daemon:
        await daemon.ask(lambda db: schedule_recurring(db, config, simulated_clock.now, DAILY))
        (first,) = await standing(daemon)
        for at in (first - timedelta(seconds=1), first, first + timedelta(seconds=1), first + DAY):
            await ring(daemon, at, rung)
    assert rung == [(first, False), (first + DAY, False)]


async def test_one_that_was_missed_rings_once_and_late(config, simulated_clock, rung):
    async with Daemon(config, console=io.StringIO()) as daemon:
        await daemon.ask(lambda db: schedule_recurring(db, config, simulated_clock.now, DAILY))
        (first,) = await standing(daemon)
    simulated_clock.now = first + 3 * DAY + timedelta(hours=1)
    async with Daemon(config, console=io.StringIO()) as daemon:
        await daemon.ask(lambda db: schedule_recurring(db, config, simulated_clock.now, DAILY))
        assert await ring(daemon, simulated_clock.now, rung) == 1
        assert await standing(daemon) == [first + 4 * DAY]
    assert rung == [(first, True)]


async def test_one_that_is_edited_or_taken_out_of_the_configuration_is_set_anew_or_gone(config, simulated_clock):
    other = {"chime": lambda config: [parse_recurrence("10:00")]}
    none = {"chime": lambda config: []}
    async with Daemon(config, console=io.StringIO()) as daemon:
        for recurring in (DAILY, other):
            await daemon.ask(lambda db, r=recurring: schedule_recurring(db, config, simulated_clock.now, r))
        assert [at.hour for at in await standing(daemon)] == [10]
        await daemon.ask(lambda db: schedule_recurring(db, config, simulated_clock.now, none))
        assert await standing(daemon) == []
