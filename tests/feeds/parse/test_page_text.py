from __future__ import annotations

import pytest

from monitor.feeds.parse.page_text import page_text
from monitor.model import Text

PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>Three &amp; four</title>
<style>p { color: red }</style></head><body><h1>Bridge</h1><p>Lazarus <b>Group</b> again — <i>now</i></p>
<script>var title = "<title>no</title>"</script></body></html>"""


def test_a_page_has_a_title_and_a_text_without_scripts_and_styles():
    assert page_text(PAGE.encode()) == Text("Three & four", content="Bridge Lazarus Group again — now")


def test_the_declared_encoding_counts():
    page = '<html><head><meta charset="windows-1251"><title>Лазарус</title></head><body>снова</body></html>'
    assert page_text(page.encode("cp1251")) == Text("Лазарус", content="снова")


@pytest.mark.parametrize(
    "body", [b"", b"   ", b"\x00\xff\xfe", b"<!-- -->"], ids=["empty", "space", "bytes", "comment"]
)
def test_what_is_no_page_has_no_title(body):
    assert page_text(body).title == ""


def test_text_without_a_declared_encoding_is_utf_8():
    assert page_text("<p>拉撒路组织</p>".encode()).content == "拉撒路组织"


def test_tags_nested_very_deep_do_no_harm():
    assert page_text(b"<title>Deep</title>" + b"<div>" * 100_000 + b"end").title == "Deep"
