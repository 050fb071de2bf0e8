from __future__ import annotations

from xml.etree import ElementTree as ET

from monitor.cli.junit import TestCase, junit_xml

EXAMPLES = """
[[tests]]
title = "Lazarus Group stole $2M <b>&"
expect = { actors = ["lazarus"] }

[[tests]]
title = "Inferno returns"
expect = { actors = ["inferno"], severity = "high" }
"""


def test_junit_holds_every_example_with_the_difference_and_the_explanation(terminal, tmp_path):
    terminal.configure(terminal.config_text(EXAMPLES))
    file = tmp_path / "reports/junit.xml"
    assert terminal.type("test", "--junit", str(file)).code == 1
    root = ET.parse(file).getroot()
    (suite,) = root
    assert (root.get("tests"), root.get("failures"), suite.get("name")) == ("2", "1", str(terminal.config))
    passed, failed = suite
    assert (passed.get("line"), len(passed)) == ("30", 0)
    (failure,) = failed
    assert failure.get("message") == "actors: expected inferno, found nothing; severity: expected high, found nothing"
    assert "no context word" in (failure.text or "")


def test_what_xml_cannot_hold_is_replaced():
    xml = junit_xml([TestCase("a.toml", 1, "bell \x07 and \ud800", 0.0, "why \x00", "\x1b[31m")])
    assert ET.fromstring(xml)[0][0].get("name") == "bell \ufffd and \ufffd (line 1)"


def test_a_file_that_cannot_be_written_is_named(terminal, tmp_path):
    terminal.configure(terminal.config_text(EXAMPLES))
    typed = terminal.type("test", "--junit", str(tmp_path))
    assert typed.code == 2
    assert f"--junit: {tmp_path} cannot be written: Is a directory" in typed.err
