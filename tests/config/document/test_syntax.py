import pytest

from monitor.config import load

TOO_DEEP = "error: lists or tables are nested too deeply; no setting needs more than 3 levels"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a = yes", '1:5 error: a value is missing, or is text without quotes; write text in quotes: "like this"'),
        ("[feeds]\nx = 'a\n", "2:7 error: the quotes are not closed; end the text with '"),
        ("[a", "1:3 error: expected ']' at the end of a table declaration"),
        ('[keywords]\nk = ["a" "b"]', '2:10 error: the list is not closed, or lacks a comma; write ["one", "two"]'),
        (
            'x = "a\\qb"',
            r"1:7 error: unknown escape after the backslash; write \\, or put the text in single quotes",
        ),
        ("a = " + "[" * 2000, f"1:1 {TOO_DEEP}"),
        ("[http]\nevery = " + "[" * 2000 + "]" * 2000, f"2:73 {TOO_DEEP}"),
        ("[http]\nevery = " + "{ a = " * 2000 + "1" + " }" * 2000, f"2:393 {TOO_DEEP}"),
        ("a = " + "9" * 5000, "1:1 error: a number is too long; use fewer digits"),
    ],
    ids=["bare", "quotes", "header", "comma", "backslash", "deep", "deep lists", "deep tables", "long number"],
)
def test_syntax_errors_are_explained_at_their_position(problems_of, text, problem):
    assert problems_of(text) == [problem]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a = {\n  b = 1 }", "1:6"),
        ("a = { b = 1\n}", "1:12"),
        ("a = { b = 1, # why\n c = 2 }", "1:14"),
        ("a = { b = 1, }", "1:14"),
        ('a = "\\e"', "1:6"),
        ('a = "\\x41"', "1:6"),
        ("a = 07:30", "1:6"),
        ("a = 12:30", "1:7"),
        ("a = 2020-01-01T07:30", "1:15"),
    ],
    ids=["newline", "newline behind", "comment", "comma", "escape e", "escape x", "time", "later time", "moment"],
)
def test_toml_1_1_is_recognised(problems_of, text, place):
    (problem,) = problems_of(text)
    assert problem.startswith(f"{place} error: this is TOML 1.1 syntax; only TOML 1.0 is supported; write ")


@pytest.mark.parametrize(
    ("text", "place"),
    [("[actors.a]\nname = 'x'\n[actors.b]\n[actors.a]\n", "4:9"), ("[alerts]\nmax_age = '1h'\nmax_age = '2h'", "3:1")],
    ids=["table", "key"],
)
def test_a_duplicate_key_names_both_lines(problems_of, text, place):
    (problem,) = problems_of(text)
    assert problem.startswith(f"{place} error: ")
    assert "is defined twice; the first definition is in line" in problem


def test_invalid_utf8_is_reported_with_its_line(load_text, tmp_path):
    load_text("")
    (tmp_path / "config.toml").write_bytes('[keywords]\nk = ["\u00e9", "'.encode() + b'caf\xe9"]\n')
    (problem,) = load(tmp_path / "config.toml", environ={}).problems
    assert (problem.place.line, problem.place.column) == (2, 15)
    assert problem.message == "byte 0xe9 is not valid UTF-8"


def test_a_byte_order_mark_is_a_warning_and_does_not_shift_columns(problems_of):
    first, second = problems_of("\ufeffevry = 1\n")
    assert first.startswith("1:1 warning: the file begins with a byte order mark")
    assert second.startswith('1:1 error: unknown setting "evry"')


def test_carriage_returns_do_not_shift_positions(problems_of, load_text):
    assert problems_of("[http]\r\nevry = 1\r\n")[0].startswith("2:1 error")
    assert load_text("[http]\r\nevry = 1\r\n").problems[0].place.source == "evry = 1"


def test_control_characters_in_a_line_are_replaced(load_text):
    (problem,) = load_text("[actors]\nname = \x1b[31m\n").problems
    assert problem.place.source == "name = �[31m"
