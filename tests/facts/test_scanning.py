import re

from hypothesis import given
from hypothesis import strategies as st

from monitor.facts.quantities import one_of
from monitor.facts.scanning import DigitRuns, has_run, latin_bytes

TEXTS = st.text(alphabet=st.sampled_from("a1 29.,-éB’…Ж٣\u00ad²"), max_size=30)


@given(TEXTS)
def test_digits_are_found_in_bytes_where_the_expression_finds_them(text):
    data = latin_bytes(text)
    if data is None:
        return
    found, at = [], 0
    while run := DigitRuns(data).after(at):
        found.append(run)
        at = run[1]
    assert found == [match.span() for match in re.finditer(r"\d+", text)]


def test_a_text_with_other_letters_or_invisible_characters_has_no_bytes():
    assert latin_bytes("Жук") is None
    assert latin_bytes("soft\u00adhyphen") is None
    assert latin_bytes("“quoted”") == b" quoted "


def test_a_run_of_letters_and_digits_is_found_wherever_it_stands():
    assert has_run(b"to 0x12ab, or", 6)
    assert not has_run(b"to 0x12ab, or", 7)
    assert not has_run(b"caf\xe9s", 4)


@given(st.lists(st.text(alphabet="ab c", min_size=1, max_size=5).filter(str.strip), min_size=1), TEXTS)
def test_one_expression_for_many_words_matches_the_longest_of_them(words, text):
    simple = "|".join(re.escape(word).replace(r"\ ", r"\s") for word in sorted(words, key=len, reverse=True))
    for sample in (text, "".join(words)):
        tree, plain = re.match(f"(?:{one_of(words)})(?!b)", sample), re.match(f"(?:{simple})(?!b)", sample)
        assert (tree and tree[0]) == (plain and plain[0])
