from __future__ import annotations

import csv
import io
import json
import re

from support.command_line import CONFIG
from support.servers import Reply
from support.sqlite_file import open_sqlite

from monitor.cli.app import run

FEED = (
    b"<rss version='2.0'><channel><title>Wire</title>"
    b"<item><guid>1</guid><title>A quiet week</title><link>https://wire.example/1</link></item>%s</channel></rss>"
)
THEFT = b"<item><guid>2</guid><title>Lazarus Group stole $2M</title><link>https://wire.example/2</link></item>"


def polled_twice(terminal, site):
    """Poll a feed that publishes a hit after its baseline; return what the second ``once`` printed."""
    terminal.configure(url=site.route("/feed", Reply(body=FEED % b""), Reply(body=FEED % THEFT)))
    assert terminal.type("once").code == 0
    return terminal.type("once")


def test_once_polls_stores_and_alerts(terminal, site):
    said = polled_twice(terminal, site)
    assert said.code == 0
    assert "Lazarus Group** stole" in said.out
    assert "wire: 1 new, 1 hit" in said.err


def test_once_exits_1_and_says_so_when_a_feed_fails(terminal, site):
    terminal.configure(url=site.route("/feed", Reply(status=500)))
    said = terminal.type("once")
    assert said.code == 1
    assert "wire: server error: " in said.err


def test_once_keeps_deliveries_that_failed_and_reports_them(terminal, site):
    config = CONFIG.replace("console://", "json://127.4.0.9:9/hook") + '[alerts]\nfirst_run = "alert"\n'
    terminal.configure(config, url=site.route("/feed", Reply(body=FEED % THEFT)))
    said = terminal.type("once")
    assert said.code == 1
    assert "desk: not delivered yet: the connection was refused" in said.err


def test_a_dry_run_shows_who_would_be_notified_and_stores_nothing(terminal, site, tmp_path):
    terminal.configure(url=site.route("/feed", Reply(body=FEED % b""), Reply(body=FEED % THEFT)))
    terminal.type("once")
    said = terminal.type("once", "--dry-run")
    assert "[CRITICAL] Lazarus Group stole $2M" in said.out
    assert "desk: send, rules theft, any" in said.out
    with open_sqlite(tmp_path / "monitor.db") as db:
        assert db.execute("SELECT count(*) FROM hits").fetchone() == (0,)


def test_hits_lists_and_filters(terminal, site):
    polled_twice(terminal, site)
    rows = json.loads(terminal.type("hits", "--json", "--actor", "lazarus", "--since", "1h").out)
    keys = [
        "id",
        "seen_at",
        "published_at",
        "severity",
        "title",
        "link",
        "feed",
        "outlet",
        "actors",
        "keywords",
        "rules",
        "story",
        "triage",
    ]
    assert list(rows[0]) == keys
    assert terminal.type("hits", "--actor", "inferno").out == ""
    assert "Lazarus Group stole $2M" in terminal.type("hits").out


def test_csv_of_hits_escapes_cells_that_a_spreadsheet_would_execute(terminal, site):
    evil = b'<item><guid>3</guid><title>=cmd() Lazarus Group stole, says "who"</title></item>'
    terminal.configure(url=site.route("/feed", Reply(body=FEED % b""), Reply(body=FEED % evil)))
    terminal.type("once")
    terminal.type("once")
    header, row = csv.reader(io.StringIO(terminal.type("hits", "--csv").out))
    assert row[header.index("title")] == '\'=cmd() Lazarus Group stole, says "who"'
    assert row[header.index("actors")] == "lazarus"


def test_hits_rejects_an_invalid_time_or_severity(terminal):
    terminal.configure()
    answer = terminal.type("hits", "--since", "soon")
    assert answer.code == 2
    assert '--since: "soon" is not a time; use 2026-11-26' in answer.err
    assert "low, medium, high or critical" in terminal.type("hits", "--severity", "grave").err


def test_hits_are_filtered_by_triage(terminal, site, tmp_path):
    polled_twice(terminal, site)
    assert [row["id"] for row in json.loads(terminal.type("hits", "--json", "--triage", "none").out)] == [1]
    with open_sqlite(tmp_path / "monitor.db") as db:
        db.execute("UPDATE hits SET triage = 'noise'")
    assert terminal.type("hits", "--triage", "none").out == ""
    assert [row["triage"] for row in json.loads(terminal.type("hits", "--json", "--triage", "noise").out)] == ["noise"]
    assert terminal.type("hits", "--triage", "maybe").code == 2


def test_search_finds_all_entries_and_marks_hits(terminal, site):
    polled_twice(terminal, site)
    rows = [json.loads(line) for line in terminal.type("search", "--ndjson", "*** (", "quiet").out.splitlines()]
    assert [(row["title"], row["hit"]) for row in rows] == [("A quiet week", None)]
    header, row = csv.reader(io.StringIO(terminal.type("search", "--csv", "--since", "1h", "stole").out))
    assert (row[header.index("title")], row[header.index("hit")]) == ("Lazarus Group stole $2M", "1")
    assert terminal.type("search", "zebra").err == "no entry found\n"
    assert terminal.type("search", "--since", "soon", "quiet").code == terminal.type("search", "***").code == 2


def test_db_check_names_a_hit_that_was_changed_outside_the_monitor(terminal, site, tmp_path):
    polled_twice(terminal, site)
    said = terminal.type("db", "check")
    link = said.err.rpartition("link ")[2].strip()
    assert (said.code, len(link)) == (0, 64)
    assert "hit #1" in terminal.type("db", "check", "--link", link).err
    assert terminal.type("db", "check", "--link", "0" * 64).code == 1
    with open_sqlite(tmp_path / "monitor.db") as db:
        db.execute("UPDATE hits SET severity = 1")
    said = terminal.type("db", "check")
    assert (said.code, said.out) == (1, "hit log: hit #1 was changed after it was recorded\n")
    assert "the database is intact, but hits were changed" in said.err


def test_show_names_every_destination_with_decision_and_reason(terminal, site):
    polled_twice(terminal, site)
    said = terminal.type("show", "1").out
    assert "desk: send, rules theft, any; delivery 1 is sent" in said
    assert re.search(r"Stories by day, up to .*\n  lazarus ▁+█ 1 story in 28 days, most 1 on ", said)
    row = json.loads(terminal.type("show", "1", "--json").out)
    (series,) = row["daily_mentions"]
    assert (series["actor"], series["stories"]) == ("lazarus", [0] * 27 + [1])
    assert row["destinations"][0]["state"] == "sent"
    assert len(row["raw_sha256"]) == 64


def test_show_of_an_unknown_hit_is_a_usage_error(terminal, site):
    polled_twice(terminal, site)
    assert terminal.type("show", "99").code == 2


def test_feeds_names_state_cause_and_remedy(terminal, site):
    terminal.configure(url=site.route("/feed", Reply(status=404)))
    terminal.type("once")
    said = terminal.type("feeds", "--json")
    row = json.loads(said.out)[0]
    assert said.code == 1
    assert (row["feed"], row["state"]) == ("wire", "not found")
    assert "404" in row["cause"]
    assert row["remedy"]


def test_feeds_shows_no_value_that_came_from_a_secret(terminal, site, monkeypatch):
    monkeypatch.setenv("TOK", "open-sesame-7")
    site.redirect("/feed", "/new?token=open-sesame-7", 301)
    site.route("/new", Reply(body=FEED % THEFT))
    terminal.configure(url=site.url("/feed") + "?token=${TOK}")
    said = [terminal.type(*words) for words in (["once"], ["feeds"], ["feeds", "--json"], ["feeds", "--csv"])]
    assert site.requests[0].path == "/feed?token=open-sesame-7"
    assert "open-sesame-7" not in "".join(typed.out + typed.err for typed in said)
    assert json.loads(said[2].out)[0]["url"].endswith("/feed?token=***")


def test_hits_without_a_database_says_which_command_creates_it(terminal):
    terminal.configure()
    said = terminal.type("hits")
    assert said.code == 1
    assert "monitor once" in said.err


def test_parse_prints_one_line_per_entry_and_continues_after_a_bad_file(capsys, tmp_path):
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(FEED % THEFT)
    bad.write_bytes(b"<html><body>no feed here</body></html>")
    code = run(["parse", str(bad), str(tmp_path / "missing.xml"), str(good)])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 1
    assert [row.get("file", row.get("id")) for row in rows] == [str(bad), str(tmp_path / "missing.xml"), "1", "2"]
    keys = ["id", "link", "title", "summary", "content", "author", "published", "updated", "feed_title"]
    assert list(rows[-1]) == keys


def test_parse_accepts_a_url_on_this_machine(capsys, site):
    assert run(["parse", site.route("/feed", Reply(body=FEED % b""))]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "A quiet week"


def test_explain_shows_matches_rejected_candidates_and_who_is_notified(terminal):
    terminal.configure()
    said = terminal.type("explain", "Lazurus Group stole $2M\nThe Towering Inferno is a film").out
    assert '"Lazurus Group" for "Lazarus Group" (fuzzy, 1 edit: "u" for "a" in "lazurus") in title 0-13: counts' in said
    assert 'does not count: inside the excluded phrase "Towering Inferno"' in said
    assert "theft: matches, critical" in said
    assert "if this were a new entry\n  desk\n" in said


def test_explain_shows_the_context_word_that_confirms_a_weak_name(terminal):
    terminal.configure(CONFIG + '[actors.heron]\naliases = ["Night Heron"]\nweak = ["Heron"]\ncontext = ["stole"]\n')
    said = terminal.type("explain", "Heron in the end stole it").out
    assert 'actor heron: "Heron" (exact) in title 0-5: counts, for its context is "stole", 4 words away' in said


def test_explain_of_a_url_reads_the_text_of_the_page(terminal, site):
    page = b"<html><head><title>News</title></head><body><p>Lazarus Group again</p></body></html>"
    terminal.configure()
    url = site.route("/story", Reply(body=page, headers=[("Content-Type", "text/html")]))
    assert '"Lazarus Group" (exact) in content' in terminal.type("explain", url).out


def test_test_shows_a_failure_as_a_difference_with_the_reason(terminal):
    terminal.configure(
        CONFIG
        + '[[tests]]\ntitle = "Lazarus Group stole $2M"\nexpect = { actors = ["lazarus"] }\n'
        + '[[tests]]\ntitle = "Inferno returns"\nexpect = { actors = ["inferno"] }\n'
    )
    said = terminal.type("test")
    assert said.code == 1
    assert "--- expected\n  +++ found\n  - actors = inferno\n  + actors = nothing\n" in said.out
    assert "no context word" in said.out
    assert said.out.endswith("1 passed, 1 failed\n")


def test_check_exits_0_without_errors_1_with_one_and_strict_counts_warnings(terminal):
    terminal.configure()
    assert terminal.type("check").code == 0
    terminal.configure(CONFIG + '[destinations.unused]\nurl = "console://"\n')
    assert terminal.type("check").code == 0
    assert terminal.type("check", "--strict").code == 1
    terminal.configure(CONFIG.replace("[keywords]", "[keywords]\nbroken = 7"))
    assert terminal.type("check").code == 1


def test_check_online_fetches_each_feed_once(terminal, site):
    terminal.configure(url=site.route("/feed", Reply(body=FEED % THEFT)))
    said = terminal.type("check", "--online")
    assert "wire: ok, 2 entries" in said.out
    assert len(site.requests) == 1


def test_a_contact_is_required_before_public_sites_are_polled(terminal):
    terminal.configure(url="https://news.example/feed")
    for command in (["once"], ["run"], ["check", "--online"]):
        said = terminal.type(*command)
        assert said.code == 2
        assert 'contact = "you@example.org"' in said.err
    assert terminal.type("check").code == 1


def test_init_writes_configuration_schema_and_unit_and_never_overwrites(tmp_path):
    config = tmp_path / "config.toml"
    assert run(["init", str(tmp_path)]) == 0
    before = config.read_bytes()
    assert run(["init", str(tmp_path)]) == 2
    assert config.read_bytes() == before
    assert (tmp_path / "config.schema.json").exists()
    assert (tmp_path / "monitor.service").exists()


def test_schema_is_json_schema_draft_7(capsys):
    assert run(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["$schema"].startswith("http://json-schema.org/draft-07/")


def test_demo_alerts_with_the_reason_and_ends_in_silence(capsys):
    assert run(["demo"]) == 0
    said = capsys.readouterr().out
    assert "nothing is kept" in said
    assert 'why: rule theft: "Lazarus Group" (exact) with theft: "drained"' in said
    first, second, third = said.split(" poll. ")[1:]
    assert "CRITICAL" not in first + third
    assert third.count("not modified") == 3
    assert "ledger-wire" in second


def test_explain_lists_addresses_transactions_and_cves(terminal):
    address = "0xde709f2102306220921060314715629080e2fb77"
    terminal.configure()
    said = terminal.type("explain", f"Lazarus Group drained {address} by CVE-2024-12345")
    assert f"  ETH address {address}, in the title\n  CVE-2024-12345, in the title\n" in said.out


def test_an_address_of_a_listed_actor_is_alerted_with_list_and_date(terminal, site):
    address = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
    listed = (
        '[lists.ofac]\ntitle = "OFAC SDN list"\ndate = 2026-11-25\nsanctions = true\n'
        f'[actors.ferry]\nname = "Tin Ferry"\naliases = ["Tin Ferry"]\nlist = "ofac"\naddresses = ["{address}"]\n'
    )
    item = f"<item><guid>1</guid><title>Coins moved</title><description>To {address.lower()}.</description></item>"
    replies = Reply(body=FEED % b""), Reply(body=FEED % item.encode())
    terminal.configure(CONFIG + listed, site.route("/feed", *replies))
    terminal.type("once")
    alert = " ".join(re.sub("[│\u200b]", "", terminal.type("once").out).split())
    assert "Tin Ferry: address on the OFAC SDN list of 2026-11-25" in alert
    assert f"address {address.lower()} of ferry" in alert
    shown = terminal.type("show", "1").out
    assert f'actor ferry: "{address.lower()}" in summary 3-45 for {address} (address)' in shown
    assert "Published lists\n  Tin Ferry: address on the OFAC SDN list of 2026-11-25" in shown
    assert terminal.type("db", "check").code == 0
