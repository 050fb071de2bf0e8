"""Remember which recipients of a destination accepted a delivery, so that a retry does not send to them again."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

MAX_REMEMBERED = 1000  # deliveries that some recipients accepted and others did not


class DeliveredRecipients:
    """Remembers, across the attempts of a delivery, which recipients accepted it.

    It replaces the tracking of the Apprise plugin, which forgets the recipients at the end of each attempt.

    Args:
        plugin: The Apprise plugin of the destination. Before it sends to a recipient, it asks this object whether that
            recipient has accepted the message already.
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
        """Begin an attempt to send the delivery with the id *delivery*; with id 0, nothing is remembered afterwards."""
        self._recipients = set()
        if delivery:
            self._recipients = self._by_delivery.setdefault(delivery, set())
            if len(self._by_delivery) > MAX_REMEMBERED:
                self._by_delivery.popitem(last=False)

    def forget(self, delivery: int) -> None:
        """Forget the recipients of the delivery with the id *delivery*; call this when no further attempt follows."""
        self._by_delivery.pop(delivery, None)

    @property
    def count(self) -> int:
        """Return how many recipients have accepted the current delivery, in this attempt or in earlier ones."""
        return len(self._recipients)

    def _is_delivered(self, key: object, per_message: bool = False) -> bool:
        return self._slot(key, per_message) in self._recipients

    def _mark_delivered(self, key: object, per_message: bool = False) -> None:
        if key is not self._whole_message:
            self._recipients.add(self._slot(key, per_message))
