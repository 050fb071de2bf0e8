from __future__ import annotations

import pytest
from support.built_pages import PAGES
from support.pages import block, page

from monitor.feeds.parse.page_proposals import propose_selectors
from monitor.feeds.parse.web_page import read_page

URL = "https://office.example/notices"


def test_the_list_of_the_page_is_proposed_and_not_its_menu():
    body = page([block(n, date=f"November {20 - n}, 2026") for n in range(6)])
    best = propose_selectors(body, URL)[0]
    assert (best.selectors.entry, best.selectors.date) == ("div.row", "span.when")
    assert [entry.link for entry in best.feed.entries] == [f"https://office.example/notices/{n}" for n in range(6)]
    assert all(entry.published_at for entry in best.feed.entries)


def test_a_time_element_gives_its_attribute():
    headline = "A long enough headline, number"
    blocks = [
        f'<article><time datetime="2026-11-2{n}">today</time><a href="/{n}">{headline} {n}</a></article>'
        for n in range(4)
    ]
    assert propose_selectors(page(blocks), URL)[0].selectors.date == "time@datetime"


def test_what_is_proposed_gives_the_entries_that_are_shown():
    body = page([f'<li><a href="/{n}">Notice number {n} of the year</a></li>' for n in range(5)], menu=False)
    for proposal in propose_selectors(body, URL):
        assert read_page(body, URL, proposal.selectors).entries == proposal.feed.entries


def test_a_page_without_a_list_gets_no_proposal():
    assert propose_selectors(page(["<p>Closed today.</p>"]), URL) == ()
    assert propose_selectors(b"", URL) == ()


def test_generated_class_names_are_not_used():
    blocks = [f'<div class="css-1x2y3z"><a href="/{n}">A long enough headline, number {n}</a></div>' for n in range(4)]
    assert all("css-" not in proposal.selectors.entry for proposal in propose_selectors(page(blocks), URL))


@pytest.mark.parametrize("name", PAGES)
def test_the_first_proposal_gives_the_entries_of_the_page(name):
    built = PAGES[name]
    best = propose_selectors(built.html(), "https://office.example/news")[0]
    assert [(entry.text.title, entry.link) for entry in best.feed.entries] == [
        (title, f"https://office.example/n/{number}") for number, title in enumerate(built.titles)
    ]
    assert all((entry.published_at is not None) == built.dated for entry in best.feed.entries)


def test_a_teaser_is_the_summary():
    best = propose_selectors(PAGES["cards that are links"].html(), URL)[0]
    assert best.selectors.summary == "p"
    assert best.feed.entries[0].text.summary == "A longer text about the matter that goes on for a while."
