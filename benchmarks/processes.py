"""What the processes of a daemon use: memory and processor time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def tree(root: int) -> list[int]:
    """Return the process *root* and all that descend from it."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # the name, in brackets, may hold anything
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended
    family = [root]
    for pid in family:  # grows while it is walked
        family += [child for child, parent in parents.items() if parent == pid]
    return family


def measured(pid: int) -> dict[str, Any]:
    """Return the part that a process plays, its proportional set size, and what it has for itself."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
    private_kb = sizes["Private_Clean"] + sizes["Private_Dirty"]
    return {
        "process": _role(pid),
        "pss_mb": round(sizes["Pss"] / 1000 * 1.024, 1),
        "private_mb": round(private_kb / 1000 * 1.024, 1),
    }


def cpu_of(pid: int) -> float:
    """Return the processor time of a process in seconds, with that of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _role(pid: int) -> str:
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    for words, role in ((b"resource_tracker", "resource tracker"), (b"spawn_main", "worker")):
        if words in command:
            return role
    return "daemon"
