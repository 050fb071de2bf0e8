"""Deliveries on their way out: lease, render, send, record; each destination by itself.

Each send has a thread of its own, so that a destination that hangs holds up no other, and a destination has one
message in flight at a time. A send that outlasts the deadline is recorded as unknown; nothing else goes to that
destination until its thread has ended, and when that ends well after all, the delivery counts as sent.
"""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Callable
from datetime import datetime
from typing import Any, TextIO

from monitor import clock
from monitor.alerts.apprise.sending import Channel, open_channel
from monitor.alerts.policy.retry import gives_up, retry_at
from monitor.alerts.render.console import render_console
from monitor.alerts.render.message_format import MessageFormat
from monitor.alerts.render.notification import RenderOptions, render
from monitor.daemon.threads import in_thread
from monitor.errors import DeliveryError, OutcomeUnknown
from monitor.failpoints import failpoint
from monitor.logs import Log
from monitor.model import Delivery, Destination, Message, Notification
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.pipeline.outage_digest import catch_up
from monitor.store import Writer, deliveries, messages
from monitor.store.committer import Committer

SEND_DEADLINE_S = 60.0
LEASE_S = 2 * SEND_DEADLINE_S  # longer than the longest send

log = Log(__name__)


class Deliverer:
    """Sends what is due.

    Args:
        active: Gives what is in force at the moment it is asked.
        console: Where ``console://`` prints.
    """

    def __init__(
        self, committer: Committer, *, active: Callable[[], ActiveConfiguration], console: TextIO, colour: bool = False
    ) -> None:
        self._committer = committer
        self._active = active
        self._console = console
        self._colour = colour
        self._channels: dict[Destination, Channel] = {}
        self._hanging: dict[str, asyncio.Future[None]] = {}
        self._busy: dict[str, asyncio.Task[int]] = {}

    async def deliver_due(self, now: datetime) -> None:
        """Begin to send what is due, for every destination that is not busy; returns without waiting."""
        for name in await self._committer.do(lambda db: self._due(db, now)):
            if name not in self._busy:
                self._begin(name, now)

    async def deliver_all(self) -> int:
        """Send all that is due now, each once, and return how many were accepted."""
        now = clock.now()
        names = await self._committer.do(lambda db: self._due(db, now))
        return sum(await asyncio.gather(*(self._busy.get(name) or self._begin(name, now) for name in names)))

    async def stop(self, grace_s: float) -> None:
        """Let sends under way end within *grace_s*; those that do not stay in flight and are repeated, marked."""
        sends: list[asyncio.Future[Any]] = list(self._busy.values())
        if sends:
            await asyncio.wait(sends, timeout=grace_s)
        sends += self._hanging.values()
        for send in sends:
            send.cancel()
        await asyncio.gather(*sends, return_exceptions=True)

    @staticmethod
    def _due(db: Writer, now: datetime) -> list[str]:
        if forgotten := deliveries.expire_leases(db, now):
            log.error("deliveries without an outcome, sending again", count=forgotten)
        return deliveries.due_destinations(db, now)

    def _begin(self, name: str, due_by: datetime) -> asyncio.Task[int]:
        task = asyncio.create_task(self._drain(name, due_by), name=f"deliver {name}")
        self._busy[name] = task
        task.add_done_callback(lambda _: self._busy.pop(name, None))
        return task

    async def _drain(self, name: str, due_by: datetime) -> int:
        """Send what was due for one destination by that moment, each once; return how many were accepted."""
        destination = self._active().config.destinations.get(name)
        if destination is None:
            reason = f'no destination called "{name}"'
            dead = await self._committer.persist(lambda db: deliveries.kill_destination(db, name, reason))
            log.error("deliveries given up", destination=name, count=dead, cause=reason)
            return 0
        accepted = 0
        while True:
            if hanging := self._hanging.pop(name, None):
                await asyncio.wait([hanging])
            leased = await self._committer.persist(lambda db: self._lease(db, name, due_by))
            if leased is None:
                return accepted
            failpoint("leased")
            accepted += await self._deliver(destination, leased)

    @staticmethod
    def _lease(db: Writer, name: str, due_by: datetime) -> Message | None:
        delivery = deliveries.lease(db, name, clock.now(), LEASE_S, due_by=due_by)
        return messages.message_of(db, delivery) if delivery else None

    async def _deliver(self, destination: Destination, message: Message) -> bool:
        delivery = message.delivery
        try:
            notification = self._render(destination, message)
            failpoint("rendered")
            await self._send(destination, delivery, notification)
            failpoint("accepted")
        except Exception as error:
            # whatever went wrong, the delivery must not stay in flight
            if not isinstance(error, DeliveryError):
                log.exception("sending broke", destination=destination.name, delivery=delivery.id)
                error = DeliveryError(f"an unexpected {type(error).__name__}; see the log")
            await self._failed(delivery, error)
            return False
        await self._sent(delivery)
        return True

    async def _send(self, destination: Destination, delivery: Delivery, notification: Notification) -> None:
        channel = self._channel(destination)
        sending = in_thread(lambda: channel.send(notification), f"send {destination.name}")
        done, _ = await asyncio.wait([sending], timeout=SEND_DEADLINE_S)
        if not done:
            self._hanging[destination.name] = asyncio.ensure_future(self._late(delivery, sending))
            raise OutcomeUnknown(f"no answer within {SEND_DEADLINE_S:g} s")
        sending.result()

    async def _sent(self, delivery: Delivery) -> None:
        now = clock.now()

        def record(db: Writer) -> int:
            deliveries.record_sent(db, delivery, now)
            failpoint("outcome written")
            return catch_up(db, self._active(), delivery.destination, now)

        held_up = await self._committer.persist(record)
        failpoint("outcome committed")
        if held_up:
            log.info(
                "back after an outage, what was held up goes as one", destination=delivery.destination, count=held_up
            )
        log.info("delivered", destination=delivery.destination, delivery=delivery.id)

    async def _late(self, delivery: Delivery, sending: asyncio.Future[None]) -> None:
        """Wait for a send that outlasted the deadline; when it was accepted after all, keep that."""
        try:
            await sending
        except Exception as error:
            log.debug("a send ended late", destination=delivery.destination, delivery=delivery.id, cause=error)
        else:
            await self._sent(delivery)

    def _render(self, destination: Destination, message: Message) -> Notification:
        zone = self._active().config.alerts.timezone
        channel = self._channel(destination)
        if channel.message_format is not MessageFormat.CONSOLE:
            return render(
                message,
                RenderOptions(
                    zone=zone, now=clock.now(), message_format=channel.message_format, size_limits=channel.size_limits
                ),
            )
        width = shutil.get_terminal_size((100, 24)).columns if self._console.isatty() else 100
        boxes = render_console(message, zone=zone, now=clock.now(), width=min(width, 120), colour=self._colour)
        return Notification("", boxes)

    def _channel(self, destination: Destination) -> Channel:
        channel = self._channels.get(destination)
        if channel is None:
            channel = self._channels[destination] = open_channel(destination, console=self._console)
        return channel

    async def _failed(self, delivery: Delivery, error: DeliveryError) -> None:
        now = clock.now()
        began = delivery.first_attempt_at or now
        reason = str(error)
        again = retry_at(now, attempts=delivery.attempts, first_attempt_at=began, dice=random.random())  # noqa: S311 - spreads load, keeps no secret
        give_up_s = self._active().config.alerts.give_up_s
        record = deliveries.record_unknown if isinstance(error, OutcomeUnknown) else deliveries.record_failed

        def keep(db: Writer) -> bool:
            record(db, delivery, reason, retry_at=again, now=now)
            return gives_up(now, began, give_up_s) and deliveries.kill(db, delivery.id, f"given up: {reason}")

        dead = await self._committer.persist(keep)
        values = {"destination": delivery.destination, "delivery": delivery.id, "cause": reason}
        if dead:
            log.error("delivery given up", **values)
        else:
            log.warning("delivery failed", retry_at=again.isoformat(timespec="seconds"), **values)
