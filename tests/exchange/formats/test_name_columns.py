from __future__ import annotations

import pytest

from monitor.errors import UsageError
from monitor.exchange.formats.csv_table import read_table
from monitor.exchange.formats.name_columns import Columns, WantedColumns, choose_columns


def columns_of(text: str, **wanted: object) -> Columns:
    return choose_columns(read_table(text.encode()), WantedColumns(**wanted))


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ("uid,Full Name,Country\n1,Qarvex,UK\n", 'names in "Full Name"'),
        ("id;SDN_Name;AKA;Type\n1;Qarvex;Q;entity\n", 'names in "SDN_Name"; aliases in "AKA"; types in "Type"'),
        ("Name;Alias 1;Alias 2\nQ;a;b\n", 'names in "Name"; aliases in "Alias 1", "Alias 2"'),
        (
            "Last name;First name;Middle name\nZelkin;Ivo;P\n",
            'last names in "Last name"; given names in "First name", "Middle name"',
        ),
        ("Designated party,Reference\nQarvex,17\n", 'names in "Designated party"'),
        ("7,Qarvex Trading,entity\n8,Grinex,entity\n", "names in column 2; types in column 3"),
        ("Qarvex\nGrinex\n", "names in column 1"),
        ("ZELKIN,Ivo\nKRANZ,Oto\n", "last names in column 1; given names in column 2"),
        ("FIRST_NAME,SECOND_NAME,LIST\nIVO,ZELKIN,UN\n", 'given names in "FIRST_NAME", "SECOND_NAME"'),
    ],
)
def test_columns_are_guessed_by_header_or_contents(text, described):
    assert columns_of(text).describe() == described


def test_columns_are_chosen_by_header_or_number():
    text = "Number,Who,Else\n1,Qarvex,Q\n"
    assert columns_of(text, name="who", aliases=("3",)).describe() == 'names in "Who"; aliases in "Else"'


def test_a_column_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(UsageError, match='there is no column "wo"; there are: "name", "alias"'):
        columns_of("name,alias\nQ,q\n", name="wo")


def test_a_file_without_names_is_refused():
    with pytest.raises(UsageError, match="no column holds names; name it, as in --name-column 2"):
        columns_of("1,2\n3,4\n")
