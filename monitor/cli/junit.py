"""Write the results of ``monitor test`` as JUnit XML, a format that CI systems display."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from monitor.errors import UsageError

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 section 2.2


@dataclass(frozen=True, slots=True)
class TestCase:
    """The result of one example in ``[[tests]]``, for the JUnit file."""

    __test__ = False  # the name is not for pytest

    file: str
    line: int
    name: str
    seconds: float
    failure: str = ""  # on one line; empty: passed
    details: str = ""  # the differences and the explanation


def junit_xml(cases: Sequence[TestCase]) -> str:
    """Return *cases* as JUnit XML as Jenkins and GitLab read it, with one suite for each configuration file.

    The format is described at https://github.com/testmoapp/junitxml.
    """
    by_file: dict[str, list[TestCase]] = {}
    for case in cases:
        by_file.setdefault(case.file, []).append(case)
    root = ET.Element("testsuites", {"name": "monitor test", **_totals(cases)})
    for file, own in by_file.items():
        suite = ET.SubElement(root, "testsuite", {"name": _clean(file), **_totals(own)})
        for case in own:
            name = f"{case.name} (line {case.line})"  # two examples may have the same title
            attributes = {"name": _clean(name), "classname": _clean(Path(file).stem), "file": _clean(file)}
            attributes |= {"line": str(case.line), "time": f"{case.seconds:.3f}"}
            node = ET.SubElement(suite, "testcase", attributes)
            if case.failure:
                failure = ET.SubElement(node, "failure", {"message": _clean(case.failure), "type": "difference"})
                failure.text = _clean(case.details)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def write_junit(file: Path, cases: Sequence[TestCase]) -> None:
    """Write *cases* as JUnit XML to *file*, replacing an existing file.

    Raises:
        UsageError: The file cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(junit_xml(cases), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--junit: {file} cannot be written: {error.strerror}") from error


def _totals(cases: Sequence[TestCase]) -> dict[str, str]:
    failures = sum(bool(case.failure) for case in cases)
    seconds = sum(case.seconds for case in cases)
    return {
        "tests": str(len(cases)),
        "failures": str(failures),
        "errors": "0",
        "skipped": "0",
        "time": f"{seconds:.3f}",
    }


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
