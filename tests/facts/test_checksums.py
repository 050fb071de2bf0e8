import pytest

from monitor.facts.checksums import base58check, has_eip55, segwit_prefix

# test vectors of EIP-55, BIP-173 and BIP-350
EIP55 = [
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x27b1fdb04752bbc536007a920d24acb045561c26",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]
VALID = [
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
    "BC1SW50QGDZ25J",
    "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
]
INVALID = [
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
    "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
    "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
    "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
    "bc1pw5dgrnzv",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
    "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
    "bc1gmk9yu",
]


@pytest.mark.parametrize("address", EIP55)
def test_capitals_of_an_ethereum_address_are_its_checksum(address):
    assert has_eip55(address)
    flipped = address[:-2] + address[-2:].swapcase()
    if address[2:] not in (address[2:].lower(), address[2:].upper()) and address[-2:].upper() != address[-2:].lower():
        assert not has_eip55(flipped)


@pytest.mark.parametrize("address", VALID)
def test_a_segregated_witness_address_is_known_by_its_prefix(address):
    assert segwit_prefix(address) == "bc"


@pytest.mark.parametrize("address", INVALID)
def test_a_segregated_witness_address_with_anything_wrong_is_none(address):
    assert segwit_prefix(address) is None


@pytest.mark.parametrize("text", ["", "1", "0OIl", "ünterwegs", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"])
def test_what_base58_cannot_read_is_none(text):
    assert base58check(text) is None
