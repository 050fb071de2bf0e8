"""List the licence of everything that the monitor is made of, in docs/licences.md.

Usage: python -m release.licences [--check]. The packages are those of requirements.lock that are installed here. With
--check, nothing is written; exit 1 if the list is out of date or a licence is not one of ALLOWED.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
LOCK, LIST = REPOSITORY / "requirements.lock", REPOSITORY / "docs" / "licences.md"
REMEDY = "run make share"
# licences that let the monitor be used and passed on under MIT; weak copyleft covers only the package's own files
ALLOWED = frozenset(
    {
        *(
            "0BSD",
            "Apache-2.0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "CC0-1.0",
            "CNRI-Python",
            "ISC",
            "MIT",
            "MIT-0",
            "PSF-2.0",
            "Unlicense",
        ),
        *("LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MPL-1.1", "MPL-2.0"),
    }
)
# what a package's metadata says in other words
_SPDX = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD-3-Clause License": "BSD-3-Clause",
    "BSD, Public Domain": "BSD-2-Clause AND Unlicense",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "ISC License (ISCL)": "ISC",
    "LGPL": "LGPL-3.0-or-later",
    "LGPLv3+": "LGPL-3.0-or-later",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Public Domain": "Unlicense",
    "The BSD 2-Clause License": "BSD-2-Clause",
    "The Unlicense (Unlicense)": "Unlicense",
}
# whose licence file says what the metadata does not
_BY_FILE = {"click-default-group": "BSD-3-Clause"}
_OWN = """\
| part | licence | source |
|---|---|---|
| crypto-news-monitor | MIT | [LICENSE](../LICENSE) |
| `monitor/matching/words.txt.gz` | SCOWL | [WORDS-LICENSE](../monitor/matching/WORDS-LICENSE) |
| `monitor/matching/names.txt.gz` | MIT, CC-BY-4.0, SCOWL | [NAMES-LICENSE](../monitor/matching/NAMES-LICENSE) |
| `monitor/web/static/htmx.min.js` | 0BSD | [htmx.LICENSE.txt](../monitor/web/static/htmx.LICENSE.txt) |
"""


@dataclass(frozen=True, slots=True)
class Package:
    """A package that the monitor needs; *licence* is an SPDX expression, or what the metadata says instead."""

    name: str
    version: str
    licence: str
    home: str

    @property
    def allowed(self) -> bool:
        """Return whether the expression leaves a choice that consists of licences in ALLOWED only."""
        choices = re.sub("[()]", "", self.licence).split(" OR ")
        return any(all(part in ALLOWED for part in choice.split(" AND ")) for choice in choices)


def installed(names: Iterable[str]) -> list[Package]:
    """Return those packages of *names* that are installed; others are for another system or Python."""
    found = []
    for name in names:
        try:
            metadata = distribution(name).metadata
        except PackageNotFoundError:
            continue
        home = metadata.get("Home-page") or next(iter(_addresses(metadata.get_all("Project-URL") or [])), "")
        found.append(Package(name, metadata["Version"], _licence(metadata), home))
    return found


def locked_names(lock: str) -> list[str]:
    """Return the names of the packages in the text of a lock file."""
    return re.findall(r"(?m)^([A-Za-z0-9._-]+)==", lock)


def page(packages: Iterable[Package]) -> str:
    """Return the text of docs/licences.md."""
    rows = "\n".join(f"| {_linked(package)} | {package.licence} |" for package in packages)
    return (
        "# Licences\n\nWritten by `make share`; `tests/release/test_licences.py` checks it. `make sbom` writes the same"
        f" with versions\nas CycloneDX; the hashes are in `requirements.lock`.\n\n## In this repository\n\n{_OWN}\n"
        "## Packages it runs with\n\nEach is installed from PyPI in the version that `requirements.lock` pins, and"
        f" stays under its own licence.\n\n| package | licence |\n|---|---|\n{rows}\n"
    )


def _licence(metadata: object) -> str:
    get = metadata.get  # type: ignore[attr-defined]
    if read := _BY_FILE.get(get("Name")):
        return read
    if expression := get("License-Expression"):
        return str(expression)
    if (text := str(get("License") or "").strip()) and "\n" not in text and text not in ("UNKNOWN", "Dual License"):
        return _SPDX.get(text, text)
    classifiers = metadata.get_all("Classifier") or []  # type: ignore[attr-defined]
    names = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License :: OSI Approved :: ")]
    return " OR ".join(_SPDX.get(name, name) for name in names)


def _addresses(project_urls: Iterable[str]) -> list[str]:
    """Return the addresses of a package's pages, its home page or source first."""
    pairs = [line.partition(", ")[::2] for line in project_urls]
    return [
        url for _, url in sorted(pairs, key=lambda pair: pair[0].lower() not in ("homepage", "source", "repository"))
    ]


def _linked(package: Package) -> str:
    return f"[{package.name}]({package.home})" if package.home else package.name


def main() -> int:
    """Write the list, or with --check compare it; print what must not be shipped; return the exit code."""
    packages = installed(locked_names(LOCK.read_text(encoding="utf-8")))
    problems = [f'{each.name}: licence "{each.licence}" is not allowed' for each in packages if not each.allowed]
    text = page(packages)
    if "--check" not in sys.argv[1:]:
        LIST.write_text(text, encoding="utf-8")
    elif not LIST.exists() or LIST.read_text(encoding="utf-8") != text:
        problems.append(f"{LIST.relative_to(REPOSITORY)}: out of date; {REMEDY}")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
