import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import examples
from support.work import grows_with_length_alone

from monitor.facts import read_indicators
from monitor.model import IndicatorKind, Text

# published: the genesis block, BIP-13, BIP-173, BIP-350, EIP-55, and contracts and accounts that everybody knows
BTC = ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "3P14159f73E4gFr7JterCCQh9QjiTjiZrG")
SEGWIT = ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4")
TAPROOT = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
ETH = (
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0xde709f2102306220921060314715629080e2fb77",
)
TRX = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
XRP = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
LTC = "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9"
SOL = "So11111111111111111111111111111111111111112"
TX = "5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060"


def found(text, title="-"):
    return [(str(i.kind), i.chain, i.value) for i in read_indicators(Text(title, text))]


def addresses(text, title="-"):
    return [(chain, value) for kind, chain, value in found(text, title) if kind == "address"]


@pytest.mark.parametrize(
    ("chain", "address"),
    [
        *(("BTC", a) for a in (*BTC, TAPROOT)),
        *(("ETH", a) for a in ETH),
        ("BTC", SEGWIT[0]),
        ("BTC", SEGWIT[1]),
        ("TRX", TRX),
        ("XRP", XRP),
        ("LTC", LTC),
        ("LTC", "LdP8Qox1VAhCzLJNqrr74YovaWYyNBUWvL"),
        ("LTC", "MJaRnao1s62a2zAKSkmG582KbLKianqb7v"),
    ],
)
@pytest.mark.parametrize("around", ["sent to {}.", "({})", "https://scan.example/address/{}", "주소는{}입니다"])
def test_an_address_is_found(chain, address, around):
    assert addresses(around.format(address)) == [(chain, address)]


@pytest.mark.parametrize(
    "text",
    [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "3P14159f73E4gFr7JterCCQh9QjiTjiZrH",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "bc1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",  # version 1 with the checksum of version 0
        "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",  # a test network
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
        "0x5aAeb6…BeAed",
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6T",
        "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi",
        "x1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNaa",
        "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG",
        "supercalifragilisticexpialidocious",
        "the price is 1234567890123456789012345678",
    ],
)
def test_what_fails_its_checksum_is_no_address(text):
    assert addresses(text) == []


@pytest.mark.parametrize("name", ["Solana wallet", "on SOL:", "Phantom showed", "(solscan)"])
def test_an_address_without_a_checksum_counts_near_the_name_of_its_chain(name):
    assert addresses(f"{name} {SOL}") == [("SOL", SOL)]
    assert addresses(SOL) == []
    assert addresses(f"the phantom of sol {SOL}") == []
    assert addresses(f"{name} {'word ' * 60}{SOL}") == []
    assert addresses(SOL, title="Solana user loses all") == [("SOL", SOL)]


def test_64_hex_digits_with_0x_are_a_transaction_unless_something_else_is_named():
    assert found(f"see 0x{TX}") == [("transaction", "ETH", f"0x{TX}")]
    assert found(f"in block 19,000,000 the transaction 0x{TX}") == [("transaction", "ETH", f"0x{TX}")]
    for other in ("private key", "block hash:", "storage slot", "topic", "Merkle root"):
        assert found(f"{other} 0x{TX}") == []


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        ("txid {}", "BTC"),
        ("Transaction hash: {}", "BTC"),
        ("{} (transaction)", "BTC"),
        ("the Tron transaction {}", "TRX"),
        ("tx {} on the XRPL", "XRP"),
        ("SHA-256 {}", None),
        ("hash {}", None),
        ("{}", None),
        ("the transaction is signed, the malware sample {}", None),
    ],
)
def test_bare_hex_digits_are_a_transaction_only_where_one_is_named(text, chain):
    assert [i[1] for i in found(text.format(TX))] == ([chain] if chain else [])


@pytest.mark.parametrize(
    "text",
    [
        "CVE-2024-12345", "cve-2024-12345", "CVE\u20112024\u201112345", "CVE–2024–12345", "CVE 2024-12345",
        "(CVE-2024-12345)", "CVE-2024\u200b-12345", "CVE_2024_12345", "취약점CVE-2024-12345가",
    ],
)  # fmt: skip
def test_a_cve_id_is_found_however_its_hyphens_are_written(text):
    assert found(text) == [("cve", "", "CVE-2024-12345")]


@pytest.mark.parametrize("text", ["CVE-2024-123", "CVE-24-12345", "XCVE-2024-12345", "CVE-2024-XXXX", "CVE 2024 12345"])
def test_what_is_no_cve_id_is_left(text):
    assert found(text) == []


def test_invisible_characters_inside_an_address_are_kept_in_the_quote_and_left_out_of_the_value():
    written = f"{ETH[0][:9]}\u200b{ETH[0][9:20]}\u2060{ETH[0][20:]}"
    text = Text("x", f"to {written}, she said")
    (one,) = read_indicators(text)
    assert one.value == ETH[0]
    assert one.text == written == text.summary[one.start : one.end]


def test_each_indicator_is_told_once_where_it_stands_first():
    text = Text(
        f"{ETH[0]} drained", f"{ETH[0].lower()} and {SEGWIT[1]} and CVE-2024-12345", f"{SEGWIT[0]} cve-2024-12345"
    )
    assert [(i.field, i.kind) for i in read_indicators(text)] == [
        ("title", IndicatorKind.ADDRESS),
        ("summary", IndicatorKind.ADDRESS),
        ("summary", IndicatorKind.CVE),
    ]


@settings(max_examples=examples(200), deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [*BTC, *SEGWIT, *ETH, TRX, XRP, LTC, SOL, TX, "0x", "CVE-2024-", "Solana ", "tx ", "\u200b", " "]
            ),
            st.text(max_size=5),
        ),
        max_size=12,
    )
)
def test_every_indicator_quotes_its_field(pieces):
    text = Text("t", "".join(pieces))
    for indicator in read_indicators(text):
        assert dict(text.fields())[indicator.field][indicator.start : indicator.end] == indicator.text


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "1A",
        "bc1",
        "0x",
        f"{ETH[0]} ",
        f"{BTC[0]} ",
        f"{SOL} Solana ",
        f"tx {TX} ",
        "CVE-2024-",
        "\u200b1",
        "tx hash ",
        "SOL ",
    ],
)
def test_work_grows_with_the_length_alone(piece):
    size = 10_000 // len(piece)
    assert grows_with_length_alone(lambda text: read_indicators(Text("", text)), lambda n: piece * n, size)
