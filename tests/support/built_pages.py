"""Lists of news as differently built sites show them: each with the links, titles and dates of its entries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

TITLES = (
    "Vantor halts withdrawals after a breach of its hot wallets",
    "Oakmere bank fined for failures in its controls",
    "Quillbridge founders charged with laundering of funds",
    "Kestrel mixer added to the list of designated persons",
    "Harrowgate exchange returns what was stolen in August",
)
MENU = "".join(f'<li class="item"><a href="/section/{n}">Section number {n} of this office</a></li>' for n in range(6))
SIDEBAR = "".join(f'<li><a href="/popular/{n}">Popular page of last week, number {n}</a></li>' for n in range(9))


@dataclass(frozen=True)
class BuiltPage:
    """A page, and what is right for it."""

    body: str
    titles: tuple[str, ...] = TITLES
    dated: bool = True
    lang: str = "en"

    def html(self) -> bytes:
        """Return the page with a menu, a sidebar and a footer around its list."""
        return (
            f'<!doctype html><html lang="{self.lang}"><head><meta charset="utf-8"><title>News</title></head><body>'
            f'<header><a href="/">The office of things</a></header><div class="main-menu"><ul>{MENU}</ul></div>'
            f'{self.body}<aside><ul>{SIDEBAR}</ul></aside><footer><ul class="links">{MENU}</ul></footer></body></html>'
        ).encode()


def listed(build: Callable[[int, str], str], titles: tuple[str, ...] = TITLES) -> str:
    return "".join(build(number, title) for number, title in enumerate(titles))


KOREAN = (
    "거래소 지갑 탈취 사고 발표",
    "은행 제재 내부통제 부실",
    "자금세탁 혐의 기소 안내",
    "제재 대상 명단 추가 공고",
)
GERMAN = tuple(title.replace("the", "der") for title in TITLES)

PAGES: dict[str, BuiltPage] = {
    "rows of a content management system": BuiltPage(
        '<main><div class="view-content">'
        + listed(
            lambda n, t: (
                f'<div class="views-row"><div class="views-field-title"><a href="/n/{n}">{t}</a></div>'
                f'<div class="views-field-date">November {20 - n}, 2026</div></div>'
            )
        )
        + "</div></main>"
    ),
    "table": BuiltPage(
        '<div id="content"><table><tr><th>Datum</th><th>Titel</th><th>PDF</th></tr>'
        + listed(
            lambda n, t: (
                f"<tr><td>{20 - n}.11.2026</td><td><a href='/n/{n}'>{t}</a></td><td><a href='/p/{n}'>PDF</a></td></tr>"
            ),
            GERMAN,
        )
        + "</table></div>",
        titles=GERMAN,
        lang="de",
    ),
    "cards that are links": BuiltPage(
        '<section class="cards">'
        + listed(
            lambda n, t: (
                f'<a class="card" href="/n/{n}"><img alt=""><h2>{t}</h2><time datetime="2026-11-{20 - n}">'
                f"{n} days ago</time><p>A longer text about the matter that goes on for a while.</p></a>"
            )
        )
        + "</section>"
    ),
    "articles with a topic before the headline": BuiltPage(
        '<div class="stream">'
        + listed(
            lambda n, t: (
                f'<article><a class="topic" href="/topic/enforcement">Enforcement actions and orders</a>'
                f'<h3><a href="/n/{n}">{t}</a></h3><span class="byline">20 November 2026</span></article>'
            )
        )
        + "</div>"
    ),
    "plain list": BuiltPage(
        "<main><h1>News</h1><ul>"
        + listed(lambda n, t: f"<li><a href='/n/{n}'>{t}</a> <span>{20 - n}/11/2026</span></li>")
        + "</ul></main>"
    ),
    "utility classes": BuiltPage(
        '<div class="flex flex-col"><div class="flex p-4"><p>All the news of the office</p></div>'
        + listed(
            lambda n, t: (
                f'<div class="flex flex-col border-b md:w-1/2"><div class="flex text-sm"><span class="text-gray">'
                f'Nov {20 - n}, 2026</span></div><a class="text-lg font-bold" href="/n/{n}">{t}</a></div>'
            )
        )
        + "</div>"
    ),
    "generated classes": BuiltPage(
        '<main class="css-1x9"><div id="news" class="sc-aXbYcZ">'
        + listed(
            lambda n, t: (
                f'<div class="css-a1b2c3"><div class="css-77"><a class="css-k9" href="/n/{n}">{t}</a></div>'
                f'<div class="css-z{n}">2026-11-{20 - n}</div></div>'
            )
        )
        + "</div></main>"
    ),
    "headline beside a button": BuiltPage(
        '<div class="row">'
        + listed(
            lambda n, t: (
                f'<div class="col-md-4"><div class="card"><div class="card-body"><h5 class="card-title">{t}</h5>'
                f'<p class="card-text"><small>{20 - n} Nov 2026</small></p><a href="/n/{n}" class="btn">Read more</a>'
                "</div></div></div>"
            )
        )
        + "</div>"
    ),
    "short titles in Korean": BuiltPage(
        '<div class="board"><ul class="list">'
        + listed(
            lambda n, t: (
                f'<li><span class="num">{n}</span><a href="/n/{n}" class="subject">{t}</a>'
                f'<span class="date">2026.11.{20 - n}</span></li>'
            ),
            KOREAN,
        )
        + "</ul></div>",
        titles=KOREAN,
        lang="ko",
    ),
    "headlines without blocks": BuiltPage(
        '<div id="content">'
        + listed(lambda n, t: f'<h3><a href="/n/{n}">{t}</a></h3><p>A longer text about the matter.</p>')
        + "</div>",
        dated=False,
    ),
    "terms and descriptions": BuiltPage(
        "<main><dl>"
        + listed(lambda n, t: f'<dt>{20 - n} November 2026</dt><dd><a href="/n/{n}">{t}</a></dd>')
        + "</dl></main>",
        dated=False,
    ),
    "picture and headline link to the same page": BuiltPage(
        '<div class="posts">'
        + listed(
            lambda n, t: (
                f'<div class="post"><a href="/n/{n}"><img alt="A picture of something"></a>'
                f'<div class="post-meta"><a href="/author/ana">Ana of the press department</a>, '
                f"<time>November {20 - n}, 2026</time>"
                f'</div><div class="post-title"><a href="/n/{n}">{t}</a></div></div>'
            )
        )
        + "</div>"
    ),
    "paragraphs": BuiltPage(
        '<div class="region">'
        + listed(lambda n, t: f'<p><strong>{20 - n} November 2026</strong> – <a href="/n/{n}">{t}</a></p>')
        + "</div>"
    ),
    "date in pieces beside a topic": BuiltPage(
        '<div id="list">'
        + listed(
            lambda n, t: (
                f'<div class="item"><div class="left"><b>{20 - n}</b> Nov 2026</div><div class="right">'
                f'<div class="cat"><a href="/c/">Press release of the office</a></div><a class="t" href="/n/{n}">{t}'
                f"</a></div>"
                "</div>"
            )
        )
        + "</div>"
    ),
    "tabs before the list": BuiltPage(
        f'<main><ul class="tabs">{MENU}</ul><ul class="res">'
        + listed(lambda n, t: f'<li><div><a href="/n/{n}">{t}</a></div><div>November {20 - n}, 2026</div></li>')
        + "</ul></main>"
    ),
    "classes of modules": BuiltPage(
        '<div class="List_root__aB3xZ">'
        + listed(
            lambda n, t: (
                f'<div class="List_item__x9KqL"><a class="Card_link__Zz1aB" href="/n/{n}">'
                f'<div class="Card_title__aBcDe">{t}</div></a><div class="Card_date__qWeRt">{20 - n} ноября 2026'
                f"</div></div>"
            )
        )
        + "</div>",
        lang="ru",
    ),
}
