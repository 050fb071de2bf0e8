from datetime import date

import pytest

from monitor.doctor.software import expat_findings, package_findings, python_findings, sqlite_findings


def test_a_python_without_security_fixes_is_a_warning():
    assert [f.level for f in python_findings((3, 11, 7), date(2026, 11, 27))] == ["ok"]
    (found,) = python_findings((3, 11, 7), date(2027, 11, 1))
    assert (found.level, found.remedy) == ("warning", "install a newer Python")


@pytest.mark.parametrize(
    ("version", "advisory"),
    [("expat_2.5.0", "CVE-2023-52425"), ("expat_2.6.2", "CVE-2024-45490"), ("expat_2.7.1", "CVE-2025-59375")],
)
def test_an_expat_that_lacks_a_fix_is_a_warning_that_names_it(version, advisory):
    (found,) = expat_findings(version)
    assert (found.level, advisory in found.text) == ("warning", True)


def test_a_fix_that_expat_has_is_not_named():
    (found,) = expat_findings("expat_2.6.4")
    assert "CVE-2024-50602" not in found.text
    assert expat_findings("expat_2.7.3")[0].level == "ok"


@pytest.mark.parametrize(
    ("version", "level"),
    [("3.37.2", "error"), ("3.40.1", "warning"), ("3.51.2", "warning"), ("3.51.3", "ok"), ("3.100.0", "ok")],
)
def test_the_version_of_sqlite_is_judged(version, level):
    assert [found.level for found in sqlite_findings(version)] == [level]


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
