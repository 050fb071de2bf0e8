from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.text.charsets import codec_of, to_utf8

XML = '<?xml version="1.0" encoding="{}"?><a>{}</a>'


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("Shift_JIS", "cp932", "①髙ラザルス"),
        ("x-sjis", "cp932", "ラザルス"),
        ("windows-31j", "cp932", "㈱"),
        ("euc-kr", "cp949", "라자루스 뷁"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("windows-949", "cp949", "뷁"),
        ("windows-874", "cp874", "ตลาด"),
        ("x-gbk", "gb18030", "拉撒路€"),
        ("gb2312", "gb18030", "鎔"),
        ("GB18030", "gb18030", "𠀀"),
        ("big5", "big5hkscs", "拉撒路咗"),
        ("ISO-2022-JP", "iso2022_jp", "ラザルス"),
        ("euc-jp", "euc_jp", "ラザルス"),
        ("iso-8859-8-i", "iso8859_8", "שלום"),
        ("koi8-r", "koi8-r", "Гарантекс"),
        ("iso-8859-1", "cp1252", "café – ’"),
        ("windows-1251", "cp1251", "Гарантекс"),
        ("iso88592", "iso8859_2", "Žižkov"),
        ("csISOLatin9", "iso8859_15", "10 €"),
        ("sun_eu_greek", "iso8859_7", "Αθήνα"),
        ("iso-8859-6-i", "iso8859_6", "مرحبا"),
        ("win-1251", "cp1251", "Гарантекс"),
    ],
)
@pytest.mark.parametrize("named", ["declaration", "header"])
def test_a_label_is_read_as_the_standard_says(label: str, codec: str, text: str, named: str) -> None:
    declared = XML.format(label, text) if named == "declaration" else f"<a>{text}</a>"
    decoded = to_utf8(declared.encode(codec), f"text/xml; charset={label}" if named == "header" else "").decode()
    assert text in decoded
    assert "encoding" not in decoded


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("before", ["", " \r\n"])
def test_utf_16_is_read_with_and_without_a_mark(codec: str, before: str) -> None:
    document = before + XML.format("utf-16", "Гарантекс")
    assert to_utf8(document.encode(codec), "").decode().endswith("<a>Гарантекс</a>")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Гарантекс".encode() + b" \xd0 x", "Гарантекс \ufffd x"),
        ("’".encode() + b" \xff " + "’".encode(), "’ \ufffd ’"),
        (b"caf\xe9", "café"),
        (b"it\x92s", "it’s"),
        ("’".encode() + b" \xed\xa0\xbd\xed\xb8\x80", "’ 😀"),
        (b"a\xf0\x9f\x98b\xe2\x80.", "a\ufffdb\ufffd."),
        ("«Liberté» à»".encode("cp1252"), "«Liberté» à»"),
    ],
    ids=[
        "cut letter",
        "stray byte",
        "not UTF-8 at all",
        "quotation mark of Windows",
        "surrogates",
        "cut emoji",
        "quotes",
    ],
)
@pytest.mark.parametrize("label", ["UTF-8", "no-such-charset", ""])
def test_a_byte_that_is_not_utf_8_costs_one_character(written: bytes, text: str, label: str) -> None:
    assert text in to_utf8(XML.format(label, "{}").encode().replace(b"{}", written), "").decode()


@pytest.mark.parametrize(
    ("label", "written", "text"),
    [
        ("shift_jis", "ラ".encode("cp932") + b"\xa0\xfd " + "ザ".encode("cp932"), "ザ"),
        ("windows-31j", "ラ".encode("cp932") + b"\xff", "ラ\ufffd"),
        ("gb18030", b"\xff " + "拉撒路".encode("gb18030"), "\ufffd 拉撒路"),
        ("euc-kr", b"\xff " + "라자루스".encode("cp949"), "\ufffd 라자루스"),
        ("euc-jp", b"\xad\xa1" + "ラ".encode("euc_jp"), "①ラ"),
        ("iso-2022-jp", b"\x1b$B-!%i\x1b(B", "①ラ"),
        ("euc-jp", b"\xa1\xc1\xa1\xdd", "～－"),
        ("gbk", b"\x80 " + "拉撒路".encode("gbk"), "€ 拉撒路"),
    ],
)
def test_other_charsets_lose_only_the_bad_bytes_too(label: str, written: bytes, text: str) -> None:
    assert text in to_utf8(XML.format(label, "{}").encode().replace(b"{}", written), "").decode()


@pytest.mark.parametrize("label", ["", "no-such", "idna", "punycode", "undefined", "base64", "\x00", "rot13"])
def test_a_label_that_names_no_charset_is_unknown(label: str) -> None:
    assert codec_of(label) == ""


@given(st.binary(max_size=200), st.text(max_size=20))
def test_any_bytes_become_utf_8(body: bytes, label: str) -> None:
    to_utf8(body, f"text/xml; charset={label}").decode()
