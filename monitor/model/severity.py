"""The severity levels of hits."""

from __future__ import annotations

from enum import IntEnum


class Severity(IntEnum):
    """The severity of a hit; the levels are ordered, so that ``max`` returns the highest."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """Return the name of the level in configuration files and output, for example ``critical``."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Severity:
        """Return the severity level with the name *word*, for example ``critical``.

        Raises:
            ValueError: There is no such level.
        """
        try:
            return cls[word.upper()]
        except KeyError:
            raise ValueError(f"no severity called {word!r}: low, medium, high or critical") from None
