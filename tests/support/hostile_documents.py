"""Documents that are made to hurt: each a name and what makes its bytes, which may be megabytes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

JSON = b'{"version": "https://jsonfeed.org/version/1", '
CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'
RDF = b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
NOT_UTF8 = b"\xff\xfe\xc0\x80\xed\xa0\x80"
HEAD = '<?xml version="1.0" encoding="utf-8"?>'


def rss(inner: str, head: str = HEAD, attributes: str = "") -> bytes:
    """Return a feed of one item that holds *inner*."""
    item = f"<item><guid>1</guid><title>t</title>{inner}</item>"
    return f"{head}<rss version='2.0' {attributes}><channel><title>T</title>{item}</channel></rss>".encode(
        "utf-8", "surrogatepass"
    )


def described(html: str) -> bytes:
    """Return a feed whose one item is described by *html*."""
    escaped = html.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return rss(f"<description>{escaped}</description>")


def items(count: int, inner: str = "") -> bytes:
    """Return a feed of so many items."""
    rows = "".join(f"<item><guid>{n}</guid><title>t{n}</title>{inner}</item>" for n in range(count))
    return f"{HEAD}<rss version='2.0'><channel><title>T</title>{rows}</channel></rss>".encode()


def entities(levels: int, width: int) -> bytes:
    """Return a feed with entities that hold entities."""
    defined = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * width}">' if n else '<!ENTITY l0 "lol">' for n in range(levels))
    return rss(f"<description>&l{levels - 1};</description>", f"{HEAD}<!DOCTYPE rss [{defined}]>")


def typed(defined: str, inner: str = "") -> bytes:
    """Return a feed whose document type has those definitions."""
    return rss(inner, f"{HEAD}<!DOCTYPE rss [{defined}]>")


def channel(inner: str) -> bytes:
    """Return a feed with *inner* before its item."""
    return f"<rss><channel>{inner}<item><title>t</title></item></channel></rss>".encode()


def atom(inner: str) -> bytes:
    """Return an entry that holds *inner*, in a feed that is left open."""
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{inner}'.encode()


def attributes(count: int) -> str:
    return " ".join(f'a{n}="1"' for n in range(count))


def names(count: int) -> str:
    return "".join(f"<x{n}/>" for n in range(count))


def json_feed(**members: object) -> bytes:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", **members}).encode()


# what is known to trouble feedparser and those who call it
KNOWN: dict[str, Callable[[], bytes]] = {
    "billion laughs": lambda: entities(10, 10),
    "quadratic entities": lambda: typed(f"<!ENTITY a '{'a' * 50_000}'>", "&a;" * 2000),
    "entity of a file": lambda: typed("<!ENTITY x SYSTEM 'file:///etc/hostname'>", "&x;"),
    "outside dtd": lambda: rss("", f'{HEAD}<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">'),
    "surrogate by number": lambda: rss("<description>a&#xd800;b</description>"),
    "character beyond unicode": lambda: rss("<description>a&#x11ffff;b</description>"),
    "punycode": lambda: rss("", '<?xml version="1.0" encoding="punycode"?>'),
    "undefined encoding": lambda: rss("", '<?xml version="1.0" encoding="undefined"?>'),
    "encoding with NUL": lambda: rss("", '<?xml version="1.0" encoding="utf-8\0"?>'),
    "200 kB of attributes": lambda: rss(f"<x {attributes(20_000)}/>"),
    "539 kB of attributes": lambda: rss(f"<x {attributes(50_000)}/>"),
    "author of dots": lambda: rss(f"<author>a@a{'.a' * 32_000}!</author>"),
    "style of one letter": lambda: described(f'<p style="{"a" * 50_000}">x</p>'),
    "100,000 comments": lambda: described("<!--" * 100_000),
    "html of 4 MB": lambda: described("<p class='x'>word</p>" * 150_000),
    "100,000 items": lambda: items(60_000),
    "10,000 items": lambda: items(10_000),
    "script in a title": lambda: rss("<description>&lt;script>alert(1)&lt;/script>\u202e\u200b\x0b</description>"),
    "cdata with a mention": lambda: rss("<description><![CDATA[<!channel> <b>x</b> AT&amp;T]]></description>"),
    "javascript link": lambda: rss("<link>javascript:alert(1)</link>"),
    "base that moves links": lambda: rss("<link>/rel</link>", attributes='xml:base="http://evil.example/"'),
    "year 9999": lambda: rss("<pubDate>Mon, 01 Jan 9999 00:00:00 GMT</pubDate>"),
    "year 0001": lambda: rss("<pubDate>0001-01-01T00:00:00Z</pubDate>"),
    "year 0000": lambda: rss("<pubDate>0000-00-00</pubDate>"),
    "path of a file": lambda: b"/etc/hostname",
    "file address": lambda: b"file:///etc/hostname",
    "endless device": lambda: b"/dev/zero",
    "bad gateway": lambda: b"<html><head><title>502 Bad Gateway</title></head><body></body></html>",
    "nothing": lambda: b"",
    "json": lambda: b'{"error": "not found"}',
}

OWN: dict[str, Callable[[], bytes]] = {
    "entities below every limit": lambda: entities(6, 8),
    "entity that names itself": lambda: typed("<!ENTITY a '&b;'><!ENTITY b '&a;'>", "&a;"),
    "parameter entities": lambda: typed("<!ENTITY % a '<!ENTITY b \"c\">'> %a; %a; %a;"),
    "200,000 entities": lambda: typed("".join(f"<!ENTITY e{n} 'x'>" for n in range(100_000))),
    "doctype that never ends": lambda: b"<!DOCTYPE rss [" + b"<!ENTITY a 'b'" * 100_000,
    "declaration of 5 MB": lambda: b"<?xml " + b"version='1.0' " * 350_000,
    "200,000 elements nested": lambda: rss("<a>" * 200_000),
    "elements nested and closed": lambda: rss("<a>" * 100_000 + "</a>" * 100_000),
    "items nested": lambda: rss("<item>" * 50_000),
    "channels nested": lambda: b"<rss><channel>" * 50_000,
    "closing tags only": lambda: rss("</a>" * 300_000),
    "html tags nested": lambda: described("<div>" * 300_000),
    "html tables nested": lambda: described("<table><tr><td>" * 100_000),
    "html comments open": lambda: described("<!-- x " * 200_000),
    "cdata open": lambda: rss("<description>" + "<![CDATA[" * 200_000),
    "cdata closed": lambda: rss("<description>" + "<![CDATA[x]]>" * 200_000 + "</description>"),
    "processing instructions": lambda: rss("<?x y?>" * 300_000),
    "angle brackets": lambda: described("<" * 1_200_000),
    "closing brackets": lambda: described(">" * 1_200_000),
    "ampersands": lambda: rss("<description>" + "&" * 2_000_000 + "</description>"),
    "references without end": lambda: described("&#x" * 500_000),
    "references by number": lambda: rss("<description>" + "&#65;" * 500_000 + "</description>"),
    "references doubly escaped": lambda: rss("<description>" + "&amp;amp;lt;" * 200_000 + "</description>"),
    "quotes open": lambda: described("<a href='" * 250_000),
    "quotes open in xml": lambda: rss("<a b='" * 250_000),
    "equals signs": lambda: rss("<a " + "=" * 1_000_000 + ">"),
    "attribute of 5 MB": lambda: rss(f'<a b="{"x" * 5_000_000}"/>'),
    "attribute in html of 3 MB": lambda: described(f'<a href="{"x" * 3_000_000}">'),
    "tag name of 3 MB": lambda: rss(f"<{'a' * 3_000_000}/>"),
    "attributes without values": lambda: rss("<a " + " ".join(f"b{n}" for n in range(300_000)) + ">"),
    "attributes in turn with brackets": lambda: rss("".join(f'<a b{n}="<">' for n in range(100_000))),
    "as many attributes as are read": lambda: rss("".join(f"<x {attributes(400)}/>" for _ in range(900))),
    "attributes on the item": lambda: items(1).replace(b"<item>", f"<item {attributes(60_000)}>".encode()),
    "namespaces": lambda: rss("", attributes=" ".join(f'xmlns:n{n}="urn:{n}"' for n in range(40_000))),
    "namespaces on every item": lambda: items(9000).replace(b"<item>", b'<item xmlns:a="urn:1" xmlns:b="urn:2">'),
    "namespace of 1 MB": lambda: rss("<n:a/>" * 1000, attributes=f'xmlns:n="{"u" * 1_000_000}"'),
    "300,000 names": lambda: rss(names(300_000)),
    "unclosed names": lambda: rss(names(200_000).replace("/", "")),
    "titles": lambda: rss("<title>x</title>" * 200_000),
    "links": lambda: rss("<link>http://a.example/</link>" * 100_000),
    "categories": lambda: rss("<category>x</category>" * 100_000),
    "enclosures": lambda: rss("<enclosure url='http://a.example/x' length='1' type='a/b'/>" * 50_000),
    "contents": lambda: rss("<content:encoded>x</content:encoded>" * 60_000, attributes=CONTENT),
    "media groups": lambda: rss("<media:content url='x'/>" * 60_000, attributes=MEDIA),
    "dates": lambda: rss("<pubDate>Mon, 01 Jan 2024 00:00:00 GMT</pubDate>" * 60_000),
    "date of digits": lambda: rss(f"<pubDate>{'9' * 200_000}</pubDate>"),
    "date of colons": lambda: rss(f"<pubDate>2024-01-01T{'00:' * 100_000}</pubDate>"),
    "date of spaces": lambda: rss(f"<pubDate>Mon,{' ' * 300_000}x</pubDate>"),
    "korean date": lambda: rss("<pubDate>" + "2004\ub144 " * 60_000 + "</pubDate>"),
    "author of brackets": lambda: rss(f"<author>{'(' * 60_000}</author>"),
    "author of letters": lambda: rss(f"<author>{'a' * 60_000}@</author>"),
    "author with many signs": lambda: rss(f"<author>{'a@' * 60_000}</author>"),
    "person in atom": lambda: atom(f"<author><name>{'a.a@' * 40_000}</name></author></entry></feed>"),
    "link of dots": lambda: rss(f"<link>{'../' * 300_000}</link>"),
    "link of brackets": lambda: rss(f"<link>http://[{'[' * 100_000}</link>"),
    "link with a port of 1 MB": lambda: rss(f"<link>http://a.example:{'9' * 1_000_000}/</link>"),
    "guid of 4 MB": lambda: rss(f"<guid>{'g' * 4_000_000}</guid>"),
    "language of 1 MB": lambda: channel(f"<language>{'x_' * 500_000}</language>"),
    "hours to skip": lambda: channel(f"<skipHours>{'<hour>1</hour>' * 200_000}</skipHours>"),
    "base64 that is none": lambda: atom(f"<content type='a/b' mode='base64'>{'A=' * 500_000}</content></entry></feed>"),
    "xhtml nested": lambda: atom("<content type='xhtml'>" + "<div>" * 200_000),
    "svg": lambda: described("<svg><path d='" + "M0 0" * 300_000 + "'/></svg>"),
    "css": lambda: described(f"<p style='{'a:b;' * 200_000}'>x</p>"),
    "css of brackets": lambda: described(f"<p style='{'(' * 100_000}'>x</p>"),
    "words without end": lambda: described("x" * 4_000_000),
    "spaces": lambda: described(" " * 4_000_000),
    "marks on one letter": lambda: described("a" + "\u0301" * 1_500_000),
    "invisible letters": lambda: described("\u200b" * 1_500_000),
    "right to left": lambda: described("\u202e" * 1_500_000),
    "utf-16": lambda: items(5000).decode().replace("utf-8", "utf-16").encode("utf-16"),
    "utf-16 cut in a letter": lambda: items(3).decode().encode("utf-16")[:-1],
    "utf-32": lambda: items(100).decode().encode("utf-32"),
    "utf-7": lambda: rss("<description>+ADw-script+AD4-</description>", '<?xml version="1.0" encoding="utf-7"?>'),
    "utf-8 that is none": lambda: rss("<link>@</link>").replace(b"@", NOT_UTF8 * 100_000),
    "codec that unpacks": lambda: rss("", '<?xml version="1.0" encoding="zlib"?>'),
    "codec that is none of text": lambda: rss("", '<?xml version="1.0" encoding="rot13"?>'),
    "encoding of 1 MB": lambda: rss("", f'<?xml version="1.0" encoding="{"a" * 1_000_000}"?>'),
    "gzip in disguise": lambda: gzip.compress(items(100)),
    "NUL bytes": lambda: b"\0" * 5_000_000,
    "random letters": lambda: bytes(range(256)) * 20_000,
    "newlines before": lambda: b"\n" * 4_000_000 + items(1),
    "html that hides a feed": lambda: b"<html>" + items(20)[len(HEAD) :],
    "page of 5 MB": lambda: b"<!doctype html><html><body>" + b"<p>hello <b>there</b>" * 230_000,
    "page of links": lambda: b"<html><head>" + b"<link rel=alternate type='application/rss+xml' href=x>" * 90_000,
    "rdf of 60,000 items": lambda: RDF + b"<item><title>x</title></item>" * 60_000,
    "cdf nested": lambda: b"<CHANNEL>" * 60_000 + b"<ITEM HREF='x'/>" * 1000,
    "json nested": lambda: JSON + b'"items": ' + b"[" * 500_000,
    "json objects nested": lambda: b'{"a":' * 300_000,
    "json of 300,000 items": lambda: json_feed(items=[{"id": n} for n in range(300_000)]),
    "json of wrong types": lambda: json_feed(items=[None, 1, [], {"id": {}, "url": [], "authors": "x"}], title=[]),
    "json with a number of 1 MB": lambda: JSON + b'"items": [{"id": ' + b"9" * 1_000_000 + b"}]}",
    "json with numbers that are none": lambda: json_feed(items=[{"id": float("nan")}, {"id": float("inf")}]),
    "json with surrogates": lambda: JSON + b'"items": [{"id": "\\ud800", "title": "\\udfff"}]}',
    "json with doubled members": lambda: JSON + b'"items": [],' * 200_000 + b'"x": 1}',
    "json html nested": lambda: json_feed(items=[{"id": "1", "content_html": "<div>" * 500_000}]),
}

ALL = {**KNOWN, **OWN}


def made(name: str) -> bytes:
    """Return the document of that name."""
    return ALL[name]()
