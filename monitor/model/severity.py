"""How important a hit is."""

from __future__ import annotations

from enum import IntEnum


class Severity(IntEnum):
    """How important a hit is; ordered, so that ``max`` gives the highest."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """Return the name used in configuration files and output, for example ``critical``."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Severity:
        """Return the severity called *word*.

        Raises:
            ValueError: There is none.
        """
        try:
            return cls[word.upper()]
        except KeyError:
            raise ValueError(f"no severity called {word!r}: low, medium, high or critical") from None
