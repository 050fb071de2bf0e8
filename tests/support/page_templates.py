"""Ten differently built pages with a list of entries, each with the selectors that read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True)
class Item:
    """One entry of a page or a sitemap; it has no date if ``at`` is None."""

    number: int
    title: str
    at: datetime | None


@dataclass(frozen=True)
class Template:
    """How a site writes its list: a row has ``{n}``, ``{title}`` and ``{date}``, its date is written by strftime."""

    page: str  # the table of the configuration
    row: str
    date: str = "%d %B %Y"
    frame: str = "{rows}"
    language: str = "en"
    shown: int = 10  # entries on the first of its pages; the others are on pages that are not polled

    def html(self, items: Sequence[Item]) -> bytes:
        """Return the page with the newest of *items*, which come first."""
        rows = "".join(
            self.row.format(n=item.number, title=item.title, date=item.at.strftime(self.date) if item.at else "")
            for item in items[: self.shown]
        )
        return (
            f'<!doctype html><html lang="{self.language}"><head><meta charset="utf-8"><title>Office</title></head>'
            f"<body><nav><ul><li><a href='/about'>About this office</a></li></ul></nav>{self.frame.format(rows=rows)}"
            f'<a class="next" href="?page=2">Next page</a></body></html>'
        ).encode()


TEMPLATES = {
    "rows": Template(
        '{ entry = ".views-row", title = "a", link = "a@href", date = ".on" }',
        '<div class="views-row"><a href="/rows/{n}">{title}</a><div class="on">{date}</div></div>',
        date="%B %d, %Y",
    ),
    "table": Template(
        '{ entry = "tr", title = "a", link = "a@href", date = "td" }',
        "<tr><td>{date}</td><td><a href='table/{n}.pdf'>{title}</a></td></tr>",
        date="%d.%m.%Y",
        frame="<table><tr><th>Datum</th><th>Titel</th></tr>{rows}</table>",
        language="de",
    ),
    "cards": Template(
        '{ entry = "a.card", title = "h2", link = "@href", date = "time@datetime" }',
        '<a class="card" href="./cards/{n}"><h2>{title}</h2><time datetime="{date}">some time ago</time></a>',
        date="%Y-%m-%dT%H:%M:%SZ",
    ),
    "articles": Template(
        '{ entry = "article", title = "h3 a", link = "h3 a@href", date = ".by", summary = "p" }',
        '<article><a href="/topics/all">Topics</a><h3><a href="//127.3.33.2/articles/{n}">{title}</a></h3>'
        '<span class="by">{date}</span><p>The office says more about it.</p></article>',
    ),
    "paging": Template(
        '{ entry = "ul.list li", title = "a", link = "a@href", date = "span" }',
        '<li><a href="?id={n}">{title}</a> <span>{date}</span></li>',
        date="%d/%m/%Y",
        frame='<ul class="list">{rows}</ul>',
        language="fr",
        shown=4,
    ),
    "no dates": Template(
        '{ entry = "#news h4", title = "", link = "a@href" }',
        '<h4><a href="/plain/{n}">{title}</a></h4>',
        frame='<div id="news">{rows}</div>',
    ),
    "Korean": Template(
        '{ entry = ".board li", title = ".subject", link = "a@href", date = ".date" }',
        '<li><a href="/kr/{n}"><b class="subject">{title}</b></a><i class="date">{date}</i></li>',
        date="%Y년 %m월 %d일",
        frame='<ul class="board">{rows}</ul>',
        language="ko",
    ),
    "Russian": Template(
        '{ entry = ".news__item", title = ".news__title", link = ".news__title@href", date = ".news__date" }',
        '<div class="news__item"><div class="news__date">{date}</div>'
        '<a class="news__title" href="/ru/{n}">{title}</a></div>',
        date="%d.%m.%Y",
        language="ru",
    ),
    "base": Template(
        '{ entry = "dd", title = "a", link = "a@href" }',
        '<dd><a href="entry/{n}">{title}</a></dd>',
        frame='<base href="/of/the/base/"><dl>{rows}</dl>',
    ),
    "buttons": Template(
        '{ entry = ".card-body", title = "h5", link = "a.btn@href", date = "small" }',
        '<div class="card-body"><h5>{title}</h5><small>{date}</small><a class="btn" href="/b/{n}">Read more</a></div>',
        date="%d %b %Y",
    ),
}


def dateless(item: Item) -> Item:
    """Return *item* as a site shows it that forgot its date."""
    return replace(item, at=None)
