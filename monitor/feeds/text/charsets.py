"""Decode documents as browsers do, by the WHATWG Encoding Standard (encoding.spec.whatwg.org).

A bad byte costs one character and not the document. Labels have the meaning that the standard gives them, where
Python's codec of the same name knows fewer characters: ``shift_jis`` means Windows-31J, ``euc-kr`` UHC, ``gbk``
GB18030, and ``big5`` includes the Hong Kong extensions.
"""

from __future__ import annotations

import codecs
import re

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"))
# UTF-16 without a byte order mark, recognised by the "<?" or "<r" at the start (XML 1.0 appendix F)
_UNMARKED = (
    (re.compile(rb"(?:\x00[ \t\r\n])*\x00[<{]\x00"), "utf-16-be"),
    (re.compile(rb"(?:[ \t\r\n]\x00)*[<{]\x00.\x00", re.S), "utf-16-le"),
)

_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARATION = re.compile(rb"^\s*<\?xml\b[^>]{0,200}?(\sencoding\s*=\s*[\"']\s*([\w.:-]+)\s*[\"'])", re.IGNORECASE)

# labels of the standard that Python does not know, or knows as something narrower
_CODECS = {
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "ms932", "windows-31j"), "cp932"),
    **dict.fromkeys(("csshiftjis", "shiftjis", "windows-932"), "cp932"),
    **dict.fromkeys(("euc-kr", "euckr", "cseuckr", "ks_c_5601-1987", "ks_c_5601-1989", "ksc5601", "ksc_5601"), "cp949"),
    **dict.fromkeys(("korean", "iso-ir-149", "csksc56011987", "windows-949", "uhc", "x-windows-949"), "cp949"),
    **dict.fromkeys(("gbk", "x-gbk", "gb2312", "gb_2312", "gb_2312-80", "chinese", "csgb2312", "iso-ir-58"), "gb18030"),
    **dict.fromkeys(("csiso58gb231280", "gb18030", "hz-gb-2312", "windows-936", "cp936", "euc-cn"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "cn-big5", "csbig5", "x-x-big5", "windows-950", "cp950"), "big5hkscs"),
    **dict.fromkeys(("euc-jp", "x-euc-jp", "x-euc", "cseucpkdfmtjapanese"), "euc_jp"),
    **dict.fromkeys(("iso-2022-jp", "csiso2022jp"), "iso2022_jp"),
    **dict.fromkeys(("windows-874", "tis-620", "iso-8859-11", "dos-874", "iso8859-11", "iso885911"), "cp874"),
    **dict.fromkeys(("iso-8859-8-i", "iso-8859-8-e", "logical", "visual", "csiso88598i", "csiso88598e"), "iso8859_8"),
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "iso88591", "latin1", "l1", "us-ascii", "ascii", "x-cp1252"), "cp1252"),
    **dict.fromkeys(("iso_8859-1", "cp819", "ibm819", "iso-ir-100", "ansi_x3.4-1968", "windows-1252"), "cp1252"),
    **dict.fromkeys(("iso-8859-9", "iso8859-9", "latin5", "l5", "iso_8859-9", "x-cp1254"), "cp1254"),
    **{f"x-cp125{n}": f"cp125{n}" for n in (0, 1, 3, 5, 6, 7, 8)},
    **dict.fromkeys(("macintosh", "x-mac-roman", "csmacintosh", "mac"), "mac_roman"),
    **dict.fromkeys(("x-mac-cyrillic", "x-mac-ukrainian"), "mac_cyrillic"),
    **dict.fromkeys(("utf8", "unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "x-unicode20utf8"), "utf-8"),
    **dict.fromkeys(
        ("utf-16", "utf-16le", "unicode", "csunicode", "ucs-2", "iso-10646-ucs-2", "unicodefeff"), "utf-16-le"
    ),
    **dict.fromkeys(("utf-16be", "unicodefffe"), "utf-16-be"),
    **dict.fromkeys(("koi8-ru", "koi8_u"), "koi8-u"),
    **dict.fromkeys(("csiso88596e", "csiso88596i", "iso-8859-6-e", "iso-8859-6-i"), "iso8859_6"),
    **dict.fromkeys(("sun_eu_greek",), "iso8859_7"),
    **dict.fromkeys(("csisolatin9",), "iso8859_15"),
    **dict.fromkeys(("koi", "koi8", "cskoi8r", "koi8_r"), "koi8-r"),
}
# spellings of common labels that Python does not know: iso88592, windows1251, win-1251
_SPELLINGS = ((re.compile(r"iso_?8859(\d{1,2})"), r"iso8859-\1"), (re.compile(r"(?:windows|win|cp)-?(125\d)"), r"cp\1"))
_NOT_TEXT = frozenset({"idna", "punycode", "undefined", "raw_unicode_escape", "unicode_escape", "utf-7", "mbcs", "oem"})
_SINGLE_BYTE = "cp1252"

# the beginning of an emoji or of a quotation mark in UTF-8 without its end: in Windows-1252 these bytes make no words
_CUT_IN_UTF8 = re.compile(rb"(?:\xf0\x9f[\x80-\xbf]?|\xe2\x80)(?![\x80-\xbf])")

# the standard has Microsoft's characters, Python those of JIS
_MICROSOFT = str.maketrans("\u2014\u301c\u2016\u2212\xa2\xa3\xac", "\u2015\uff5e\u2225\uff0d\uffe0\uffe1\uffe2")

_NOT_WINDOWS_31J = re.compile("[\uf8f0-\uf8f3]")  # what Python makes of bytes that have no character

# a character beyond U+FFFF that some databases write as two surrogates, each encoded in UTF-8
_PAIR_IN_UTF8 = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")

_ESCAPE = re.compile(rb"\x1b(\$[@B]|\([BIJ])")
_TWO_BYTES = re.compile(rb"[\xa1-\xfe]{2}")


def to_utf8(body: bytes, content_type: str) -> bytes:
    """Return a document converted to UTF-8; its XML declaration, if it has one, no longer names another encoding.

    Bytes that cannot be decoded become U+FFFD; a byte order mark is dropped.

    Args:
        body: The document in its own encoding: that of its byte order mark, else of the header, else of its
            declaration.
        content_type: The Content-Type header.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return _redeclared(_decoded(body[len(mark) :], codec))
    for start, codec in _UNMARKED:
        if start.match(body):
            return _redeclared(_decoded(body, codec))
    header, declaration = _HEADER_CHARSET.search(content_type), _DECLARATION.match(body)
    labels = [header[1] if header else "", declaration[2].decode("ascii", "replace") if declaration else ""]
    named = [codec for label in labels if (codec := codec_of(label)) and not codec.startswith("utf-16")]
    if not named or named[0] == "utf-8":
        try:
            body.decode()
        except UnicodeDecodeError:
            body = _PAIR_IN_UTF8.sub(_surrogates_joined, body)
        else:
            return body if not declaration or labels[1].lower() == "utf-8" else _redeclared(body.decode())
    return _redeclared(_decoded_as(body, named))


def _surrogates_joined(pair: re.Match[bytes]) -> bytes:
    return pair[0].decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16").encode()


def codec_of(label: str) -> str:
    """Return the name of Python's codec for a WHATWG label such as ``shift_jis``; empty if the label is unknown."""
    label = label.strip().lower()
    for spelling, usual in _SPELLINGS:
        if found := spelling.fullmatch(label):
            label = found.expand(usual)
    if label in _CODECS:
        return _CODECS[label]
    try:
        codec = codecs.lookup(label)
    except (LookupError, ValueError):
        return ""
    is_text = getattr(codec, "_is_text_encoding", True) and codec.name not in _NOT_TEXT
    return _CODECS.get(codec.name, codec.name) if is_text else ""


def _decoded_as(body: bytes, named: list[str]) -> str:
    """Return *body* decoded with the first codec in *named* that fits, else as UTF-8 or Windows-1252.

    If no codec fits, bad bytes become U+FFFD.
    """
    if named and named[0] == "iso2022_jp":  # only ASCII bytes, so that everything else would fit as well
        return _decoded(body, named[0])
    for codec in dict.fromkeys([*named, "utf-8"]):
        try:
            text = body.decode(codec)
        except UnicodeDecodeError:
            continue
        return _decoded(body, codec) if codec in ("cp932", "euc_jp") else text
    if named and named[0] not in ("utf-8", _SINGLE_BYTE):
        return _decoded(body, named[0])
    # if most of it is not UTF-8, it is Windows-1252; otherwise only the bad bytes are lost
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd") - len(_CUT_IN_UTF8.findall(body))
    good = len(re.findall(r"[^\x00-\x7f\ufffd]", text))
    return text if good >= bad and "utf-8" in [*named[:1], "utf-8"] else _decoded(body, _SINGLE_BYTE)


def _decoded(body: bytes, codec: str) -> str:
    if codec == "iso2022_jp":
        return _decoded(_as_euc(body), "euc_jp")
    if codec == "euc_jp":
        return body.decode(codec, "monitor.euc_jp").translate(_MICROSOFT)
    if codec == "gb18030":
        return body.decode(codec, "monitor.gb18030")
    if codec == "cp932":
        return _NOT_WINDOWS_31J.sub("\ufffd", body.decode(codec, "replace"))
    if codec == _SINGLE_BYTE:
        return body.decode(codec, "monitor.cp1252")
    return body.decode(codec, "replace")


def _as_euc(body: bytes) -> bytes:
    """Return an ISO-2022-JP document converted to EUC-JP, in which more vendor-specific characters can be decoded."""
    first, *parts = _ESCAPE.split(body)
    pieces = [first]
    for escape, text in zip(parts[::2], parts[1::2], strict=True):
        if escape.startswith(b"$"):
            pieces.append(bytes(byte | 0x80 if 0x21 <= byte <= 0x7E else byte for byte in text))
        elif escape == b"(I":
            pieces.append(b"".join(bytes((0x8E, byte | 0x80)) for byte in text))
        else:
            pieces.append(text)
    return b"".join(pieces)


def _vendor_character(error: UnicodeError) -> tuple[str, int]:
    """Decode two bytes that are valid in Windows-31J but not in EUC-JP (circled digits and the like), else U+FFFD.

    This is an error handler for ``codecs``; it returns the text and the position at which to continue.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    pair = error.object[error.start : error.start + 2]
    if _TWO_BYTES.fullmatch(pair):
        row, cell = pair[0] - 0xA0, pair[1] - 0xA0
        lead = (row - 1) // 2 + (0x81 if row <= 62 else 0xC1)
        trail = cell + (0x3F if cell <= 63 else 0x40) if row % 2 else cell + 0x9E
        try:
            return bytes((lead, trail)).decode("cp932"), error.start + 2
        except (UnicodeDecodeError, ValueError):
            pass
    return "\ufffd", error.start + 1


def _control_character(error: UnicodeError) -> tuple[str, int]:
    """Decode a byte that Windows-1252 leaves undefined as the control character with the same number.

    This is an error handler for ``codecs``; it returns the text and the position at which to continue.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return chr(error.object[error.start]), error.start + 1


def _euro_sign(error: UnicodeError) -> tuple[str, int]:
    """Decode the byte 0x80 of Windows-936 as the euro sign, any other byte as U+FFFD.

    This is an error handler for ``codecs``; it returns the text and the position at which to continue.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    start, end = error.start, error.end
    return ("\u20ac", start + 1) if error.object[start] == 0x80 else ("\ufffd", end)


codecs.register_error("monitor.gb18030", _euro_sign)
codecs.register_error("monitor.euc_jp", _vendor_character)
codecs.register_error("monitor.cp1252", _control_character)


def _redeclared(text: str) -> bytes:
    body = text.encode("utf-8", "replace")
    declaration = _DECLARATION.match(body)
    return body if declaration is None else body[: declaration.start(1)] + body[declaration.end(1) :]
