import re
from pathlib import Path

import pytest
from support.shared_material import SHARED, needs_shared

from monitor.facts import parse_address


@pytest.mark.parametrize(
    ("address", "chain"),
    [
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "ETH"),
        ("0X5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED", "ETH"),
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "BTC"),
        ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "BTC"),
        ("qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", "BCH"),
        ("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", "BCH"),
        ("D7Y55r6Yoc1G8EECxkQ6SuSjTgGJJ7M6yD", "DOGE"),
        ("t1MMXtBrSp1XG38Lx9cePcNUCJj5vdWfUWL", "ZEC"),
        ("XnPFsRWTaSgiVauosEwQ6dEitGYXgwznz2", "DASH"),
        ("GPwg61XoHqQPNmAucFACuQ5H9sGCDv9TpS", "BTG"),
        (
            "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H",
            "XMR",
        ),
        ("9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM", "SOL"),
    ],
)
def test_the_chain_follows_from_the_address(address, chain):
    assert parse_address(address).chain == chain


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "wrong checksum (EIP-55); copy it again"),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "has 39 characters after 0x"),
        ("0x5aAe…eAed", "is a shortened address; write the whole address"),
        ("0x5aAe...eAed", "is a shortened address"),
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", "its checksum is wrong; copy it again"),
        ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp", "its checksum is wrong"),
        ("qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6q", "its checksum is wrong"),
        ("0x" + "ab" * 32, "is the hash of a transaction or a key"),
        ("Lazarus Group", "is no blockchain address; write one as"),
        (" ", "is no blockchain address"),
    ],
)
def test_what_is_no_address_is_refused_with_the_way_out(written, fault):
    with pytest.raises(ValueError, match=re.escape(fault)):
        parse_address(written)


def test_addresses_compare_without_case_where_their_chain_ignores_it():
    assert parse_address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed").value.islower()
    assert parse_address("BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ").value.islower()
    assert parse_address("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a").value.startswith("qpm2")
    assert parse_address(" 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 ").value == "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"


@needs_shared
def test_the_sanctioned_addresses_of_all_chains_are_known():
    folder = Path(SHARED) / "sanctions" / "crypto-addresses"
    known, refused = 0, []
    for file in folder.glob("*.txt"):
        for line in file.read_text().split():
            try:
                known += bool(parse_address(line))
            except ValueError as error:
                refused.append(str(error))
    assert known > 640
    assert [line for line in refused if "hash of a transaction" not in line] == []
