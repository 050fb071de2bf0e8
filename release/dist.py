"""Build wheel and sdist into dist/, twice, and compare: equal bytes prove that anybody can rebuild what was published.

Usage: python -m release.dist. The first build is from the files that git tracks, so that no stray file is published;
the second from the sdist of the first, in another folder, with another umask and other file times. The time of each
member of the archives is SOURCE_DATE_EPOCH, by default that of the last commit.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

REPOSITORY = Path(__file__).resolve().parents[1]
# what an installation needs besides modules, and what must not be published
IN_WHEEL = (
    *("monitor/service/templates/monitor.service", "monitor/service/templates/monitor-failure.service"),
    *("monitor/service/templates/monitor.sysusers", "monitor/service/templates/monitor.tmpfiles"),
    *("monitor/packs/crypto-feeds.toml", "monitor/cli/starters/exchange.toml", "monitor/cli/recorded/demo.toml"),
    *("monitor/web/templates/base.html", "monitor/web/static/page.css", "monitor/matching/words.txt.gz"),
    *("share/man/man1/monitor.1", "share/bash-completion/completions/monitor", "share/zsh/site-functions/_monitor"),
    *("share/fish/vendor_completions.d/monitor.fish", "share/doc/crypto-news-monitor/config.example.toml"),
    *("share/doc/crypto-news-monitor/contrib/prometheus/alerts.yml", "licenses/LICENSE"),
    *("licenses/monitor/matching/WORDS-LICENSE", "licenses/monitor/web/static/htmx.LICENSE.txt"),
)
IN_SDIST = (
    *("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "config.example.toml", "requirements.lock"),
    *("monitor/__init__.py", "systemd/monitor.service", "docs/install.md", "share/man/man1/monitor.1"),
    *("Containerfile", "compose.example.yaml"),
)
UNWANTED = ("tests", "benchmarks", ".ci", "__pycache__", ".venv")


def tracked_files(repository: Path) -> list[PurePosixPath]:
    """Return the paths of the files that git tracks, relative to *repository*."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=repository, capture_output=True, check=True)  # noqa: S607
    paths = (PurePosixPath(name.decode()) for name in done.stdout.split(b"\0") if name)
    return [path for path in paths if (repository / path).is_file()]


def copy_tracked_files(target: Path) -> None:
    """Copy the files that git tracks to *target*."""
    for path in tracked_files(REPOSITORY):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / path, target / path)


def unpack(sdist: Path, target: Path) -> None:
    """Unpack the files of *sdist* into *target*, without the folder that they are in."""
    with tarfile.open(sdist) as archive:
        for member in archive.getmembers():
            member.name = member.name.partition("/")[2]
            archive.extract(member, target, filter="data")


def build(source: Path, target: Path, epoch: str) -> dict[str, bytes]:
    """Build wheel and sdist from the folder *source* into *target*, and return their bytes by file name.

    Args:
        source: A folder with pyproject.toml.
        target: The folder for the two files.
        epoch: Seconds since 1970, the time of each member of the archives.
    """
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(target)]
    environ = os.environ | {"SOURCE_DATE_EPOCH": epoch}
    done = subprocess.run(command, cwd=source, env=environ, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return {path.name: path.read_bytes() for path in target.iterdir()}


def build_twice(folder: Path, epoch: str) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Build from a copy of the repository, and once more from the sdist with other permissions; return both results."""
    copy_tracked_files(folder / "copy")
    built = build(folder / "copy", folder / "first", epoch)
    [sdist] = (folder / "first").glob("*.tar.gz")
    before = os.umask(0o077)
    try:
        unpack(sdist, folder / "from-the-sdist")
        again = build(folder / "from-the-sdist", folder / "second", epoch)
    finally:
        os.umask(before)
    return built, again


def wheel_members(wheel: Path) -> set[str]:
    """Return the paths in *wheel*, with the folders of data and licences reduced to ``share/`` and ``licenses/``."""
    names = zipfile.ZipFile(wheel).namelist()
    return {name.partition(".data/data/")[2] or name.partition(".dist-info/")[2] or name for name in names}


def sdist_members(sdist: Path) -> set[str]:
    """Return the paths in *sdist* below its folder."""
    with tarfile.open(sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def problems_of(members: set[str], wanted: Iterable[str]) -> list[str]:
    """Return what is wrong with the *members* of an archive: missing files, and files that must not be published."""
    problems = [f"{name} is missing" for name in wanted if name not in members]
    return problems + [
        f"{name} must not be in it" for name in sorted(members) if set(UNWANTED) & set(PurePosixPath(name).parts)
    ]


def differences(first: Mapping[str, bytes], second: Mapping[str, bytes]) -> list[str]:
    """Return the names of the files that the two builds do not share byte for byte."""
    return sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))


def _epoch() -> str:
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return given
    command = ["git", "log", "-1", "--format=%ct"]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True, text=True).stdout.strip()


def main() -> int:
    """Build, compare and check, write dist/ with the SHA-256 sums; return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        built, again = build_twice(Path(folder), _epoch())
    problems = [f"{name}: the second build differs from the first" for name in differences(built, again)]
    dist = REPOSITORY / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    dist.mkdir()
    for name, content in built.items():
        (dist / name).write_bytes(content)
        wheel = name.endswith(".whl")
        members, wanted = (wheel_members(dist / name), IN_WHEEL) if wheel else (sdist_members(dist / name), IN_SDIST)
        problems += [f"{name}: {problem}" for problem in problems_of(members, wanted)]
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(built.items()))
    (dist / "SHA256SUMS").write_text(sums, encoding="ascii")
    print(sums, end="")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
