"""What our reading of captured feeds has in common with feedparser's own, and the differences, each with its reason."""

from __future__ import annotations

import calendar
import io
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

import feedparser
import pytest
from support.shared_material import SHARED, needs_shared, real_feeds

from monitor.errors import FeedError
from monitor.feeds.parse.document import parse_feed
from monitor.feeds.text.plain_text import clean_text
from monitor.model import ParsedEntry

pytestmark = [pytest.mark.slow(minutes=1), needs_shared]

FOLDER = SHARED / "corpus/feeds"
URL = "https://wire.example/feed.xml"
KINDS = {"", ".xml", ".rss", ".atom", ".rdf"}

# where the texts differ, and why: nothing of it is lost by us
NO_TAGS = "what stands in angle brackets and is no tag of HTML stays: feedparser drops it"
MATHS = "marks of MathML and SVG are no HTML: both leave them, feedparser after putting their attributes in order"
BROKEN = "feedparser's sanitiser stops at broken or unknown markup and loses what comes after"
SCRIPTS = "what is left of scripts and comments that were broken on purpose"
MORE = (
    "all texts of an item are kept, its description first: feedparser shows the last one, as the caption of a picture"
)
LITERAL = "what is declared to be plain text is no markup"
XHTML = "a reference that is escaped in XHTML is text"
CHARSET = "where no charset is named and it is not UTF-8, browsers read Windows-1252"
DECODED = "content in base64 is the summary, where there is no other"
TEXTS = {
    "08f1ee71883dbcde": MORE,
    "14333881097406c7": MORE,
    "1883db9e2736546b": XHTML,
    "2b665d9e4b6bb33a": XHTML,
    "c81b774804d7fd57": MORE,
    "cd0e0dc70f470554": XHTML,
    "d6b581ced4b263b3": MORE,
    "shiftjis.xml": CHARSET,
    "entry_content_base64.xml": DECODED,
    "entry_content_base64_2.xml": DECODED,
    "entry_content_div_escaped_markup.xml": LITERAL,
    "entry_content_text_plain_brackets.xml": LITERAL,
    "entry_title_text_plain_brackets.xml": LITERAL,
    "itunes_item_subtitle.xml": MORE,
    "item_summary_and_description.xml": MORE,
    "large_atom_feed_that_needs_css_sanitisation.xml": MORE,
    "01b5e6081cb62f3d": MATHS,
    "0346e81559b251eb": MATHS,
    "2c95f93d868f5c01": BROKEN,
    "5a96f363a5cd333d": NO_TAGS,
    "5d2fc4355ba30ff7": NO_TAGS,
    "848664f7cb11a283": NO_TAGS,
    "9e0834333e854116": NO_TAGS,
    "a0f169c08aa39e4c": BROKEN,
    "ad1318939eb69cf1": BROKEN,
    "dd87cfc394440fa8": BROKEN,
    "bozo_linenoise.xml": NO_TAGS,
    "atomsvgdctitle.xml": MATHS,
    "atommathml.xml": MATHS,
    "rss2.0mathml.xml": MATHS,
    "acceptable_element_command.xml": NO_TAGS,
    "acceptable_element_keygen.xml": NO_TAGS,
    "entry_title_crazy.xml": SCRIPTS,
    "entry_content_crazy.xml": SCRIPTS,
    "entry_summary_crazy.xml": SCRIPTS,
    "item_content_encoded_crazy.xml": SCRIPTS,
    "item_content_encoded_script_nested_cdata.xml": SCRIPTS,
    "item_description_crazy.xml": SCRIPTS,
    "item_fullitem_crazy.xml": SCRIPTS,
}

LINKS = {"entry_link_rel_enclosure_no_href.xml": "an alternate link takes precedence over an enclosure"}
CUT_OFF = {
    "osm-pl.xml": "its last entry is cut off",
    "rss_incomplete_cdata.xml": "its only entry is cut off",
}


def captured() -> list[Path]:
    return sorted(file for file in FOLDER.rglob("*") if file.is_file() and file.suffix in KINDS)


def differences(file: Path, ours: ParsedEntry, theirs: dict) -> list[str]:
    """Return in what the two differ for another reason than those that hold for every file."""
    texts = {"title": ours.text.title, "summary": ours.text.summary}
    found = [
        name for name, text in texts.items() if text != clean_text(theirs.get(name, "")) and file.name not in TEXTS
    ]
    if ours.id != theirs.get("id", "").strip():
        found.append("id")
    if not is_same_link(ours.link, theirs.get("link", "")) and file.name not in LINKS:
        found.append("link")
    # dict's own: feedparser's gives the other date for one that is missing
    dates = {"published": ours.published_at, "updated": ours.updated_at}
    if dict.get(theirs, "published_parsed") is None and ours.published_at == ours.updated_at:
        del dates["published"]  # dc:date, which feedparser calls an update, is that of the publication
    return found + [name for name, at in dates.items() if not is_same_date(at, dict.get(theirs, f"{name}_parsed"))]


def is_same_link(ours: str, theirs: str) -> bool:
    """A link is made absolute, by the feed's own address at last; one that leads to no page is none."""
    if theirs.startswith(("http://", "https://")):
        return ours == theirs
    return not ours or ours.endswith(theirs.lstrip("./")) or ours == urljoin(URL, theirs)


def is_same_date(ours: datetime | None, theirs: tuple | None) -> bool:
    """A date from before the web, or one that cannot be reckoned with, is none."""
    if theirs is None or not 1990 <= theirs[0] < 9999:
        return ours is None
    return ours == datetime.fromtimestamp(calendar.timegm(theirs), UTC)


def test_every_captured_feed_is_read_as_feedparser_reads_it() -> None:
    found: dict[str, Counter[str]] = {}
    files = entries = 0
    for file in captured():
        body = file.read_bytes()
        theirs = feedparser.parse(io.BytesIO(body)).entries
        if not theirs:
            continue
        try:
            ours = parse_feed(body, "", URL).entries
        except FeedError as error:
            if file.name not in CUT_OFF:
                found[file.name] = Counter([str(error)])
            continue
        files, entries = files + 1, entries + len(ours)
        if len(ours) != len(theirs) and file.name not in CUT_OFF:
            found[file.name] = Counter([f"{len(ours)} entries and not {len(theirs)}"])
            continue
        differ = Counter(what for pair in zip(ours, theirs, strict=False) for what in differences(file, *pair))
        if differ:
            found[file.name] = differ
    assert found == {}
    assert files > 1400
    assert entries > 8000


def test_feeds_of_our_field_have_as_many_entries_as_feedparser_finds() -> None:
    ours_and_theirs = {
        file.name: (len(parse_feed(body, "", URL).entries), len(feedparser.parse(io.BytesIO(body)).entries))
        for file in real_feeds()
        if not file.is_relative_to(FOLDER)
        for body in [file.read_bytes()]
    }
    assert {name: found for name, found in ours_and_theirs.items() if found[0] != found[1]} == {}
    assert len(ours_and_theirs) > 5


def test_the_differences_that_are_listed_are_there() -> None:
    names = {file.name for file in captured()}
    assert names >= TEXTS.keys() | LINKS.keys() | CUT_OFF.keys()
