"""Which timers there are: what each kind does when it is due, and which of them come back."""

from __future__ import annotations

from monitor.daemon.desk import ESCALATION
from monitor.daemon.escalate import escalate
from monitor.daemon.timers import Recurring, Rings

RINGS: Rings = {ESCALATION: escalate}
RECURRING: Recurring = {}
