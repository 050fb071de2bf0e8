from __future__ import annotations

import gzip
import os

import pytest

from monitor.errors import UsageError
from monitor.exchange.formats.source_file import opened, read_json


def fault(file) -> str:
    with pytest.raises(UsageError) as caught:
        read_json(file)
    return str(caught.value)


def test_json_is_read_in_any_unicode_encoding_and_compressed(tmp_path):
    file = tmp_path / "list.json"
    for raw in ('{"é": 1}'.encode(), '\ufeff{"é": 1}'.encode(), '{"é": 1}'.encode("utf-16")):
        for packed in (raw, gzip.compress(raw)):
            file.write_bytes(packed)
            assert read_json(file) == {"é": 1}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "is empty; was the download interrupted?"),
        (b'{"a": 1,\n "b": ', "2:7: is not JSON: Expecting value; is it the complete file?"),
        (b"<!DOCTYPE html><html>", "this is a web page: download the file itself"),
        (b"<sdnList>", "this is XML"),
        (b"PK\x03\x04...", "is a ZIP archive or workbook"),
        (b"%PDF-1.7", "is a PDF"),
        (b'{"a": "\xff"}', "it is neither UTF-8 nor UTF-16 text"),
        (b"\x00\x01\x02\x03", "is not JSON"),
        (gzip.compress(b"{}" * 500)[:20], "the gzip data is damaged"),
        (b"\x1f\x8b\x08\x00 no gzip", "the gzip data is damaged"),
        (b"[" * 200_000, "cannot be read as JSON"),
        (b'{"n": ' + b"9" * 5000 + b"}", "cannot be read as JSON"),
    ],
    ids=[
        "empty",
        "cut",
        "html",
        "xml",
        "zip",
        "pdf",
        "latin-1",
        "binary",
        "cut gzip",
        "bad gzip",
        "deep",
        "long number",
    ],
)
def test_other_files_are_refused_with_the_way_out(tmp_path, raw, message):
    file = tmp_path / "list.json"
    file.write_bytes(raw)
    assert fault(file).startswith(str(file))
    assert message in fault(file)


def test_only_regular_files_are_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "is a FIFO" in fault(tmp_path / "pipe")
    assert "is a directory" in fault(tmp_path)
    assert "no such file" in fault(tmp_path / "missing")


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path):
    file = tmp_path / "list.json.gz"
    file.write_bytes(gzip.compress(b" " * 2_000_000))
    with pytest.raises(UsageError, match="is larger than 1 MB"), opened(file, 1_000_000) as source:
        source.read()
