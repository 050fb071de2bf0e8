"""Every parser of ours for text that others write, with the errors that it documents and pieces of its notation."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from starlette.datastructures import FormData
from yarl import URL

from monitor.alerts.apprise.payloads import template_json
from monitor.alerts.content.neutralise import neutralise, printable, safe_link
from monitor.backtest.entries_file import EntriesFile
from monitor.config.document.edit import toml_string
from monitor.config.document.read_file import parse_source
from monitor.config.literal_secrets import secret_parameters, secret_parts
from monitor.config.placeholders import placeholder_files, resolve_placeholders
from monitor.config.schema import recurrences, values
from monitor.config.schema.page_option import read_page_selectors
from monitor.config.schema.thresholds import parse_threshold
from monitor.daemon.control_socket import _request
from monitor.errors import FeedError, UsageError
from monitor.exchange.formats.csv_table import read_table
from monitor.exchange.formats.name_columns import kind_of
from monitor.exchange.formats.name_rows import split_aliases
from monitor.exchange.formats.ofac_record import party_type
from monitor.exchange.group_names import read_group_name
from monitor.exchange.legal_forms import without_legal_form
from monitor.exchange.names import identity, read_name, read_person
from monitor.exchange.strictness import classify
from monitor.facts import parse_address, read_amounts
from monitor.facts.indicators import read_indicators
from monitor.feeds.articles.robots import read_robots, reserved_paths
from monitor.feeds.discovery import sitemaps_named
from monitor.feeds.http import responses
from monitor.feeds.http.redirects import RedirectCookies, redirect_target
from monitor.feeds.parse.feed_links import feed_links
from monitor.feeds.parse.json_feed import read_json
from monitor.feeds.parse.page_proposals import propose_selectors
from monitor.feeds.parse.page_text import page_text
from monitor.feeds.parse.sitemap import read_sitemap, sitemap_root, words_of_address
from monitor.feeds.parse.update_hints import read_update_hints
from monitor.feeds.parse.web_page import read_page
from monitor.feeds.parse.xml_items import item_texts, needed_items, parse_xml
from monitor.feeds.text import charsets, links, repair
from monitor.feeds.text.dates import parse_date
from monitor.feeds.text.plain_text import clean_text, literal_text
from monitor.learning.names_in_text.link_sides import KnownName
from monitor.learning.names_in_text.links import find_links
from monitor.learning.names_in_text.name_words import crime_word, theft_word
from monitor.matching.spelling import parse_alias
from monitor.matching.words import folded_words, word_spans
from monitor.model import PageSelectors, Text
from monitor.redaction import redacted, secrets_of
from monitor.store.search import parse_query
from monitor.stories.report_kinds import acts_in
from monitor.stories.sources import cited_in, link_key
from monitor.stories.tokens import tokens
from monitor.times import point_in_time, span_seconds, typed_time, written_date
from monitor.web.guard import _hostname
from monitor.web.routing import id_in, line_in, safe_next
from monitor.web.text import changes

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
BASE = "https://site.example/news/"
MOST = 100


@dataclass(frozen=True, slots=True)
class Parser:
    """A parser, called with a text; one that reads bytes gets it in UTF-8."""

    read: Callable[[str], object]
    pieces: tuple[str, ...]  # of its notation; texts made of them reach more of its branches than random ones
    errors: tuple[type[Exception], ...] = ()  # that it documents
    linear: bool = True  # False: an expression of another package, in texts of the operator alone


def encoded(text: str) -> bytes:
    """Return *text* as bytes, lone surrogates included."""
    return text.encode("utf-8", "surrogatepass")


def _headers(names: Iterable[str]) -> Callable[[str], object]:
    def read(text: str) -> object:
        return [responses.freshness_of({name: text, "Date": "Fri, 27 Nov 2026 12:00:00 GMT"}, NOW) for name in names]

    return read


def _robots(text: str) -> object:
    robots = read_robots(text, "crypto-news-monitor")
    return robots, robots.allows("/news/a-b-c?d=e"), robots.allows(text[:2000])


def _sitemap(text: str) -> object:
    found = sitemap_root(encoded(text))
    return found and read_sitemap(found[0], BASE, MOST)


def _items(text: str) -> object:
    root = parse_xml(encoded(text))
    return root is not None and [item_texts(item) for item in needed_items(root, (), MOST).items]


def _cookies(text: str) -> object:
    jar = RedirectCookies(NOW)
    jar.add(URL(BASE), [text, *text.split("\n")[:5]])
    return jar.header(URL(BASE))


def _validators(text: str) -> object:
    return responses.conditions(responses.validators([(b"ETag", encoded(text)), (b"Last-Modified", encoded(text))]))


def _entries(text: str) -> object:
    return [seen.entry for seen in EntriesFile(io.BytesIO(encoded(text))).texts()]


def _placeholders(text: str) -> object:
    resolved = resolve_placeholders(text, environ={"KEY": "value"}, folder=Path("/nowhere"))
    return resolved, placeholder_files(text, environ={}, folder=Path("/nowhere"))


def _hidden(text: str) -> object:
    address = encoded(text[:300]).decode("utf-8", "replace")  # the configuration is UTF-8
    return redacted(address, secrets_of(address))


def _links_of_names(text: str) -> object:
    known = [KnownName(found.start(), found.end(), "lazarus") for found in re.finditer("Lazarus Group", text)]
    return list(find_links(text, known, is_title=False))


_MARKUP = (
    "<p>", "</p>", "<a href='/x'>", "</a>", "<div class='card'>", "</div>", "<h2>", "</h2>", "<!--", "-->",
    "<![CDATA[", "]]>", "<script>", "</script>", "<style", "&amp;", "&#x41;", "&#xD83D;&#xDE00;", "&nbsp", "<", ">",
    "&", '"', "<time>", "27 Nov 2026", "a b c ", "<?x", "?>", "\x00", "<base href='//[x'>", "<title>",
    "<link rel=alternate ", "type=", "/>",
)  # fmt: skip
_XML = (
    '<?xml version="1.0"?>', "<!DOCTYPE rss [", "]>", '<!ENTITY a "b">', "<!ENTITY % p", "&a;", "<rss>", "<channel>",
    "<item>", "</item>", "</channel>", "</rss>", "<title>", "</title>", "<description>", "<![CDATA[", "]]>", "<!--",
    "-->", "<?x ?>", "<?x", "&", "&#55357;", "&#0;", "&lt;b&gt;", "\x0b", "\ufffe", "</item ", "</a:", "<a:item ",
    "\n",
)  # fmt: skip
_SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">', "</urlset>", "<sitemapindex>", "</sitemapindex>",
    "<url>", "</url>", "<loc>https://site.example/exchange-robbed-12345.html</loc>", "<lastmod>2026-11-27</lastmod>",
    "<loc>//[x</loc>", "<sitemap>", "</sitemap>", "<lastmod>", "</lastmod>", "<n:news xmlns:n='sitemap-news'>",
    "</n:news>", "<?pi?>", "<!-- -->", "<loc/>",
)  # fmt: skip
_JSON = (
    "{", "}", "[", "]", ",", ":", '"', '"items":[', '"version":"https://jsonfeed.org/version/1"', '"id":',
    '"url":"/a"', "1", "1e999", "NaN", "null", "true", '"\\ud800"', '"title":"a"', '"language":"\\ud800"',
    '"authors":[{"name":"x"}]', "\x00", '"date_published":"2026-11-27"', '"content_html":"<p>a"', '{"id":1},',
    "9" * 50, "\ufeff", "\\", " ",
)  # fmt: skip
_DATES = (
    "Fri, ", "27 ", "Nov ", "2026 ", "12:00:00", "12:00", " GMT", " +0100", "-2359", "T", "Z", "2026-11-27",
    "20261127", "W48", "-", "/", ".", ":", "年", "月", "日", "午後", "오전", "27. November", " de ", "tháng ", "令和",
    "99999999999999999999", "(", ")", " Europe/Berlin", " am", "pm", "MSK", "0", "1", "٣", "today", "yesterday", "3d",
    "1.5 h", "100y",
)  # fmt: skip
_HEADER = (
    "max-age", "=", '"', "3600", ",", "no-cache", "no-store", " ", "\t", "99999999999999999999999",
    "Fri, 27 Nov 2026 ", "12:00:00 GMT", "-1", "0", "-9999", "+9999999999", ";", "(", "public", "\udcff", "²",
)  # fmt: skip
_TEXT = (
    "$", "€", "US$", "1,000", "1.5", " million", "bn", " BTC", "ETH", "-", "–", " to ", "between ", " and ",
    "three hundred ", "14亿", "6000万", "美元", "兆", "十", "0x" + "a1" * 20, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "bc1q", "CVE-2026-1234", "valued at ", "a", " ", ".", "’", "ft", "T" * 30, "0" * 30, "🪙", "4" * 64, "٣",
    "TVL of ", "é", "according to The Block",
)  # fmt: skip
_NAMES = (
    "Lazarus Group", "APT-38", "=", "*", "/", "(", ")", "[", "]", "\\", "a.k.a. ", ", ", "; ", " also known as ",
    "Ltd.", "ООО ", "“", '"', "'", "-", "é", "北", "\u200b", "Jr", " von ", "FANCY", "BEAR", "/a+/", "{1000}", "|",
    "?", "C++", "#", "aka ", "UNC1234", "Al-", "3AM", ".",
)  # fmt: skip
_URLS = (
    "https://", "http:", "//", "/", "?", "&", "=", "#", "@", ":", "[", "]", "::1", "site.example", "a:b@",
    "utm_source", "%", "%00", "%zz", "..", "\\", " ", "xn--", "ü", "℀", "\udcff", "99999", "javascript:", "\t",
    "mailto://u:p@h", ";", "a", "+",
)  # fmt: skip
_TOML = (
    "[feeds]\n", "[", "]", "=", '"', '"""', "'", "\n", "#", "{", "}", ",", ".", "a", "1", "\\", "\\u", "2026-11-27",
    "inf", "0x", "[[tests]]\n", "wire = 'https://a.example'\n", "\r", "\x00", "é", "a.b.c = 1\n", "[a.b]\n", "true",
)  # fmt: skip
_SETTINGS = (
    "5m", "1.5", "h", "100y", "kB", "MB", " words", "sentence", "Mon", "-Fri", " 08:00", "24:00", "-", "$1M", "€2",
    " BTC", ",000", "127.0.0.1", "/8", ":8077", "[::1]", "Europe/", "Berlin", "../", "\x00", "en", "-US", "tag:",
    "@href", "a.b > c", ":not(", "*", "é", "²", "٣", "\n", " ", "adaptive", "$", "{", "}", "soc@example.org", "0",
    "9" * 20, "08:00-", "auto",
)  # fmt: skip
_QUERY = (
    "feed:", "since:", "until:", '"', "-", "OR ", "launder*", "3d", "word ", "北", "NEAR(", ")", "*", "'", "\x00",
    ":", "outlet:", "AND ",
)  # fmt: skip
_CSV = (
    ",", ";", "\t", "|", '"', "\n", "\r\n", "\r", "name", "alias", "type", "Lazarus", " ", "a;b", "é", "\x1f", "''",
    "=1+1", "\ufeff",
)  # fmt: skip
_ROBOTS = (
    "User-agent: *\n", "User-agent: crypto-news-monitor\n", "Disallow: /\n", "Allow: /n*s$\n", "Crawl-delay: 1.5\n",
    "Disallow:", "#", "*", "$", ":", "\n", "Sitemap: /s.xml\n", "Crawl-delay: .\n", "\ufeff", "/a*",
    "Sitemap: //[x\n", "٣",
)  # fmt: skip

_SELECTORS = PageSelectors(entry="div.card", title="h2", link="a@href", date="time", summary="p")
_KNOWN_SETTINGS: dict[str, Callable[[str], object]] = {
    name: getattr(values, name)
    for name in (
        "parse_duration", "parse_size", "parse_document_size", "parse_every", "parse_count", "parse_within",
        "parse_severity", "parse_fuzzy", "parse_id", "parse_filled", "parse_selector", "parse_tag", "parse_language",
        "parse_contact", "parse_path", "parse_date", "parse_zone", "parse_network", "parse_listen", "parse_header_name",
    )
} | {
    name: getattr(recurrences, name) for name in ("parse_recurrence", "parse_item_time", "parse_quiet_window")
}  # fmt: skip

PARSERS: dict[str, Parser] = {
    # feeds
    "http date": Parser(responses.http_date, _DATES + _HEADER),
    "retry after": Parser(lambda text: responses.retry_after_s(text, NOW), _HEADER),
    "freshness": Parser(_headers(("Cache-Control", "Expires", "Age")), _HEADER),
    "validators": Parser(_validators, (*_HEADER, "W/", "*", "\x00")),
    "opt-outs": Parser(
        lambda text: responses.opt_out_reason([("robots", text), ("tdm-reservation", text)]),
        ("noindex", "none", "noai", ",", ":", " ", "crypto-news-monitor", "1", "0", "otherbot: "),
    ),
    "redirect": Parser(lambda text: redirect_target(URL(BASE), 301, text), _URLS, (FeedError,)),
    "cookies": Parser(
        _cookies, ("a=b", ";", "=", "Path=/", "secure", "\n", ",", "\udcff", "\x00", " ", "domain=x", '"')
    ),
    "robots.txt": Parser(_robots, _ROBOTS),
    "tdmrep.json": Parser(reserved_paths, (*_JSON, '"location":"/*"', '"tdm-reservation":1', "[{", "}]")),
    "sitemaps in robots.txt": Parser(lambda text: sitemaps_named(encoded(text), BASE), _ROBOTS),
    "charsets": Parser(
        lambda text: [charsets.to_utf8(encoded(text), kind) for kind in ("", "text/xml; charset=" + text[:40])],
        (*_XML, '<?xml version="1.0" encoding="euc-jp"?>', "\x1b$B", "\x1b(B", "utf-16", "gbk", "\ufeff", "idna", "é"),
    ),
    "charset labels": Parser(
        charsets.codec_of, ("utf", "-", "8", "win", "1251", "idna", "\x00", "iso_8859", " ", "é", "/", ".")
    ),
    "dates of entries": Parser(parse_date, _DATES),
    "markup": Parser(clean_text, _MARKUP),
    "plain text": Parser(literal_text, _MARKUP),
    "bad characters": Parser(lambda text: repair.replace_bad_characters(encoded(text)), _XML),
    "bad references": Parser(lambda text: repair.repair_references(encoded(text)), _XML),
    "truncated documents": Parser(lambda text: repair.close_truncated(encoded(text)), _XML),
    "web addresses": Parser(lambda text: links.web_address(text, BASE), _URLS),
    "tracking parameters": Parser(
        lambda text: (links.without_tracking(text), links.page_key(text), links.safe_url(text)), _URLS
    ),
    "words of an address": Parser(lambda text: words_of_address(links.web_address(text, BASE)), _URLS),
    "xml items": Parser(_items, _XML),
    "json feed": Parser(lambda text: read_json(encoded(text), BASE, MOST), _JSON, (FeedError,)),
    "sitemap": Parser(_sitemap, _SITEMAP, (FeedError,)),
    "web page": Parser(lambda text: read_page(encoded(text), BASE, _SELECTORS), _MARKUP, (FeedError,)),
    "feeds of a page": Parser(lambda text: feed_links(encoded(text), BASE), _MARKUP),
    "proposals for a page": Parser(lambda text: propose_selectors(encoded(text), BASE), _MARKUP),
    "text of a page": Parser(lambda text: page_text(encoded(text)), _MARKUP),
    "update hints": Parser(
        lambda text: read_update_hints(
            encoded(text), {"ttl": text, "sy_updateperiod": text, "sy_updatefrequency": text}
        ),
        (
            "<skipHours>",
            "<hour>",
            "23",
            "</hour>",
            "</skipHours>",
            "<skipDays>",
            "<day>Monday</day>",
            "hourly",
            "٣",
            " ",
            "<item",
        ),
    ),
    # texts
    "amounts": Parser(lambda text: read_amounts(Text(text, text)), _TEXT),
    "indicators": Parser(lambda text: read_indicators(Text(text, text)), _TEXT),
    "words": Parser(lambda text: (word_spans(text), folded_words(text)), _TEXT + _NAMES),
    "tokens of stories": Parser(tokens, _TEXT + _NAMES),
    "citations": Parser(cited_in, (*_TEXT, "reported ", "told ", "said ", "The Block", "Reuters")),
    "acts": Parser(acts_in, (*_TEXT, "stolen ", "arrested ", "hack")),
    "link keys": Parser(link_key, _URLS),
    "other names": Parser(_links_of_names, _NAMES),
    "crime words": Parser(lambda text: (theft_word(Text(text)), crime_word(Text(text))), _TEXT),
    "differences": Parser(lambda text: changes(text, text[::-1]), ("a. ", "b! ", "\n", "。", "x")),
    # configuration
    **{
        name: Parser(read, _SETTINGS, (values.InvalidValue,), linear=name != "parse_selector")
        for name, read in _KNOWN_SETTINGS.items()
    },
    "parse_threshold": Parser(parse_threshold, _SETTINGS, (values.InvalidValue,)),
    "watched address": Parser(parse_address, _TEXT, (ValueError,)),
    "spelling": Parser(parse_alias, _NAMES, (ValueError,)),
    "selectors of --page": Parser(
        read_page_selectors, (*_TOML, "{ entry = ", '".row"', "title", "}", "page ="), (UsageError,)
    ),
    "placeholders": Parser(_placeholders, ("${", "}", "KEY", "file:", "a", "\x00", "/", "$", "{", "NONE", "~")),
    "toml": Parser(lambda text: parse_source(Path("x.toml"), encoded(text)), _TOML),
    "secrets in addresses": Parser(
        lambda text: (secret_parts(text), secret_parameters(text)), (*_URLS, "token=", "slack://")
    ),
    "secrets to hide": Parser(_hidden, _URLS),
    # what people type
    "spans": Parser(span_seconds, _DATES),
    "points in time": Parser(lambda text: point_in_time(text, now=NOW), _DATES),
    "typed times": Parser(lambda text: typed_time("since", text, now=NOW, end_of_day=True), _DATES, (UsageError,)),
    "search": Parser(lambda text: parse_query(text, now=NOW), _QUERY, (UsageError,)),
    # files that are imported
    "dates in files": Parser(written_date, _DATES),
    "entries in a file": Parser(_entries, (*_JSON, '{"title":"a"}\n', '{"title":"a","date":"2026"}\n', "\n")),
    "csv": Parser(lambda text: read_table(encoded(text)), _CSV, (UsageError,)),
    "aliases in a cell": Parser(split_aliases, (*_CSV, *_NAMES)),
    "kinds in a cell": Parser(kind_of, ("person", "entity", "vessel", " ", "-", "É", "0")),
    "party types": Parser(party_type, ("person", "entity", "vessel", " ", "-", "É", "0")),
    "names": Parser(lambda text: (read_name(text), identity(text)), _NAMES),
    "names of persons": Parser(lambda text: read_person(text, text), _NAMES),
    "names of groups": Parser(read_group_name, _NAMES),
    "strictness": Parser(lambda text: (classify(text), without_legal_form(text)), _NAMES),
    # the page, the socket and messages
    "control request": Parser(lambda text: _request(encoded(text)), _JSON, (UsageError,)),
    "host": Parser(_hostname, (*_URLS, "127.0.0.1", "fe80::1%eth0")),
    "ids": Parser(id_in, ("1", "0", "²", "٣", "-", " ", "_", "9" * 20)),
    "next address": Parser(safe_next, _URLS),
    "line of a form": Parser(lambda text: line_in(FormData({"why": text}), "why", 500), _MARKUP),
    "text in messages": Parser(
        lambda text: (neutralise(text, 200), printable(text), safe_link(text)), (*_MARKUP, *_URLS, "@everyone")
    ),
    "template": Parser(
        lambda text: template_json({"text": text, "n": {"{{": text}}), ("{{", "{", "}}", "\\", '"', "\udcff", "é")
    ),
    "toml text": Parser(toml_string, _TOML),
}
