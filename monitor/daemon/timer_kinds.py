"""The kinds of timers: the handler of each kind, and the recurrences of the kinds that recur."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.config import Config
from monitor.health import canary, heartbeat
from monitor.model import Recurrence
from monitor.pipeline.due_timers import Handlers, Recurring
from monitor.pipeline.escalation import ESCALATION, escalate


def _heartbeat(config: Config) -> Sequence[Recurrence]:
    return [config.health.heartbeat] if config.health.heartbeat and config.health.send_to else []


def _canary(config: Config) -> Sequence[Recurrence]:
    wanted = any(destination.canary for destination in config.destinations.values())
    return [config.health.canary] if config.health.canary and wanted else []


HANDLERS: Handlers = {
    ESCALATION: escalate,
    "heartbeat": heartbeat.send_heartbeat,
    "canary": canary.request_canary,
}
RECURRING: Recurring = {"heartbeat": _heartbeat, "canary": _canary}
