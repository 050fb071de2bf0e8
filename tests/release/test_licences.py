from __future__ import annotations

import pytest

from release import licences
from release.licences import Package


def test_the_licence_of_every_locked_package_is_allowed_and_listed():
    packages = licences.installed(licences.locked_names(licences.LOCK.read_text()))
    assert [(each.name, each.licence) for each in packages if not each.allowed] == []
    assert licences.LIST.read_text() == licences.page(packages), licences.REMEDY


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 AND MIT", True),
        ("GPL-2.0-only OR LGPL-2.1-or-later", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("", False),
        ("Proprietary", False),
    ],
)
def test_a_licence_is_allowed_if_it_leaves_a_choice_that_is(expression, allowed):
    assert Package("x", "1", expression, "").allowed is allowed


def test_names_are_read_from_a_lock_with_markers_and_hashes():
    lock = "# comment\naiohttp==3.1 \\\n    --hash=sha256:00\ntzdata==2026.1 ; sys_platform == 'win32' \\\n"
    assert licences.locked_names(lock) == ["aiohttp", "tzdata"]
