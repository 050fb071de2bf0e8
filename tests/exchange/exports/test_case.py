from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from support.export_samples import HOSTILE, Report, put_report
from support.store_samples import NOW, after, entry, put_delivery, read

from monitor.errors import UsageError
from monitor.exchange.exports import case, case_page
from monitor.exchange.exports.case import CaseExport, CaseSubject, CaseSummary
from monitor.model import Text
from monitor.redaction import Redactor
from monitor.store import open_reader, write
from monitor.store.active_files import ActiveFiles
from monitor.store.db.statements import rows as query
from monitor.store.entries import add_entry, replace_text
from monitor.store.forgetting import Subject, forget
from monitor.store.hash_chain import head
from monitor.store.hits import load_hit
from monitor.store.housekeeping import prune
from monitor.store.triage_and_silences import NewSilence, TriageRecord, add_silence, triage
from monitor.store.watchlists import pack_configuration, store_configuration

SCRIPT = Path(__file__).resolve().parents[3] / "docs" / "verify_case.py"
_SCRIPT = compile(SCRIPT.read_text(), SCRIPT, "exec")
TAGS = set("html head meta title style body h1 h2 h3 table caption tr th td p a code".split())  # noqa: SIM905
LAZARUS = CaseSubject(actor="lazarus", name="Lazarus Group")


def export(path: Path, folder: Path, subject: CaseSubject = LAZARUS, *secrets: str) -> CaseSummary:
    with open_reader(path) as db:
        return CaseExport(db, Redactor(secrets).redact, NOW).write(subject, folder)


def rows(folder: Path, name: str) -> list[dict]:
    return [json.loads(line) for line in (folder / f"{name}.ndjson").read_text().splitlines()]


def verified(folder: Path, *links: str) -> str:
    """Run the script that verifies a case, and return what it says; it begins with "verified" or "REFUSED"."""
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.setattr(sys, "argv", [str(SCRIPT), str(folder), *links])
        try:
            exec(_SCRIPT, {"__name__": "__main__", "__doc__": ""})
        except SystemExit as refused:
            return str(refused.code)
    assert printed.getvalue().startswith("verified")
    return printed.getvalue()


def signed_again(folder: Path) -> None:
    """Make the manifest anew, as somebody does who alters a case and knows its format."""
    manifest = folder / "MANIFEST"
    header = [line for line in manifest.read_text().splitlines() if line.startswith("#")]
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != manifest)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}" for path in files]
    manifest.write_text("\n".join([*header, *lines]) + "\n")


@pytest.fixture(scope="session")
def sample_case(sample_database, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("case") / "lazarus"
    export(sample_database, folder)
    return folder


@pytest.fixture
def copied(sample_case, tmp_path) -> Path:
    return Path(shutil.copytree(sample_case, tmp_path / "copy"))


def test_the_script_needs_only_python(sample_case):
    done = subprocess.run([sys.executable, "-I", SCRIPT, sample_case], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.startswith("verified"), done.stderr) == (0, True, "")
    done = subprocess.run([sys.executable, "-I", SCRIPT, sample_case, "1"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.startswith("REFUSED")) == (1, True)


def test_a_case_is_verified(sample_case, samples):
    assert "verified: 9 files, 18 links, 6 of 6 hits" in verified(sample_case)
    assert verified(sample_case, head(samples).link.hex()).startswith("verified")
    assert "LINK is not" in verified(sample_case, "11" * 32)
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "MANIFEST"], cwd=sample_case, capture_output=True, check=False
    )
    assert done.returncode == 0


@pytest.mark.parametrize("signed", [False, True], ids=["", "manifest made anew"])
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("entries.ndjson", "drained an exchange", "drained a bank"),
        ("entries.ndjson", "https://desk.example/a", "https://desk.example/b"),
        ("hits.ndjson", '\\"severity\\":\\"critical\\"', '\\"severity\\":\\"low\\"'),
        ("hits.ndjson", '"why": "\\"Lazarus Group\\" (exact)"', '"why": "\\"Lazarus\\" (exact)"'),
        ("hits.ndjson", '"severity": "critical"', '"severity": "low"'),
        ("hits.ndjson", '"text": "Lazarus Group"', '"text": "Lazarus Grouq"'),
        ("hits.ndjson", '"value": "40000000"', '"value": "40000001"'),
        ("hits.ndjson", '"raw_sha256": "61"', '"raw_sha256": "62"'),
        ("hits.ndjson", '"seen_at": "2026-11-22T10:00', '"seen_at": "2026-11-21T10:00'),
        ("hits.ndjson", '"severity": "critical", "why"', '"severity": "low", "why"'),
        ("hits.ndjson", '"send_to": ["slack"', '"send_to": ["pager"'),
        ("hits.ndjson", '"rule": "dprk-theft"', '"rule": "dprk"'),
        ("hits.ndjson", '"is_update": false', '"is_update": true'),
        ("hits.ndjson", '"watchlist_fingerprint": "f1"', '"watchlist_fingerprint": "f2"'),
        ("hits.ndjson", '"actors": ["lazarus"]', '"actors": ["other"]'),
        (
            "hits.ndjson",
            '"title": "OFAC SDN list", "date": "2026-11-20"',
            '"title": "OFAC SDN list", "date": "2025-11-20"',
        ),
        ("hits.ndjson", '"severity": "critical"', '"severity": "low", "severity": "critical"'),
        ("entries.ndjson", '"outlet": "Desk"', '"outlet": "Other Desk"'),
        ("entries.ndjson", '"feed": "desk"', '"feed": "other"'),
        ("entries.ndjson", '"text_sha256": "', '"text_sha256": "00'),
        ("chain.ndjson", '"content": "', '"content": "00'),
    ],
)
def test_an_altered_text_rule_hash_or_link_is_refused(copied, name, old, new, signed):
    file = copied / name
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))
    if signed:
        signed_again(copied)
    assert verified(copied).startswith("REFUSED")


@pytest.mark.parametrize("name", ["decisions", "deliveries", "triage", "silences", "case"])
def test_what_is_outside_of_the_chain_is_refused_by_the_manifest(copied, name):
    file = next(copied.glob(f"{name}.*"))
    file.write_text(file.read_text() + "\n")
    assert f"{file.name}" in verified(copied)


def test_removed_and_added_files_are_refused(copied):
    (copied / "more.txt").write_text("more")
    assert "more.txt" in verified(copied)
    (copied / "more.txt").unlink()
    (copied / "triage.ndjson").unlink()
    assert "triage.ndjson" in verified(copied)


def changed(folder: Path, name: str, change) -> None:
    """Change the rows of a file of the case, and make the manifest anew."""
    found = rows(folder, name)
    (folder / f"{name}.ndjson").write_text("".join(f"{json.dumps(row)}\n" for row in change(found)))
    signed_again(folder)


def put_report_with_all_records(db) -> int:
    """Add a hit that was delivered and triaged and whose actor is silenced; return its id."""
    hit, _ = put_report(db, Report("a"))
    put_delivery(db, hit)
    with write(db):
        triage(db, hit, TriageRecord("noise", "ana", after(60), "a namesake"))
        add_silence(db, NewSilence("actor", "lazarus", "ben", "a conference", after(900)), NOW)
    return hit


@pytest.mark.parametrize("name", ["entries", "hits", "decisions", "deliveries", "triage", "silences"])
def test_a_row_that_was_removed_is_refused(db, path, tmp_path, name):
    put_report_with_all_records(db)
    export(path, tmp_path / "case")
    changed(tmp_path / "case", name, lambda found: found[1:])
    assert verified(tmp_path / "case").startswith("REFUSED")


def test_a_delivery_or_a_triage_that_the_other_files_name_cannot_be_removed(db, path, tmp_path):
    put_report_with_all_records(db)
    folder = tmp_path / "case"
    export(path, folder)
    for name, problem in (("triage", "the triage of hits"), ("deliveries", "the delivery of a decision")):
        (folder / "case.json").write_text((folder / "case.json").read_text().replace(f'"{name}": 1', f'"{name}": 0'))
        kept = (folder / f"{name}.ndjson").read_text()
        changed(folder, name, lambda _: [])
        assert problem in verified(folder)
        (folder / f"{name}.ndjson").write_text(kept)
        (folder / "case.json").write_text((folder / "case.json").read_text().replace(f'"{name}": 0', f'"{name}": 1'))


def test_a_second_text_or_a_hit_without_its_record_is_refused(copied):
    untrue = {"title": "Untrue", "has_secret": True}
    changed(copied, "entries", lambda found: [found[0] | untrue, *found[1:-1], found[0]])
    assert verified(copied).startswith("REFUSED")


def test_a_hit_without_a_record_that_the_case_does_not_explain_is_refused(copied):
    changed(copied, "hits", lambda found: [found[0] | {"record": None, "severity": "low"}, *found[1:]])
    assert "has no record" in verified(copied)


@pytest.mark.parametrize(
    "add",
    [
        lambda folder: (folder / "more").symlink_to("/"),
        lambda folder: os.mkfifo(folder / "more"),
        lambda folder: (folder / "MANIFEST").write_bytes(b"\xff"),
        lambda folder: (folder / "hits.ndjson").write_text("[1]\n") and signed_again(folder),
        lambda folder: (folder / "hits.ndjson").write_text("[" * 100_000) and signed_again(folder),
        lambda folder: (folder / "case.json").unlink() or signed_again(folder),
    ],
    ids=["link", "pipe", "manifest that is no text", "no rows", "too deep", "file removed and manifest made anew"],
)
def test_what_is_no_case_is_refused_and_not_waited_for(copied, add):
    add(copied)
    assert verified(copied).startswith("REFUSED")


def test_a_case_without_manifest_is_refused(copied):
    (copied / "MANIFEST").unlink()
    assert verified(copied).startswith("REFUSED")


@pytest.mark.parametrize(
    "reorder",
    [
        pytest.param(lambda links: [*links[:3], links[4], links[3], *links[5:]], id="two exchanged"),
        pytest.param(lambda links: [*links[:3], *links[4:]], id="one removed"),
        pytest.param(lambda links: links[:-1], id="cut off"),
        pytest.param(lambda links: links[::-1], id="reversed"),
    ],
)
def test_a_chain_that_was_reordered_or_shortened_is_refused(copied, reorder):
    file = copied / "chain.ndjson"
    file.write_text("".join(f"{line}\n" for line in reorder(file.read_text().splitlines())))
    signed_again(copied)
    assert verified(copied).startswith("REFUSED")


def test_a_story_is_exported_with_its_entries_that_are_no_hits(db, path, tmp_path):
    _, story = put_report(db, Report("a"))
    with write(db):
        add_entry(
            db, replace(entry("b"), text=Text("An exchange is empty")), story=story, story_reason="the same victim"
        )
    put_report(db, Report("c"))
    summary = export(path, tmp_path / "case", CaseSubject(story=story))
    assert (summary.entries, summary.hits) == (2, 1)
    assert [row["title"] for row in rows(tmp_path / "case", "entries")][1] == "An exchange is empty"
    assert verified(tmp_path / "case").startswith("verified")


def test_decisions_deliveries_triage_and_silences_are_in_words_and_as_codes(db, path, tmp_path):
    hit = put_report_with_all_records(db)
    with write(db):
        add_silence(db, NewSilence("actor", "other", "ben", "no", after(900)), NOW)
    folder = tmp_path / "case"
    export(path, folder)
    (decision,), (delivery,) = rows(folder, "decisions"), rows(folder, "deliveries")
    assert (decision["verdict"], decision["reasons"][0]["code"]) == ("send", "rules matched")
    assert "dprk-theft" in decision["reason"]
    assert (delivery["destination"], delivery["hits"], delivery["other_hits"]) == ("slack", [hit], 0)
    assert [(t["author"], t["why"]) for t in rows(folder, "triage")] == [("ana", "a namesake")]
    assert [s["why"] for s in rows(folder, "silences")] == ["a conference"]
    page = (folder / "case.html").read_text()
    assert all(text in page for text in ("a namesake", "a conference", "rules matched", "slack"))


def test_a_replaced_text_is_part_of_the_case(db, path, tmp_path):
    hit, _ = put_report(db, Report("a"))
    with write(db):
        replace_text(db, load_hit(db, hit).entry_id, entry("a", "A correction"), after(90))
    export(path, tmp_path / "case")
    found = [(row["version"], row["title"][:12]) for row in rows(tmp_path / "case", "entries")]
    assert found == [(1, "Lazarus Grou"), (2, "A correction")]
    assert verified(tmp_path / "case").startswith("verified")


def test_the_watchlist_of_each_version_is_there_without_secrets(db, path, tmp_path):
    files = ActiveFiles(Path("/etc/monitor/../x/con fig.toml"), {"/etc/x/con fig.toml": 'token = "***" # hunter22'}, {})
    with write(db):
        number = store_configuration(db, pack_configuration(files), NOW)
    put_report(db, Report("a"))
    with write(db):
        db.execute("UPDATE watchlists SET configuration = ?", (number,)).close()
    folder = tmp_path / "case"
    export(path, folder, LAZARUS, "hunter22")
    (listed,) = json.loads((folder / "case.json").read_text())["watchlists"]
    ((name, original),) = listed["files"].items()
    assert (folder / name).read_text() == 'token = "***" # ***'
    assert (original, Path(name).name) == ("/etc/x/con fig.toml", "01-con_fig.toml")
    assert verified(folder).startswith("verified")


def test_a_secret_is_nowhere_and_its_hit_is_named(db, path, tmp_path):
    put_report(db, Report("a", title="Lazarus Group took s3cr3t-t0ken"))
    put_report(db, Report("b", link="https://desk.example/?key=s3cr3t-t0ken"))
    put_report(db, Report("c"))
    folder = tmp_path / "case"
    summary = export(path, folder, LAZARUS, "s3cr3t-t0ken")
    assert len(summary.findings) == 2
    assert "s3cr3t" not in "".join(file.read_text() for file in folder.rglob("*") if file.is_file())
    assert "1 of 3 hits" in verified(folder)


def test_a_hit_that_was_changed_in_the_database_is_a_finding(db, path, tmp_path):
    put_report(db, Report("a"))
    with write(db):
        db.execute("UPDATE hits SET severity = 1").close()
    summary = export(path, tmp_path / "case")
    assert "not the one that the hash chain recorded" in summary.findings[0]
    assert 'class="alarm"' in (tmp_path / "case" / "case.html").read_text()
    assert "0 of 1 hits" in verified(tmp_path / "case")


def test_links_of_deleted_hits_stay_in_the_chain(db, path, tmp_path):
    for key in "abc":
        put_report(db, Report(key))
    day = 86_400.0
    for at in (20, 22):
        read(db, at, "a", "c")
    with write(db):
        prune(db, NOW + timedelta(days=60), keep_entries_s=10 * day, keep_hits_s=20 * day)
    assert len(rows_of_links := [r for r in links(db) if r["gone_at"]]) == 1, rows_of_links
    export(path, tmp_path / "case")
    chain = rows(tmp_path / "case", "chain")
    assert [row.get("deleted_on_request") for row in chain] == [None, None, False, None]
    assert chain[2]["deleted_at"]
    assert verified(tmp_path / "case").startswith("verified")


def test_links_of_forgotten_hits_stay_and_the_deletion_is_in_the_chain(db, path, tmp_path):
    for key, title in (("a", "One"), ("b", "Max Mustermann did it"), ("c", "Three")):
        put_report(db, Report(key, title=title))
    with write(db):
        db.execute("PRAGMA secure_delete = ON").fetchall()
        forget(db, Subject(phrases=("Max Mustermann",)), author="ana", why="a request", now=after(60))
    put_report(db, Report("d"))
    folder = tmp_path / "case"
    assert export(path, folder).hits == 3
    chain = rows(folder, "chain")
    assert [row["hit"] for row in chain] == [0, 1, 2, 3, 4, 5]
    assert [row.get("deleted_on_request") for row in chain] == [None, None, True, None, True, None]
    assert json.loads(chain[4]["record"])["why"] == "a request"
    assert verified(folder).startswith("verified")
    assert "Mustermann" not in "".join(file.read_text() for file in folder.iterdir())
    file = folder / "chain.ndjson"
    file.write_text(file.read_text().replace("a request", "no reason"))
    signed_again(folder)
    assert "record of a deletion" in verified(folder)


def links(db) -> list[dict]:
    return query(db, "SELECT * FROM hit_links ORDER BY hit_id")


@pytest.mark.parametrize("number", range(3))
def test_hostile_texts_do_no_harm_and_are_verified(sample_database, tmp_path, number):
    folder = tmp_path / "case"
    export(sample_database, folder, CaseSubject(actor=f"актор-{number}"))
    assert verified(folder).startswith("verified")
    page = (folder / "case.html").read_text()
    assert not set(page) & set("\u202e\u2066\x00\x07\ufffe")
    tags = Tags()
    tags.feed(page)
    assert tags.names <= TAGS
    assert all(re.match("https?://", link) for link in tags.links)
    assert "default-src 'none'" in tags.policy
    stored = [row["title"] for row in rows(folder, "entries")]
    assert stored == [text for at, text in enumerate(HOSTILE) if at % 3 == number]


class Tags(HTMLParser):
    """The tags, links and policy of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.policy = ""

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        found = dict(attrs)
        assert not any(name.startswith("on") for name in found)
        self.links += [found["href"]] if "href" in found else []
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found["content"]


def test_the_style_of_the_page_is_the_one_that_its_policy_allows(sample_case):
    page = (sample_case / "case.html").read_text()
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src &#x27;sha256-{digest}&#x27;" in page


def test_two_exports_of_the_same_moment_are_equal(sample_database, sample_case, tmp_path):
    export(sample_database, tmp_path / "again")
    names = sorted(path.name for path in sample_case.iterdir())
    assert names == sorted(path.name for path in (tmp_path / "again").iterdir())
    assert all((sample_case / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in names)


def test_a_folder_with_contents_is_refused_and_left_alone(sample_database, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        export(sample_database, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    export(sample_database, tmp_path / "empty")
    with pytest.raises(UsageError, match="this is a file; name a new folder"):
        export(sample_database, tmp_path / "mine.txt")


@pytest.mark.parametrize(
    "subject", [CaseSubject(actor="nobody"), CaseSubject(story=999), CaseSubject(actor="lazarus", until=after(-9000))]
)
def test_without_records_nothing_is_written(sample_database, tmp_path, subject):
    with pytest.raises(UsageError):
        export(sample_database, tmp_path / "case", subject)
    assert not (tmp_path / "case").exists()


def test_an_export_that_fails_leaves_nothing(sample_database, tmp_path, monkeypatch):
    def broken(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(case_page, "page_end", broken)
    with pytest.raises(UsageError, match="No space"):
        export(sample_database, tmp_path / "case")
    assert not (tmp_path / "case").exists()


def test_the_export_sees_one_snapshot(db, path, tmp_path, monkeypatch):
    put_report(db, Report("a"))

    def hits_then_another(reader, ids):
        found = original(reader, ids)
        put_report(db, Report("b"))
        return found

    original = case.hits_of_entries
    monkeypatch.setattr(case, "hits_of_entries", hits_then_another)
    summary = export(path, tmp_path / "case")
    assert summary.head.hit == 1
    assert verified(tmp_path / "case").startswith("verified")


def test_a_hostile_title_of_a_story_does_not_break_the_manifest(db, path, tmp_path):
    for number, text in enumerate((*HOSTILE, "a\nb", "a\x85# chain head: hit #1", "a\r\n00  x")):
        _, story = put_report(db, Report(str(number), title=text))
        export(path, tmp_path / str(number), CaseSubject(story=story))
        assert verified(tmp_path / str(number)).startswith("verified"), repr(text)
