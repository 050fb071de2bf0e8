"""Web pages and sitemaps of invented sites."""

from __future__ import annotations

from collections.abc import Sequence

NAMES = ("Vantor", "Oakmere", "Quillbridge", "Kestrel", "Harrowgate", "Millbrook", "Tessara", "Ferngate")


def page(blocks: Sequence[str], *, lang: str = "en", base: str = "", menu: bool = True) -> bytes:
    """Return a page with a menu and a list of blocks."""
    head = f'<base href="{base}">' if base else ""
    links = "".join(f'<li class="item"><a href="/{n}">Section number {n} of the office</a></li>' for n in range(4))
    nav = f'<nav><ul class="menu">{links}</ul></nav>' if menu else ""
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Notices | Office</title>{head}</head>'
        f'<body>{nav}<main><div class="list">{"".join(blocks)}</div></main></body></html>'
    ).encode()


def block(number: int, *, date: str = "", title: str = "", link: str = "") -> str:
    """Return one entry of a list, as a site writes it."""
    title = title or f"Notice about {NAMES[number % len(NAMES)]} exchange"
    at = f'<span class="when">{date}</span>' if date else ""
    href = link or f"/notices/{number}"
    teaser = f'<p class="teaser">About <b>{NAMES[number % len(NAMES)]}</b>.</p><script>track({number})</script>'
    return f'<div class="row">{at}<h3><a href="{href}">{title}</a></h3>{teaser}</div>'


def news_sitemap(*entries: tuple[str, str, str]) -> bytes:
    """Return a news sitemap; each entry has an address, a date and a title."""
    urls = "".join(
        f"<url><loc>{loc}</loc><news:news><news:publication><news:name>The Post</news:name><news:language>en"
        f"</news:language></news:publication><news:publication_date>{at}</news:publication_date>"
        f"<news:title>{title}</news:title></news:news></url>"
        for loc, at, title in entries
    )
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    news = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {spaces} {news}>{urls}</urlset>'.encode()


def plain_sitemap(*entries: tuple[str, str], root: str = "urlset", item: str = "url") -> bytes:
    """Return a sitemap, or an index of some; each entry has an address and a date, which may be empty."""
    urls = "".join(
        f"<{item}><loc>{loc}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</{item}>" for loc, at in entries
    )
    return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</{root}>'.encode()
