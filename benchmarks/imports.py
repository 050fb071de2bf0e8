"""What imported lists cost and how often they are wrong: the MISP galaxy in the background, and the OFAC list.

The import itself and the polls run in processes of their own. A sample of the mentions that the clusters of the MISP
galaxy give in the background was read by a person; ``import_verdicts.tsv`` has the verdicts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.goals import Goal, goals_result
from benchmarks.matching_data import SHARED, background, missing
from benchmarks.polling import HOME, served
from benchmarks.result import Result
from monitor.config import load
from monitor.model import Text
from monitor.watchlist import compile_watchlist

SAMPLE = 200
VERDICTS = Path(__file__).parent / "import_verdicts.tsv"
OFAC = "sanctions/sdn-2024-05-03.csv"
ROUNDS = 3
FEEDS = 200
PROFILE = (
    "import resource, sys; from monitor.cli.app import run; run(sys.argv[1:]); "
    "used = resource.getrusage(resource.RUSAGE_SELF); print(used.ru_utime + used.ru_stime, used.ru_maxrss)"
)

Found = tuple[str, str]  # a short hash of the title, and the text of the mention


def measure() -> Result:
    """Return how many goals were missed; the figures are among the details."""
    if why := missing("corpus/background.jsonl", "actors/misp-threat-actor.json", OFAC):
        raise SystemExit(why)
    texts = background()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clusters = sorted((SHARED / "actors").glob("misp-*.json"))
        packs = [_imported("misp-galaxy", file, folder)["pack"] for file in clusters]
        found = {pack.stem: [*find(texts, [pack])] for pack in packs if pack.stem == "misp-threat-actor"}
        found["all clusters"] = [*find(texts, packs)]
        runs = [_imported("ofac", SHARED / OFAC, folder) for _ in range(ROUNDS)]
        polls = [_poll_cpu_ms(folder, pack) for _ in range(2) for pack in (None, runs[0]["pack"])]
    without, with_list = polls[0::2], polls[1::2]
    read, verdicts = sample(found["all clusters"]), read_verdicts()
    said = Counter(verdicts.get(one, "unread") for one in read)
    false = _per_100(found["all clusters"], texts) * said["false"] / max(1, len(read))
    goals = [
        Goal(
            "false mentions of all MISP clusters per 100 items",
            round(false, 2),
            at_most=1,
        ),
        Goal("sampled mentions that are not read", said["unread"], at_most=0),
        Goal("s of CPU to import the OFAC list", round(min(run["cpu_s"] for run in runs), 1), at_most=10),
        Goal("MB to import the OFAC list", max(run["mb"] for run in runs), at_most=300),
        Goal("CPU of a poll with the OFAC list, as a multiple", round(min(with_list) / min(without), 2), at_most=1.5),
    ]
    return goals_result(
        "imports",
        goals,
        {
            "mentions per 100 items": {name: round(_per_100(each, texts), 2) for name, each in found.items()},
            "read": dict(said),
            "cpu_ms_per_poll": {"without": without, "with the OFAC list": with_list},
        },
    )


def _per_100(found: list[Found], texts: list[Text]) -> float:
    return len(found) / len(texts) * 100


def _imported(command: str, file: Path, folder: Path) -> dict[str, Any]:
    """Import *file* in a process of its own; return the pack, the seconds of CPU and the most memory in MB."""
    pack = folder / f"{file.stem}.toml"
    pack.unlink(missing_ok=True)
    arguments = ["import", command, str(file), "-o", str(pack), "--list-date", "2026-11-20"]
    run = subprocess.run(
        [sys.executable, "-c", PROFILE, *arguments], capture_output=True, text=True, check=True, cwd=HOME
    )
    cpu_s, peak_kb = run.stdout.split()[-2:]
    return {"pack": pack, "cpu_s": float(cpu_s), "mb": round(int(peak_kb) / 1024)}


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=HOME)


def find(texts: list[Text], packs: list[Path]) -> Iterator[Found]:
    """Yield the mentions of *packs* in *texts*, each spelling once per item, whoever it means."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.toml"
        file.write_text(f"include = {json.dumps([str(pack) for pack in packs])}\n", encoding="utf-8")
        config = load(file, environ={}).config
    assert config is not None
    watchlist = compile_watchlist(config)
    for text in texts:
        item = sha256(text.title.encode()).hexdigest()[:8]
        yield from sorted({(item, mention.text) for mention in watchlist.matcher.find(text).mentions})


def sample(found: list[Found]) -> list[Found]:
    """Return the mentions to read, drawn by their hashes: a new name in a list leaves most of them as they are."""
    return sorted(set(found), key=lambda one: sha256(repr(one).encode()).digest())[:SAMPLE]


def read_verdicts() -> dict[Found, str]:
    """Return what a person said of each mention: true or false."""
    lines = VERDICTS.read_text(encoding="utf-8").splitlines()[1:] if VERDICTS.exists() else []
    return {(item, text): verdict for item, text, verdict, _ in (line.split("\t") for line in lines)}


def _poll_cpu_ms(folder: Path, pack: Path | None) -> float:
    """Return the CPU time of a poll, fetched, parsed, matched and stored, with *pack* in the watchlist."""
    with tempfile.TemporaryDirectory(dir=folder) as inner, served() as port:
        command = [sys.executable, "-m", "benchmarks.polling_clients", "monitor", str(port), str(FEEDS), inner]
        run = subprocess.run(
            [*command, *([str(pack)] if pack else [])], cwd=HOME, capture_output=True, text=True, check=True
        )
    measured: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return float(measured["rounds"]["warm"]["cpu_ms_per_poll"])
