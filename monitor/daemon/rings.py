"""Which timers there are: what each kind does when it is due, and which of them come back."""

from __future__ import annotations

from monitor.daemon.timers import Recurring, Rings

RINGS: Rings = {}
RECURRING: Recurring = {}
