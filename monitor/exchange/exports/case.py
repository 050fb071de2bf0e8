"""Export a case: everything that is stored about an actor or a story, in a folder that can be verified later."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

from monitor.errors import UsageError
from monitor.exchange.exports import case_page
from monitor.exchange.exports.case_folder import CaseFile, CaseFolder, safe_name
from monitor.exchange.exports.case_rows import CaseRows, Hide, HitRecords, Row, load_hit_records
from monitor.json_text import dump
from monitor.store import Reader
from monitor.store.case_records import (
    CaseHit,
    case_entries,
    entries_of_actor,
    entries_of_story,
    fingerprint_of,
    hits_of_entries,
    story_title,
)
from monitor.store.db.reading import snapshot
from monitor.store.feeds import former_keys, load_feed
from monitor.store.forgetting import forgettings, record_text
from monitor.store.hash_chain import BEGINNING, Head, head, link_before, links_from
from monitor.store.triage_and_silences import silences_of
from monitor.store.watchlists import files_of_version, version_history
from monitor.wording import counted

FORMAT = 1
_ROW_FILES = ("entries", "hits", "decisions", "deliveries", "triage", "silences")


@dataclass(frozen=True, slots=True)
class CaseSubject:
    """What the case is about: an actor or a story."""

    actor: str = ""  # its id; empty: the case is about a story
    name: str = ""  # of the actor
    story: int = 0  # its number; 0: the case is about an actor
    since: datetime | None = None  # of an actor, only hits seen then or later; None: from the first
    until: datetime | None = None  # of an actor, only hits seen then or earlier; None: to the last


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """How much a case contains, the newest link of the hash chain, and problems found in the records."""

    entries: int
    hits: int
    head: Head | None  # of the hash chain; None: no hit was ever recorded
    findings: tuple[str, ...]  # what is wrong with the records


@dataclass(frozen=True, slots=True)
class _Files:
    """The open files of a case: its tables of rows, and its HTML page."""

    rows: Mapping[str, CaseFile]  # by name
    page: CaseFile


@dataclass(slots=True)
class _Progress:
    """The actors, rules, feeds, watchlist versions and deliveries of the hits written so far, and problems found."""

    actors: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)
    feeds: set[str] = field(default_factory=set)
    versions: set[int] = field(default_factory=set)
    deliveries: set[int] = field(default_factory=set)
    findings: list[str] = field(default_factory=list)


class CaseExport:
    """Writes the case of an actor or a story to a folder."""

    def __init__(self, db: Reader, hide: Hide, now: datetime) -> None:
        """Prepare an export.

        Args:
            db: A reader of the database.
            hide: A function that masks the secrets of the configuration in a text, or in the texts of a list or an
                object.
            now: The current time, which the case states as the time of the export.
        """
        self._db = db
        self._hide = hide
        self._now = now
        self._rows = CaseRows(hide, now)

    def write(self, subject: CaseSubject, path: Path) -> CaseSummary:
        """Write the case of *subject* to a new folder, from one snapshot of the database.

        Raises:
            UsageError: Nothing is stored about the subject, or the folder cannot be written.
        """
        with snapshot(self._db):
            title = self._title(subject)
            entries = self._entries(subject)
            with CaseFolder(path) as folder:
                return self._write(title, subject, entries, folder)

    def _title(self, subject: CaseSubject) -> str:
        if subject.actor:
            return f"Actor {subject.name or subject.actor} ({subject.actor})"
        title = story_title(self._db, subject.story)
        if title is None:
            raise UsageError(f"there is no story {subject.story}; monitor show ID names the story of a hit")
        return str(self._hide(f"Story {subject.story}: {title}"))

    def _entries(self, subject: CaseSubject) -> list[int]:
        if not subject.actor:
            return entries_of_story(self._db, subject.story)
        found = entries_of_actor(self._db, subject.actor, subject.since, subject.until)
        if not found:
            period = " in this period" if subject.since or subject.until else ""
            raise UsageError(f'no hit mentions the actor "{subject.actor}"{period}; monitor hits lists all hits')
        return found

    def _write(self, title: str, subject: CaseSubject, ids: list[int], folder: CaseFolder) -> CaseSummary:
        hits, newest, progress = hits_of_entries(self._db, ids), head(self._db), _Progress()
        facts = [
            ("Exported", f"{self._now:%Y-%m-%d %H:%M:%S} UTC, by crypto-news monitor {version('crypto-news-monitor')}"),
            ("Contents", f"{counted(len(ids), 'entry')}, {counted(len(hits), 'hit')}"),
            ("Head of the hash chain", str(newest or "no hit was ever recorded")),
        ]
        with ExitStack() as stack:
            files = {name: stack.enter_context(folder.create(f"{name}.ndjson")) for name in _ROW_FILES}
            page = stack.enter_context(folder.create("case.html"))
            page.write(case_page.page_head(title, facts))
            self._write_entries(ids, hits, _Files(files, page), progress)
            found = silences_of(self._db, progress.actors | {subject.actor}, progress.rules)
            silences = [self._rows.silence(silence, ended_by) for silence, ended_by in found]
            for row in silences:
                files["silences"].write_row(row)
            watchlists = self._write_watchlists(sorted(progress.versions), folder)
            page.write(case_page.page_end(silences, watchlists))
        numbers = {name: file.rows for name, file in files.items()} | {"chain": self._write_chain(hits, folder)}
        summary = CaseSummary(len(ids), len(hits), newest, tuple(progress.findings))
        description = self._description(title, subject, summary)
        feeds = [self._feed(key) for key in sorted(progress.feeds)]
        more = {"rows": numbers, "feeds": feeds, "watchlists": watchlists}
        folder.write("case.json", dump(description | more, indent=2) + "\n")
        folder.finish([title, f"exported {self._now:%Y-%m-%dT%H:%M:%SZ}", f"chain head: {newest or 'none'}"])
        return summary

    def _write_entries(self, ids: list[int], hits: list[CaseHit], files: _Files, progress: _Progress) -> None:
        numbers = frozenset(hit.id for hit in hits)
        by_entry = {
            entry: [*group] for entry, group in groupby(sorted(hits, key=lambda h: (h.entry, h.id)), lambda h: h.entry)
        }
        for entry in case_entries(self._db, ids):
            progress.feeds.add(entry.feed)
            texts = [self._rows.text(entry, text) for text in entry.texts]
            for row in texts:
                files.rows["entries"].write_row(row)
            loaded = (load_hit_records(self._db, hit, self._hide) for hit in by_entry.get(entry.id, []))
            records = [found for found in loaded if found]
            for found in records:
                self._write_hit(found, numbers, files.rows, progress)
            for part in case_page.entry_section(texts, records, self._rows):
                files.page.write(part)

    def _write_hit(
        self, records: HitRecords, numbers: frozenset[int], files: Mapping[str, CaseFile], progress: _Progress
    ) -> None:
        """Write one hit and its decisions, deliveries and triage to the files of the case.

        Args:
            records: Everything that is stored about the hit.
            numbers: The numbers of all hits in the case.
            files: The files of the case, by name.
            progress: What was written so far; the method adds the actors, rules and problems of this hit.
        """
        hit = records.hit
        if not records.is_intact:
            progress.findings.append(f"hit #{hit.id} is not the one that the hash chain recorded")
        elif records.record is None:
            progress.findings.append(f"hit #{hit.id} holds a secret of the configuration; its record was left out")
        files["hits"].write_row(self._rows.hit(records, fingerprint_of(self._db, hit.watchlist_version)))
        for decided in records.decisions:
            files["decisions"].write_row(self._rows.decision(hit.id, decided))
        for delivery in records.deliveries:
            if delivery.delivery.id not in progress.deliveries:
                progress.deliveries.add(delivery.delivery.id)
                files["deliveries"].write_row(self._rows.delivery(delivery, numbers))
        for record in records.triages:
            files["triage"].write_row(self._rows.triage(hit.id, record))
        progress.actors |= set(hit.judgement.actors)
        progress.rules |= {rule.rule for rule in hit.judgement.rules}
        progress.versions.add(hit.watchlist_version)

    def _write_watchlists(self, versions: list[int], folder: CaseFolder) -> list[Row]:
        """Write the configuration files of the given watchlist versions, with secrets masked.

        The method returns one row for each version, which describes it in ``case.json``.
        """
        rows = []
        for number in versions:
            found = version_history(self._db, 1, number)
            if not found or found[0].version != number:
                continue
            names = self._write_watchlist(number, found[0].hash, folder)
            rows.append(
                {
                    "version": number,
                    "loaded_at": found[0].loaded_at,
                    "fingerprint": fingerprint_of(self._db, number),
                    "learned_words_version": found[0].vocabulary,
                    "files": names,
                }
            )
        return rows

    def _write_watchlist(self, number: int, digest: str, folder: CaseFolder) -> dict[str, str]:
        """Write the configuration files of one watchlist version, unless they were written for another version already.

        Args:
            number: The number of the version.
            digest: The SHA-256 of the configuration files; empty if they are not stored.
            folder: The folder of the case.

        Returns:
            The original path of each file, by its name within the case.
        """
        stored = files_of_version(self._db, number)
        names = {}
        for position, (path, text) in enumerate(sorted(stored.texts.items()) if stored else (), 1):
            name = f"watchlists/{digest[:16]}/{position:02d}-{safe_name(Path(path).name)}"
            names[name] = path
            if name not in folder.hashes:
                folder.write(name, self._hide(text))
        return names

    def _write_chain(self, hits: list[CaseHit], folder: CaseFolder) -> int:
        """Write the part of the hash chain that is needed to verify the hits of the case, and return its length.

        It begins with the link before the first of the hits and ends with the newest link.
        """
        with folder.create("chain.ndjson") as file:
            if not hits:
                return 0
            first = min(hit.id for hit in hits)
            before = link_before(self._db, first)
            link = before.link if before else BEGINNING
            file.write_row({"hit": before.hit if before else 0, "content": None, "link": link.hex()})
            deletions = {deletion.hit_id: deletion for deletion in forgettings(self._db)}
            for found in links_from(self._db, first):
                row: Row = {"hit": found.hit, "content": found.content.hex(), "link": found.link.hex()}
                if found.gone_at:
                    row |= {"deleted_at": found.gone_at, "deleted_on_request": found.forgetting is not None}
                if deletion := deletions.get(found.hit):
                    row["record"] = record_text(deletion)
                file.write_row(row)
            return file.rows

    def _description(self, title: str, subject: CaseSubject, summary: CaseSummary) -> Row:
        return {
            "format": FORMAT,
            "title": title,
            "actor": subject.actor or None,
            "story": subject.story or None,
            "since": subject.since,
            "until": subject.until,
            "exported_at": self._now,
            "monitor_version": version("crypto-news-monitor"),
            "entries": summary.entries,
            "hits": summary.hits,
            "chain_head": {"hit": summary.head.hit, "link": summary.head.link.hex()} if summary.head else None,
            "findings": list(summary.findings),
        }

    def _feed(self, key: str) -> Row:
        found = load_feed(self._db, key)
        title, url = (found.title, found.url) if found else ("", "")
        former = former_keys(self._db, key)
        return {"feed": key, "title": self._hide(title), "url": self._hide(url), "former_keys": former}
