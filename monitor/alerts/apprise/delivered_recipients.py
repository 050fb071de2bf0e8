"""Which recipients of a destination have accepted a delivery, so that the next attempt leaves them out."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

MAX_REMEMBERED = 1000  # deliveries that some recipients accepted and others did not


class DeliveredRecipients:
    """Replaces the delivery tracking of an Apprise plugin, which forgets everything at the end of an attempt.

    Args:
        plugin: The Apprise plugin; it asks for each recipient whether it is delivered, and reports when it is.
    """

    def __init__(self, plugin: Any) -> None:
        from apprise.plugins.base import _PIECE_DELIVERED

        self._whole_message = _PIECE_DELIVERED
        self._slot = plugin._slot  # noqa: SLF001 - tells the parts of a split message apart
        self._by_delivery: OrderedDict[int, set[object]] = OrderedDict()
        self._recipients: set[object] = set()
        plugin.is_delivered = self._is_delivered
        plugin.mark_delivered = self._mark_delivered

    def start(self, delivery: int) -> None:
        """Begin an attempt of *delivery*; 0 stands for one that is not remembered."""
        self._recipients = set()
        if delivery:
            self._recipients = self._by_delivery.setdefault(delivery, set())
            if len(self._by_delivery) > MAX_REMEMBERED:
                self._by_delivery.popitem(last=False)

    def forget(self, delivery: int) -> None:
        """Drop what is remembered of *delivery*: no attempt follows."""
        self._by_delivery.pop(delivery, None)

    @property
    def count(self) -> int:
        """Return how many recipients accepted the delivery of the current attempt, earlier attempts included."""
        return len(self._recipients)

    def _is_delivered(self, key: object, per_message: bool = False) -> bool:
        return self._slot(key, per_message) in self._recipients

    def _mark_delivered(self, key: object, per_message: bool = False) -> None:
        if key is not self._whole_message:
            self._recipients.add(self._slot(key, per_message))
