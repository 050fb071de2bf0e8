from __future__ import annotations

import pytest

from monitor.exchange.group_names import is_bare_id, read_group_name


def read(written: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    name = read_group_name(written)
    return ((), ()) if name is None else (name.full + name.others, name.short)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Turla", ["Turla"]),
        ("Threat Group-1314 - G0028", ["Threat Group-1314"]),
        ("黄金鼠 - APT-C-27", ["黄金鼠", "APT-C-27"]),
        ("APT37（Reaper）", ["APT37", "Reaper"]),
        ("APT-C-38 (QiAnXin)", ["APT-C-38"]),
        ("Velvet\xa0Ant (Deprecated)", ["Velvet Ant"]),
        ("NoName057(16)", ["NoName057(16)"]),
        ("Operation In(ter)ception", ["Operation In(ter)ception"]),
        ("Subgroup: Bluenoroff", ["Bluenoroff"]),
        ("Turla, Waterbug, Venomous Bear, Group 88", ["Turla", "Waterbug", "Venomous Bear", "Group 88"]),
        ("APT-Q-27,", ["APT-Q-27"]),
        ("Nx  / OSR", ["Nx", "OSR"]),
        ("Ivanti Exploits (CVE-2025-0282)", ["Ivanti Exploits"]),
        ('"Petya\'s little brother"', ["Petya's little brother"]),
    ],
)
def test_remarks_and_ids_are_no_part_of_a_name(written, names):
    assert read(written)[0] == tuple(names)


@pytest.mark.parametrize("written", ["", "  ", "G0032", "g0032", "$$$", "777", "[Unnamed group]", "Unknown", "N/A"])
def test_ids_numbers_and_placeholders_are_no_names(written):
    assert read_group_name(written) is None


@pytest.mark.parametrize("written", ["TA505", "UNC2452", "APT28", "C0d0so0"])
def test_names_that_vendors_number_are_no_bare_ids(written):
    assert not is_bare_id(written)


@pytest.mark.parametrize(
    ("written", "short"),
    [("Nhtnwcuf Ransomware (Fake)", ("Nhtnwcuf",)), ("Babuk-Ransomware", ("Babuk",)), ("Ransomware", ()), ("Ryuk", ())],
)
def test_ransomware_is_also_known_without_the_word(written, short):
    assert read(written)[1] == short
