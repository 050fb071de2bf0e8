from __future__ import annotations

import pytest

from release.audit import report

CLEAN = {"name": "yarl", "version": "1.25.1", "vulns": []}
VULNERABLE = {"name": "lxml", "version": "4.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["4.1", "5.0"]}]}
SKIPPED = {"name": "tld", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("packages", "code", "text"),
    [
        pytest.param([CLEAN], 0, "no known vulnerability in 1 package", id="clean"),
        pytest.param([CLEAN, VULNERABLE], 1, "lxml 4.0: PYSEC-1, fixed in 4.1, 5.0", id="vulnerable"),
        pytest.param([CLEAN, SKIPPED], 2, "1 of 2 packages could not be looked up: tld;", id="not looked up"),
        pytest.param([SKIPPED, VULNERABLE], 1, "could not be looked up", id="vulnerable, and not all looked up"),
    ],
)
def test_an_audit_is_clean_only_if_every_package_was_looked_up(packages, code, text):
    found, said = report(packages)
    assert found == code
    assert text in said
