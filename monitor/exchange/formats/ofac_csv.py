"""Read the SDN list of OFAC (US sanctions) from its CSV files SDN.CSV, ALT.CSV, ADD.CSV and SDN_COMMENTS.CSV.

The files have no header; ``-0-`` stands for a missing value. Their columns:
https://ofac.treasury.gov/media/29976/download
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from monitor.errors import UsageError
from monitor.exchange.formats.csv_table import Row, read_table
from monitor.exchange.formats.ofac_record import LIST_URL, OfacName, OfacRecord, party_type, read_record
from monitor.exchange.formats.source_file import opened
from monitor.exchange.listed import ActorList, ListedActor, ListSource, Notice
from monitor.exchange.names import is_empty
from monitor.wording import counted

MAX_BYTES = 100_000_000
REMARKS_LIMIT = 990  # characters; SDN.CSV cuts longer remarks, and SDN_COMMENTS.CSV has the rest
_END_OF_FILE = "\x1a"  # of DOS, which OFAC still writes
_DATE = re.compile(r"(?<!\d)(20\d\d)-?(\d\d)-?(\d\d)(?!\d)")
_KINDS = {"aka": "a.k.a.", "fka": "f.k.a.", "nka": "n.k.a."}


@dataclass(frozen=True, slots=True)
class OfacFiles:
    """The CSV files of one edition of the list; None: the user did not give the file."""

    sdn: Path
    alt: Path | None = None  # other names
    add: Path | None = None  # postal addresses, of which the countries become tags
    comments: Path | None = None  # the rest of long remarks


def read_ofac_csv(files: OfacFiles, types: Collection[str]) -> ActorList:
    """Return the sanctioned parties in the CSV files of the SDN list.

    Args:
        files: The files, all of the same edition.
        types: The types of parties to return: "individual", "entity", "vessel", "aircraft"; empty: all.

    Raises:
        UsageError: A file cannot be read, or is a different table.
    """
    names = _by_party(files.alt, "ALT.CSV", 5) if files.alt else {}
    places = _by_party(files.add, "ADD.CSV", 5) if files.add else {}
    more = _by_party(files.comments, "SDN_COMMENTS.CSV", 2) if files.comments else {}
    actors: list[ListedActor] = []
    notices: list[Notice] = []
    seen: set[str] = set()
    for row in _rows(files.sdn, "SDN.CSV", 12):
        uid = row.cells[0]
        if uid in seen:
            notices.append(Notice(f"SDN {uid}", f"occurs again in line {row.line}; the second record is left out"))
            continue
        seen.add(uid)
        if types and party_type(row.cells[2]) not in types:
            continue
        remarks = "".join((_cell(row, 11), *(_cell(other, 1) for other in more.get(uid, ()))))
        found, doubts = read_record(_record(row, remarks, names.get(uid, ()), places.get(uid, ())))
        notices += doubts
        if len(_cell(row, 11)) > REMARKS_LIMIT and not more:
            notices.append(
                Notice(f"SDN {uid}", "the remarks are cut off; give their rest with --comments SDN_COMMENTS.CSV")
            )
        if found:
            actors.append(found)
    notices += _unknown_parties(seen, files, names)
    source = ListSource(
        id="ofac-sdn", title="OFAC SDN list", prefix="ofac-", date=_date_in(files.sdn), url=LIST_URL, sanctions=True
    )
    return ActorList(source, actors, notices)


def _record(row: Row, remarks: str, others: Collection[Row], places: Collection[Row]) -> OfacRecord:
    aliases = [OfacName(other.cells[3], kind=_KINDS.get(other.cells[2].lower(), "a.k.a.")) for other in others]
    return OfacRecord(
        uid=row.cells[0],
        type=party_type(row.cells[2]),
        names=[OfacName(row.cells[1]), *aliases],
        programs=[row.cells[3]],
        remarks=remarks,
        countries=[place.cells[4] for place in places],
    )


def _by_party(file: Path, title: str, width: int) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in _rows(file, title, width):
        found[row.cells[0]].append(row)
    return found


def _rows(file: Path, title: str, width: int) -> Iterator[Row]:
    """Yield the rows of *file*.

    Args:
        file: The CSV file.
        title: The name of the file that OFAC uses, such as ALT.CSV, for the error message.
        width: The smallest number of cells in a row.

    Raises:
        UsageError: A row does not begin with a number or has fewer cells; then the file is a different table.
    """
    with opened(file, MAX_BYTES) as source:
        raw = source.read()
    try:
        table = read_table(raw)
    except UsageError as error:
        raise UsageError(f"{file}: {error}") from error
    del raw
    for number, row in enumerate(table.rows):
        if row.cells[0].strip(_END_OF_FILE) == "":
            continue
        if number == 0 and not row.cells[0].isdecimal() and row.cells[0].casefold().startswith("ent"):
            continue  # a header that somebody added
        if not row.cells[0].isdecimal() or len(row.cells) < width:
            raise UsageError(
                f"{file}:{row.line}: is not {title} of OFAC, which has a number and at least {width - 1} more cells in "
                f'each row; this row has {len(row.cells)} and begins with "{row.cells[0][:40]}"'
            )
        yield row


def _cell(row: Row, number: int) -> str:
    text = row.cells[number] if number < len(row.cells) else ""
    return "" if is_empty(text) else text


def _unknown_parties(seen: set[str], files: OfacFiles, names: Collection[str]) -> Iterator[Notice]:
    if unknown := set(names) - seen:
        parties = f"{counted(len(unknown), 'party')} of {files.alt} {'is' if len(unknown) == 1 else 'are'}"
        text = f"{parties} not in {files.sdn}; use files of the same edition"
        yield Notice("", text)


def _date_in(file: Path) -> date | None:
    """Return the date in the name of *file*; None if there is none. The contents of the CSV files have no date."""
    for year, month, day in _DATE.findall(file.name):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None
