from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.shared_material import SHARED, needs_shared

from monitor.errors import UsageError
from monitor.exchange.formats.ofac_csv import OfacFiles, read_ofac_csv
from monitor.exchange.listed import ActorList

EMPTY = ",".join(["-0- "] * 7)
BTC = "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h"


def row(uid, name, kind="-0- ", program="CYBER2", remarks="-0- ") -> str:
    return f'{uid},"{name}",{kind},"{program}",{EMPTY},"{remarks}"\r\n'


def read(tmp_path, sdn: str, types=(), **others: str) -> ActorList:
    files = {}
    for name, text in {"sdn": sdn, **others}.items():
        files[name] = tmp_path / f"{name}.csv"
        files[name].write_text(text)
    return read_ofac_csv(OfacFiles(**files), types)


def test_a_party_has_its_names_addresses_and_programs(tmp_path):
    address = f"Digital Currency Address - XBT {BTC}"
    remarks = f"DOB 1977; {address}; alt. {address}; a.k.a. 'ZHOU, Will'."
    found = read(
        tmp_path,
        row(25308, "ZELKIN, Ivo Petrov", "individual", "SDGT] [IFSR", remarks) + "\x1a",
        alt='25308,1,aka,"ZELKYN, Ivo",-0- \n25308,2,fka,"Tin Ferry",-0- \n',
        add='25308,1,"1 Road","Town 1","Russia",-0- \n',
    )
    actor = found.actors[0]
    names = {name.origin: name for name in (actor.name, *actor.aliases)}
    assert [*names] == [
        "SDN 25308, name",
        "SDN 25308, a.k.a.",
        "SDN 25308, f.k.a.",
        "SDN 25308, weak a.k.a.",
    ]
    assert names["SDN 25308, name"].full == ("Ivo Petrov Zelkin", "Zelkin, Ivo Petrov")
    assert [name.weak for name in names.values()] == [False, False, False, True]
    assert actor.addresses == (BTC,)
    assert actor.tags == ("sdgt", "ifsr", "country-russia")
    assert actor.refs == ("https://sanctionssearch.ofac.treas.gov/Details.aspx?id=25308",)
    assert (found.source.title, found.source.sanctions, found.notices) == ("OFAC SDN list", True, [])


def test_a_nickname_of_a_person_is_kept_in_its_order(tmp_path):
    found = read(tmp_path, row(1, "ZELKIN, Ivo", "individual", remarks="a.k.a. 'The Chess Player'."))
    assert found.actors[0].aliases[0].full == ("The Chess Player",)


def test_ships_and_acronyms_count_only_near_context(tmp_path):
    found = read(tmp_path, row(1, "QARVEX", "vessel") + row(2, "QVXT") + row(3, "QARVEX TRADING"))
    assert [actor.name.weak for actor in found.actors] == [True, True, False]


def test_an_invalid_address_is_reported_and_left_out(tmp_path):
    found = read(
        tmp_path, row(1, "TIN FERRY", remarks="Digital Currency Address - XBT 12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9x.")
    )
    assert found.actors[0].addresses == ()
    assert [notice.record for notice in found.notices] == ["SDN 1"]
    assert "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9x is no address" in found.notices[0].text


def test_cut_remarks_are_reported_unless_the_rest_is_given(tmp_path):
    sdn = row(1, "TIN FERRY", remarks="x" * 980 + " Digital Currency Address - XBT 12Qt")
    assert "--comments SDN_COMMENTS.CSV" in read(tmp_path, sdn).notices[-1].text
    found = read(tmp_path, sdn, comments=f"1,{BTC.removeprefix('12Qt')}; more\n")
    assert (found.actors[0].addresses, found.notices) == ((BTC,), [])


def test_only_the_wanted_types_are_read(tmp_path):
    sdn = row(1, "A B", "individual") + row(2, "QARVEX") + row(3, "SHIP", "vessel")
    assert [actor.record for actor in read(tmp_path, sdn, ["entity", "vessel"]).actors] == ["SDN 2", "SDN 3"]


def test_a_party_that_occurs_twice_and_names_of_none_are_reported(tmp_path):
    found = read(tmp_path, row(1, "QARVEX") + row(1, "QARVEX"), alt='7,1,aka,"Other",-0- \n')
    assert [notice.text.partition(" ")[0] for notice in found.notices] == ["occurs", "1"]
    assert "is not in" in found.notices[1].text.replace("are not in", "is not in")


@pytest.mark.parametrize(
    ("name", "on"),
    [("sdn-2024-05-03.csv", date(2024, 5, 3)), ("SDN_20240503.CSV", date(2024, 5, 3)), ("sdn-2024-13-03.csv", None)],
)
def test_the_date_is_that_in_the_name_of_the_file(tmp_path, name, on):
    (tmp_path / name).write_text(row(1, "QARVEX"))
    assert read_ofac_csv(OfacFiles(tmp_path / name), ()).source.date == on


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,alias\nQarvex,Q\n", 'sdn.csv:1: is not SDN.CSV of OFAC, .* this row has 2 and begins with "name"'),
        (row(1, "QARVEX") + "2,short\n", "sdn.csv:2: is not SDN.CSV"),
        ('1,"open\n', "sdn.csv: line 1: a quoted cell does not end|is not SDN.CSV"),
        ("", "is empty"),
        ("PK\x03\x04", "is a ZIP archive"),
    ],
    ids=["other table", "short row", "open quote", "empty", "zip"],
)
def test_other_files_are_refused(tmp_path, text, message):
    with pytest.raises(UsageError, match=message):
        read(tmp_path, text)


def test_a_file_in_place_of_another_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"alt.csv:1: is not ALT.CSV of OFAC"):
        read(tmp_path, row(1, "QARVEX"), alt="1,2\n")


@needs_shared
@pytest.mark.slow
def test_the_real_list_is_read():
    found = read_ofac_csv(OfacFiles(SHARED / "sanctions/sdn-2024-05-03.csv"), ["entity"])
    assert len(found.actors) > 5_000
    assert sum(len(actor.addresses) for actor in found.actors) > 50
    assert found.source.date == date(2024, 5, 3)


CELLS = st.sampled_from(
    [
        "-0- ",
        "",
        "1",
        "individual",
        "ZELKIN, Ivo",
        "a.k.a. 'X'",
        f"alt. Digital Currency Address - XBT {BTC};",
        '"',
        "é",
        ";",
        ".",
    ]
) | st.text(max_size=8)
ROWS = st.lists(st.lists(CELLS, max_size=14).map(",".join), max_size=4).map("\r\n".join)


@given(ROWS, ROWS, ROWS)
def test_any_rows_are_read_or_refused(tmp_path_factory, sdn, alt, add):
    files = {"sdn": row(1, "ZELKIN, Ivo") + sdn, "alt": alt or "1", "add": add or "1"}
    with contextlib.suppress(UsageError):
        found = read(
            tmp_path_factory.mktemp("fuzz"),
            files.pop("sdn").encode("utf-8", "replace").decode(),
            **{name: text.encode("utf-8", "replace").decode() for name, text in files.items()},
        )
        assert found.actors[0].name.full == ("Ivo Zelkin", "ZELKIN, Ivo")
