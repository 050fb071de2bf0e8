from __future__ import annotations

import csv
import io
import json
import re

import feedparser
import pytest
from support.store_samples import put_hit

from monitor.config import load
from monitor.store import open_writer

HITS = 3


@pytest.fixture
def filled(terminal, tmp_path):
    """A database with three hits."""
    terminal.configure()
    with open_writer(tmp_path / "monitor.db") as db:
        for number in range(HITS):
            put_hit(db, str(number + 1), seen_s=60 * number)
    return terminal


def test_ndjson_is_what_hits_prints(filled):
    assert filled.type("export", "ndjson").out == filled.type("hits", "--ndjson").out
    assert filled.type("export", "ndjson").out.count("\n") == HITS


def test_csv_is_what_hits_prints(filled):
    assert filled.type("export", "csv").out == filled.type("hits", "--csv").out


def test_the_filters_are_those_of_hits(filled):
    for words in (["--limit", "2"], ["--actor", "lazarus"], ["--severity", "critical"], ["--since", "2026-11-23"]):
        assert filled.type("export", "ndjson", *words).out == filled.type("hits", "--ndjson", *words).out, words
    assert "nobody" in filled.type("export", "csv", "--actor", "nobody").err
    assert filled.type("export", "csv", "--severity", "huge").code == 2


def test_atom_is_read_as_a_feed_and_has_stable_ids(filled):
    texts = [filled.type("export", "atom").out for _ in range(2)]
    feeds = [feedparser.parse(text) for text in texts]
    assert [feed.bozo for feed in feeds] == [False, False]
    assert [entry.id for entry in feeds[0].entries] == [entry.id for entry in feeds[1].entries]
    assert len({entry.id for entry in feeds[0].entries}) == HITS
    assert feeds[0].entries[0].link == "https://desk.example/3"


def test_atom_links_to_the_page_if_there_is_one(filled):
    filled.configure(filled.config_text('[web]\nbase_url = "https://monitor.example"\n'))
    entry = feedparser.parse(filled.type("export", "atom").out).entries[0]
    assert entry.link == entry.id == "https://monitor.example/hits/3"


def test_the_file_is_replaced_whole(filled, tmp_path):
    file = tmp_path / "hits.csv"
    file.write_text("old")
    file.chmod(0o640)
    assert filled.type("export", "csv", "-o", str(file)).out == ""
    assert len(list(csv.reader(io.StringIO(file.read_text())))) == 1 + HITS
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".hits")] == []


def test_database_and_configuration_are_never_replaced(filled, tmp_path):
    for name in ("config.toml", "monitor.db"):
        said = filled.type("export", "csv", "-o", str(tmp_path / name))
        assert said.code == 2
        assert "choose another" in said.err
    assert filled.type("export", "csv").out.count("\n") == 1 + HITS
    assert filled.type("export", "csv", "-o", str(tmp_path / "missing" / "x.csv")).code == 2


def test_a_secret_in_an_article_link_is_not_exported(filled, monkeypatch):
    monkeypatch.setenv("TOK", "desk.example/2")
    filled.configure(url="http://127.4.0.9:9/${TOK}")
    rows = [json.loads(line) for line in filled.type("export", "ndjson").out.splitlines()]
    assert [row["link"] for row in rows] == ["https://desk.example/3", "https://***", "https://desk.example/1"]
    assert "desk.example/2" not in filled.type("export", "atom").out


@pytest.mark.parametrize("words", [["stix"], ["stix", "--per", "hit"], ["misp"], ["misp", "--per", "run"]])
def test_stix_and_misp_are_json_and_the_same_each_time(filled, words):
    texts = [filled.type("export", *words, "--tlp", "amber").out for _ in range(2)]
    assert texts[0] == texts[1]
    assert "Lazarus Group drained" in texts[0]
    assert "amber" in texts[0]
    assert json.loads(texts[0])
    some = filled.type("export", *words, "--limit", "1", "--until", "2026-11-22T10:00").out
    assert json.loads(some)
    assert len(some) < len(texts[0])


def test_a_secret_in_an_article_is_not_exported_to_platforms(filled, monkeypatch):
    monkeypatch.setenv("TOK", "desk.example/2")
    filled.configure(url="http://127.4.0.9:9/${TOK}")
    for form in ("stix", "misp"):
        said = filled.type("export", form).out
        assert "desk.example/1" in said
        assert "desk.example/2" not in said


def test_opml_has_the_feeds_and_names_what_it_leaves_out(terminal, monkeypatch):
    monkeypatch.setenv("TOK", "open-sesame-7")
    terminal.configure(
        terminal.config_text('[feeds.desk]\nurl = "https://desk.example/rss?key=${TOK}"\n').replace(
            'wire = "{url}"', 'wire.url = "https://wire.example/rss"\nwire.tags = ["asia"]'
        )
    )
    said = terminal.type("export", "opml")
    assert said.code == 0
    assert 'xmlUrl="https://wire.example/rss"' in said.out
    assert "open-sesame" not in said.out + said.err
    assert 'feed "desk" is left out' in said.err


FEEDS = """
[feeds.wire]
url = "https://wire.example/rss?a=1&b=%3C2%3E"
outlet = "The <Wire> & \\"co\\", 北"
tags = ["asia", "news", "with blank"]
[feeds."desk.2"]
url = "https://desk.example/atom"
language = "de"
[feeds.ofac]
url = "https://ofac.example/recent"
tags = ["news"]
page = { entry = ".row > li[class~='x y']", title = "a", link = "a@href", date = ".date", summary = ".teaser" }
[feeds.map]
url = "https://map.example/news-sitemap.xml"
"""


def without_date(opml):
    return re.sub("<dateCreated>.*</dateCreated>", "", opml)


def test_exported_feeds_are_the_same_when_they_are_imported(terminal, tmp_path):
    terminal.configure(terminal.config_text(FEEDS).replace('[feeds]\nwire = "{url}"\n', ""))
    before = load(terminal.config, environ={}).config.feeds
    assert terminal.type("export", "opml", "-o", str(tmp_path / "feeds.opml")).code == 0
    other = tmp_path / "other"
    other.mkdir()
    terminal.config = other / "config.toml"
    terminal.configure('include = ["feeds.toml"]\n[storage]\npath = "monitor.db"\n')
    said = terminal.type("import", "opml", str(tmp_path / "feeds.opml"), "-o", str(other / "feeds.toml"))
    assert said.code == 0, said.err
    after = load(terminal.config, environ={}).config.feeds
    assert dict(after) == dict(before)
    first, second = (tmp_path / "feeds.opml").read_text(), terminal.type("export", "opml").out
    assert without_date(second) == without_date(first)
