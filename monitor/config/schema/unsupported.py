"""Settings that the format has and this version cannot honour: refused, so that none of them silently does nothing."""

from __future__ import annotations

from collections.abc import Sequence

# where -> keys; "*" stands for any name
UNSUPPORTED: dict[tuple[str, ...], frozenset[str]] = {
    (): frozenset({"web"}),
}


def unsupported_keys(section: Sequence[str | int]) -> frozenset[str]:
    """Return the keys that are known and refused in *section*, as ``("feeds", "coindesk")``."""
    return _look_up(UNSUPPORTED, section)


def is_unsupported(path: Sequence[str | int]) -> bool:
    """Return whether the setting at *path* is one that is known and refused."""
    return bool(path) and path[-1] in unsupported_keys(path[:-1])


def _look_up(table: dict[tuple[str, ...], frozenset[str]], path: Sequence[str | int]) -> frozenset[str]:
    for pattern, found in table.items():
        if len(pattern) == len(path) and all(p in ("*", k) for p, k in zip(pattern, path, strict=True)):
            return found
    return frozenset()
