from __future__ import annotations

import pytest

from monitor.exchange.group_names import read_group_name
from monitor.exchange.group_strictness import (
    BESIDE_CONTEXT,
    GROUP_CONTEXT,
    classify_group,
    compound_cuts,
    exact_group_spellings,
)
from monitor.exchange.names import NameKind, Strictness
from monitor.exchange.strictness import spellings
from monitor.matching import Matcher, load_vocabulary
from monitor.model import Actor, Text


def is_found(name: str, text: str, kind: NameKind = NameKind.GROUP) -> bool:
    """Return whether a pack with *name* alone finds it in *text*."""
    listed = read_group_name(name, kind)
    assert listed is not None
    found = spellings([(one, listed) for one in (*listed.full, *listed.short, *listed.others)])
    context, within = (BESIDE_CONTEXT, 1) if found.beside else (GROUP_CONTEXT, 15)
    actor = Actor("x", name, found.aliases, found.weak, context if found.weak else (), within=within, fuzzy=0)
    return bool(Matcher([actor], (), vocabulary=load_vocabulary()).find(Text(text)).mentions)


@pytest.mark.parametrize(
    ("name", "kind", "strictness"),
    [
        ("Turla", NameKind.GROUP, Strictness.PLAIN),
        ("Qilin", NameKind.MALWARE, Strictness.WEAK),
        ("Snake", NameKind.GROUP, Strictness.BESIDE),
        ("SEA", NameKind.GROUP, Strictness.BESIDE),
        ("OilRig", NameKind.GROUP, Strictness.EXACT),
        ("Fancy Bear", NameKind.GROUP, Strictness.EXACT),
        ("Lazarus Group", NameKind.GROUP, Strictness.EXACT),
        ("Gamaredon Group", NameKind.GROUP, Strictness.PLAIN),
        ("APT28", NameKind.GROUP, Strictness.EXACT),
        ("UNC2452", NameKind.GROUP, Strictness.PLAIN),
        ("Turkish", NameKind.MALWARE, Strictness.NONE),
        ("Windows10", NameKind.MALWARE, Strictness.NONE),
        ("Fake Ransomware", NameKind.MALWARE, Strictness.BESIDE),
        ("Hacking Team", NameKind.GROUP, Strictness.BESIDE),
        ("Group5", NameKind.GROUP, Strictness.EXACT),
        ("Hackers", NameKind.GROUP, Strictness.NONE),
        ("Alibaba", NameKind.GROUP, Strictness.BESIDE),
        ("奇幻熊", NameKind.GROUP, Strictness.PLAIN),
    ],
)
def test_ordinary_words_are_strict(name, kind, strictness):
    assert classify_group(name, kind)[0] is strictness


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Play", "Play ransomware hits a city"),
        ("Snake", "Officials blame the Snake group for it"),
        ("LEAD", "Threat actor LEAD returns"),
        ("deadlock", "DeadLock ransomware disables antivirus"),
        ("nightspire", "NightSpire claims a ransomware attack on a trust"),
        ("APT28", "Russia's APT 28 returns"),
        ("FIN7", "The Carbanak/Fin7 syndicate"),
        ("OilRig", "OILRIG targets banks"),
        ("STONE PANDA", "Stone Panda is back"),
        ("Lazarus Group", "Funds moved by LAZARUS GROUP"),
    ],
)
def test_reports_of_a_group_are_found(name, text):
    assert is_found(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Play", "Hackers play with ransomware"),
        ("Snake", "Snake found at a ransomware conference"),
        ("LEAD", "Researchers lead ransomware fight"),
        ("GameOver", "Game over for ransomware gang"),
        ("OilRig", "Hackers attack an oil rig"),
        ("Everest", "Everest Group shares rise"),
        ("Stone Panda", "A stone panda was found"),
        ("APT3", "The apt 3 bedroom flat"),
    ],
)
def test_ordinary_text_is_not_found(name, text):
    assert not is_found(name, text)


def test_malware_needs_words_of_the_trade_near_it():
    assert is_found("Velmarix", "Velmarix ransomware claims a victim", NameKind.MALWARE)
    assert not is_found("Velmarix", "Velmarix adds a lending pool", NameKind.MALWARE)


def test_a_name_that_is_malware_only_with_that_word_needs_it():
    assert not is_found("Donald Trump Ransomware", "Hackers met Donald Trump", NameKind.MALWARE)
    assert is_found("Donald Trump Ransomware", "New Donald Trump ransomware found", NameKind.MALWARE)


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("play", ["=Play", "=PLAY"]),
        ("money message", ["=Money Message", "=MONEY MESSAGE"]),
        ("AnDROid", ["=AnDROid"]),
        ("nightspire", ["=nightspire", "=Nightspire", "=NightSpire", "=NIGHTSPIRE"]),
        ("FANCY BEAR", ["=FANCY BEAR", "=Fancy Bear"]),
        ("APT28", ["=APT28", "=APT-28", "=APT 28", "=Apt28"]),
    ],
)
def test_exact_spellings_have_the_usual_capitals(name, forms):
    assert [*exact_group_spellings(name)] == forms


def test_a_name_of_one_endless_word_is_not_divided():
    assert [*compound_cuts("a" * 200_000)] == []
