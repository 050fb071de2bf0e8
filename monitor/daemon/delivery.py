"""Send deliveries that are due: lease, render, send, record the outcome.

Each send has a thread of its own, so that a destination that hangs delays no other; only one message to a destination
is in flight at a time. A send that outlasts the deadline is recorded as "outcome unknown". Nothing else is sent to that
destination until the thread has ended or the address was edited; if the send succeeds after all, that is recorded.
"""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TextIO

from monitor import clock
from monitor.alerts.apprise.sending import Channel, Receipt, open_channel
from monitor.alerts.policy.retry import MAX_UNKNOWN_OUTCOMES, gives_up, repeat_at, retry_at
from monitor.alerts.render.console import ConsoleOptions, render_console
from monitor.alerts.render.message_format import MessageFormat
from monitor.alerts.render.notification import RenderOptions, render
from monitor.daemon.threads import in_thread
from monitor.errors import DeliveryError, OutcomeUnknown
from monitor.failpoints import failpoint
from monitor.logs import Log
from monitor.model import Delivery, Destination, Message, Notification
from monitor.model.reason import GivenUp
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.pipeline.outage_digest import catch_up
from monitor.store import Writer, deliveries, messages
from monitor.store.committer import Committer

SEND_DEADLINE_S = 60.0
LEASE_S = 2 * SEND_DEADLINE_S  # longer than the longest send
BROKEN_PAUSE = timedelta(minutes=1)  # pause of a destination after an unexpected error

log = Log(__name__)


@dataclass(frozen=True, slots=True)
class _HangingSend:
    """A send to a destination that is still running after the deadline."""

    destination: Destination  # as it was configured when the send began
    ended: asyncio.Future[None]
    released: asyncio.Event = field(default_factory=asyncio.Event)  # set: the destination no longer waits for it


class Deliverer:
    """Sends deliveries that are due, and records their outcomes.

    Args:
        committer: Runs the transactions that lease deliveries and record outcomes.
        active: Returns the active configuration at the time of the call.
        console: The stream to which ``console://`` destinations print.
        colour: Whether ``console://`` destinations print in colour.
    """

    def __init__(
        self, committer: Committer, *, active: Callable[[], ActiveConfiguration], console: TextIO, colour: bool = False
    ) -> None:
        self._committer = committer
        self._active = active
        self._console = console
        self._colour = colour
        self._channels: dict[Destination, Channel] = {}
        self._hanging: dict[str, _HangingSend] = {}  # by destination
        self._abandoned: set[asyncio.Future[None]] = set()  # sends that hang, of destinations that were edited since
        self._busy: dict[str, asyncio.Task[int]] = {}
        self._unconfigured: set[str] = set()  # destinations with deliveries that are not configured; logged once
        self._paused: dict[str, datetime] = {}  # end of the pause, by destination: rate limit or unexpected error

    async def deliver_due(self, now: datetime) -> None:
        """Start to send the due deliveries of each destination without a running send; return without waiting."""
        for name in await self._committer.do(lambda db: self._due(db, now)):
            if name not in self._busy and not self._is_paused(name):
                self._begin(name, now)

    async def deliver_all(self) -> int:
        """Send every delivery that is due now, trying each once; return how many were accepted."""
        now = clock.now()
        names = await self._committer.do(lambda db: self._due(db, now))
        return sum(await asyncio.gather(*(self._busy.get(name) or self._begin(name, now) for name in names)))

    async def resume_edited(self, before: Mapping[str, Destination]) -> None:
        """Retry the deliveries to destinations that were edited in the configuration, even if an old send still hangs.

        Args:
            before: The destinations of the previous configuration, by name.
        """
        configured, now = self._active().config.destinations, clock.now()
        edited = [name for name, destination in configured.items() if before.get(name) != destination]
        self._paused = {name: until for name, until in self._paused.items() if name not in edited}
        for name, hanging in list(self._hanging.items()):
            if configured.get(name) != hanging.destination:
                del self._hanging[name]
                self._abandon(hanging.ended)
                hanging.released.set()
        if edited:
            await self._committer.do(lambda db: [deliveries.retry_destination(db, name, now) for name in edited])

    async def stop(self, grace_s: float) -> None:
        """Wait at most *grace_s* seconds for running sends to end.

        A send that takes longer is repeated after the next start, and the repeated message is marked as a possible
        repeat.
        """
        sends: list[asyncio.Future[Any]] = list(self._busy.values())
        if sends:
            await asyncio.wait(sends, timeout=grace_s)
        sends += [*(hanging.ended for hanging in self._hanging.values()), *self._abandoned]
        for send in sends:
            send.cancel()
        await asyncio.gather(*sends, return_exceptions=True)

    @staticmethod
    def _due(db: Writer, now: datetime) -> list[str]:
        if expired := deliveries.expire_leases(db, now):
            log.error("leases expired without an outcome, sending the deliveries again", count=expired)
        return deliveries.due_destinations(db, now)

    def _begin(self, name: str, due_by: datetime) -> asyncio.Task[int]:
        task = asyncio.create_task(self._drain(name, due_by), name=f"deliver {name}")
        self._busy[name] = task
        task.add_done_callback(lambda done: self._end(name, done))
        return task

    def _end(self, name: str, task: asyncio.Task[int]) -> None:
        self._busy.pop(name, None)
        if not task.cancelled() and (error := task.exception()):
            self._paused[name] = clock.now() + BROKEN_PAUSE
            log.error("deliveries stopped because of an unexpected error", trace=error, destination=name)

    async def _drain(self, name: str, due_by: datetime) -> int:
        """Send all deliveries to the destination *name* that were due by *due_by*; return how many were accepted."""
        accepted = 0
        while not self._is_paused(name):
            if hanging := self._hanging.get(name):
                await self._wait_for(name, hanging)
            destination = self._active().config.destinations.get(name)  # it may have been edited since
            if destination is None:
                await self._keep_until_configured(name)
                return accepted
            self._unconfigured.discard(name)
            leased = await self._committer.persist(lambda db: self._lease(db, name, due_by))
            if leased is None:
                return accepted
            failpoint("leased")
            accepted += await self._deliver(destination, leased)
        return accepted

    def _is_paused(self, name: str) -> bool:
        until = self._paused.get(name)
        if until is None or until > clock.now():
            return until is not None
        del self._paused[name]
        return False

    async def _keep_until_configured(self, name: str) -> None:
        """Keep the deliveries to a destination that is not configured, since the operator may configure it again.

        Deliveries that have waited longer than ``[alerts] give_up`` become dead letters.
        """
        now = clock.now()
        before = now - timedelta(seconds=self._active().config.alerts.give_up_s)
        keep = partial(deliveries.keep_for_destination, destination=name, before=before, now=now)
        dead = await self._committer.persist(keep)
        if dead:
            log.error("deliveries given up: the destination is not configured", destination=name, count=dead)
        if name not in self._unconfigured:
            self._unconfigured.add(name)
            log.warning("deliveries wait for a destination that is not configured", destination=name)

    def _abandon(self, ended: asyncio.Future[None]) -> None:
        """Let a hanging send continue in its thread, without holding up further deliveries to its destination."""
        self._abandoned.add(ended)
        ended.add_done_callback(self._abandoned.discard)

    async def _wait_for(self, name: str, hanging: _HangingSend) -> None:
        """Wait until the hanging send to the destination *name* has ended, or the destination was edited."""
        hanging.ended.add_done_callback(lambda _: hanging.released.set())
        await hanging.released.wait()
        if self._hanging.get(name) is hanging:
            del self._hanging[name]

    @staticmethod
    def _lease(db: Writer, name: str, due_by: datetime) -> Message | None:
        delivery = deliveries.lease(db, name, clock.now(), LEASE_S, due_by=due_by)
        return messages.message_of(db, delivery) if delivery else None

    async def _deliver(self, destination: Destination, message: Message) -> bool:
        """Send one message to *destination* and record the outcome; return whether the message was accepted."""
        delivery = message.delivery
        try:
            notification = self._render(destination, message)
            failpoint("rendered")
            receipt = await self._send(destination, delivery, notification)
            failpoint("accepted")
        except DeliveryError as error:
            await self._record_failure(delivery, error)
            return False
        except Exception as error:
            # whatever the error, the delivery must not stay in flight
            log.exception(
                "delivery failed because of an unexpected error", destination=destination.name, delivery=delivery.id
            )
            await self._record_failure(delivery, DeliveryError(f"an unexpected {type(error).__name__}; see the log"))
            return False
        await self._record_sent(delivery, receipt)
        return True

    async def _send(self, destination: Destination, delivery: Delivery, notification: Notification) -> Receipt:
        channel = self._channel(destination)
        sending = in_thread(lambda: channel.send(notification, delivery.id), f"send {destination.name}")
        try:
            done, _ = await asyncio.wait([sending], timeout=SEND_DEADLINE_S)
        except asyncio.CancelledError:
            sending.cancel()  # the thread continues, and its result or error is discarded
            raise
        if not done:
            ended = asyncio.ensure_future(self._late(delivery, sending))
            if self._active().config.destinations.get(destination.name) == destination:
                self._hanging[destination.name] = _HangingSend(destination, ended)
            else:  # edited since the send began
                self._abandon(ended)
            raise OutcomeUnknown(f"no answer within {SEND_DEADLINE_S:g} s")
        return sending.result()

    async def _record_sent(self, delivery: Delivery, receipt: Receipt) -> None:
        now = clock.now()
        note = f"not accepted by all recipients: {'; '.join(receipt.refused)}" if receipt.refused else ""

        def record(db: Writer) -> int:
            deliveries.record_sent(db, delivery, now, note=note)
            failpoint("outcome written")
            return catch_up(db, self._active(), delivery.destination, now)

        delayed = await self._committer.persist(record)
        failpoint("outcome committed")
        if delayed:
            log.info(
                "destination is accepting deliveries again, sending what was delayed as one digest",
                destination=delivery.destination,
                count=delayed,
            )
        if note:
            log.warning(
                "delivered in part",
                destination=delivery.destination,
                delivery=delivery.id,
                cause=note,
            )
        else:
            log.info("delivered", destination=delivery.destination, delivery=delivery.id)

    async def _late(self, delivery: Delivery, sending: asyncio.Future[Receipt]) -> None:
        """Wait for a send that has outlasted the deadline, and record the delivery as sent if it was accepted."""
        try:
            receipt = await sending
        except Exception as error:
            log.debug("send failed after the deadline", destination=delivery.destination, id=delivery.id, cause=error)
        else:
            await self._record_sent(delivery, receipt)

    def _render(self, destination: Destination, message: Message) -> Notification:
        config = self._active().config
        zone, base_url = config.alerts.timezone, config.base_url
        channel = self._channel(destination)
        if channel.message_format is not MessageFormat.CONSOLE:
            return render(
                message,
                RenderOptions(
                    zone=zone,
                    now=clock.now(),
                    message_format=channel.message_format,
                    size_limits=channel.size_limits,
                    base_url=base_url,
                ),
            )
        width = shutil.get_terminal_size((100, 24)).columns if self._console.isatty() else 100
        options = ConsoleOptions(zone, clock.now(), min(width, 120), colour=self._colour, base_url=base_url)
        return Notification("", render_console(message, options))

    def _channel(self, destination: Destination) -> Channel:
        channel = self._channels.get(destination)
        if channel is None:
            channel = self._channels[destination] = open_channel(destination, console=self._console)
        return channel

    async def _record_failure(self, delivery: Delivery, error: DeliveryError) -> None:
        now = clock.now()
        first_attempt_at = delivery.first_attempt_at or now
        cause = str(error)
        again = retry_at(now, attempts=delivery.attempts, first_attempt_at=first_attempt_at, dice=random.random())  # noqa: S311 - spreads load, keeps no secret
        if isinstance(error, OutcomeUnknown):
            again = repeat_at(now, attempts=delivery.attempts)
        if error.retry_after_s:
            pause_ends = now + timedelta(seconds=error.retry_after_s)
            self._paused[delivery.destination] = pause_ends
            again = max(again, pause_ends)
        give_up_s = self._active().config.alerts.give_up_s
        record = deliveries.record_unknown if isinstance(error, OutcomeUnknown) else deliveries.record_failed

        def record_and_give_up(db: Writer) -> bool:
            record(db, delivery, cause, retry_at=again, now=now)
            # each attempt that was likely accepted is one more copy; without an answer the alert is still needed
            likely_accepted = isinstance(error, OutcomeUnknown) and error.likely_accepted
            repeats_too_often = likely_accepted and deliveries.unknown_outcomes(db, delivery.id) >= MAX_UNKNOWN_OUTCOMES
            return (repeats_too_often or gives_up(now, first_attempt_at, give_up_s)) and deliveries.give_up(
                db, delivery.id, GivenUp(cause)
            )

        dead = await self._committer.persist(record_and_give_up)
        to, number = delivery.destination, delivery.id
        if dead:
            log.error("delivery given up", destination=to, delivery=number, cause=cause)
        else:
            retry = again.isoformat(timespec="seconds")
            log.warning("delivery failed", retry_at=retry, destination=to, delivery=number, cause=cause)
