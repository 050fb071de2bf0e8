from datetime import date

import pytest

from monitor.doctor.software import expat_findings, package_findings, python_findings, sqlite_findings


def test_a_python_without_security_fixes_is_a_warning():
    assert [f.level for f in python_findings((3, 11, 7), date(2026, 11, 27))] == ["ok"]
    (found,) = python_findings((3, 11, 7), date(2027, 11, 1))
    assert (found.level, found.remedy) == ("warning", "install a newer Python")


@pytest.mark.parametrize(
    ("version", "advisory"),
    [("expat_2.5.0", "CVE-2026-45186"), ("expat_2.7.4", "CVE-2026-32776"), ("expat_2.8.1", "CVE-2026-56407")],
)
def test_an_expat_that_lacks_a_fix_is_a_warning_that_names_it(version, advisory):
    (found,) = expat_findings(version)
    assert (found.level, advisory in found.text) == ("warning", True)


def test_a_fix_that_expat_has_is_not_named():
    (found,) = expat_findings("expat_2.8.0")
    assert found.text == "2.8.0, which lacks the fixes of CVE-2026-56132, CVE-2026-56407, CVE-2026-45186"
    assert expat_findings("expat_2.8.2")[0].level == "ok"


def test_many_missing_fixes_are_counted():
    (found,) = expat_findings("expat_2.5.0")
    assert found.text.endswith("CVE-2026-45186, CVE-2026-32776 and 12 more")


@pytest.mark.parametrize(
    ("version", "level"),
    [("3.37.2", "error"), ("3.40.1", "warning"), ("3.51.2", "warning"), ("3.51.3", "warning"), ("3.100.0", "ok")],
)
def test_the_version_of_sqlite_is_judged(version, level):
    assert {found.level for found in sqlite_findings(version)} == {level}


def test_an_advisory_of_sqlite_is_named_until_it_is_fixed():
    assert "CVE-2026-11824" in sqlite_findings("3.53.1")[0].text
    assert "CVE-2025-6965" not in sqlite_findings("3.53.1")[0].text
    assert sqlite_findings("3.53.2")[0].level == "ok"


def test_a_missing_package_is_named(monkeypatch):
    from monitor.doctor import software

    monkeypatch.setattr(software, "requires", lambda _: ["click>=8", "no-such-package<3", "x; extra == 'y'"])
    monkeypatch.setattr(software, "version", lambda name: software.version_of(name))
    monkeypatch.setattr(software, "version_of", lambda name: _version(name), raising=False)
    (found,) = package_findings()
    assert (found.level, "no-such-package" in found.text, "click" in found.text) == ("error", True, False)


def test_a_monitor_that_is_not_installed_is_a_warning(monkeypatch):
    from monitor.doctor import software

    monkeypatch.setattr(software, "DISTRIBUTION", "no-such-distribution")
    (found,) = package_findings()
    assert (found.level, found.remedy) == ("warning", "install it: pip install no-such-distribution")


def _version(name):
    from importlib.metadata import PackageNotFoundError

    if name == "no-such-package":
        raise PackageNotFoundError(name)
    return "1.0"
