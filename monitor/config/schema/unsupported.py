"""Settings of the configuration format that this version does not support yet: each is an error, never ignored."""

from __future__ import annotations

from collections.abc import Sequence

# table -> keys; "*" matches any name
UNSUPPORTED: dict[tuple[str, ...], frozenset[str]] = {
    (): frozenset({"web"}),
}


def unsupported_keys(section: Sequence[str | int]) -> frozenset[str]:
    """Return the unsupported keys of the table *section*, for example ``("feeds", "coindesk")``."""
    for pattern, keys in UNSUPPORTED.items():
        if len(pattern) == len(section) and all(p in ("*", k) for p, k in zip(pattern, section, strict=True)):
            return keys
    return frozenset()


def is_unsupported(path: Sequence[str | int]) -> bool:
    """Return whether the setting at *path* is not supported yet."""
    return bool(path) and path[-1] in unsupported_keys(path[:-1])
