import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import examples
from support.slow_matcher import windows

from monitor.matching.forms import Pattern
from monitor.matching.search.pattern_index import PatternIndex
from monitor.matching.spelling import parse_alias
from monitor.matching.words import Words
from monitor.model import MatchKind, Text

VOCABULARY = frozenset(
    ["stone", "water", "dark", "river", "night", "harbour", "care", "to", "grey", "group", "newsgroup", "crews", "rook"]
)
NAMES = (
    "Morrigan", "Grey Harbour", "GreyHarbour", "DarkRiver", "Stonewater", "Careto", "UNC7731", "Night Heron Group",
    "Verdigris Collective", "Ostrakon", "Ostracon", "drain*", "Grey Har*", "Quillonborough", "Zed", "ashfall crew",
    "News Group", "Tawny Pipit Group", "Tawny Group", "Pipit Group Zed", "FIN 8", "Rock Crew", "Heronry", "The Heron",
    "Old Grey Harbour Crew",
)  # fmt: skip
PATTERNS = [Pattern(parse_alias(name)) for name in NAMES]
INDEX = PatternIndex(PATTERNS, VOCABULARY)


def matched(spelling, text, *, vocabulary=frozenset(), edits=None):
    index = PatternIndex([Pattern(parse_alias(spelling), edits)], vocabulary)
    words = Words(Text(text))
    return [(s.text(words), s.edits, s.kind(words).value) for s in index.find(words)]


@st.composite
def disturbed(draw):
    """A name of the list, or a word, with up to three letters changed."""
    word = draw(st.sampled_from([*NAMES, *sorted(VOCABULARY), "the", "stole", "care to", "stone water", "Dark River"]))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(word)))
        if draw(st.booleans()):
            noise, cut = (
                draw(st.sampled_from(["", "a", "s", "es", "R", " ", "-", "é", "7", "\u200b"])),
                draw(st.integers(0, 1)),
            )
            word = word[:at] + noise + word[at + cut :]
        else:
            word = draw(
                st.sampled_from([word.replace(" ", "", 1), word[:at] + word[at : at + 2][::-1] + word[at + 2 :]])
            )
    return draw(st.sampled_from([word, word.upper(), word.title()]))


@settings(max_examples=examples(400), deadline=None)
@given(st.lists(disturbed(), min_size=1, max_size=6))
def test_the_index_finds_what_a_loop_over_all_windows_finds(parts):
    words = Words(Text(" ".join(parts)))
    found = {(s.pattern, *s.span(words), s.edits) for s in INDEX.find(words)}
    assert found == windows(PATTERNS, VOCABULARY, words)


def test_the_cache_changes_no_result():
    text = Words(Text("Morigan and the Grey Harbours, drained by Ostrakkon"))
    assert INDEX.find(text) == INDEX.find(text) == PatternIndex(PATTERNS, VOCABULARY).find(text)


@pytest.mark.parametrize(
    ("spelling", "text", "found"),
    [
        pytest.param("Grey Harbour", "Grey Harbour", [("Grey Harbour", 0, "exact")], id="as written"),
        pytest.param("Grey Harbour", "GREY HARBOUR", [("GREY HARBOUR", 0, "folded")], id="case"),
        pytest.param("Grey Harbour", "the grey-harbour’s", [("grey-harbour", 0, "folded")], id="possessive"),
        pytest.param("Grey Harbour", "Grey Harbours", [("Grey Harbours", 0, "folded")], id="plural"),
        pytest.param("Grey Harbour", "GreyHarbour", [("GreyHarbour", 0, "folded")], id="joined"),
        pytest.param("Bluefinch", "Blue-Finch", [("Blue-Finch", 0, "folded")], id="split"),
        pytest.param("UNC7731", "UNC-7731", [("UNC-7731", 0, "folded")], id="number split off"),
        pytest.param("Grey Harbour", "Gréy Hаrbоur", [("Gréy Hаrbоur", 0, "folded")], id="look-alike letters"),
        pytest.param("Grey Fox", "Ｇｒｅｙ Fo\u00adx", [("Ｇｒｅｙ Fo\u00adx", 0, "folded")], id="width, soft hyphen"),
        pytest.param("Grey Harbour", "Grey&nbsp;Harbour", [("Grey&nbsp;Harbour", 0, "folded")], id="entity left over"),
        pytest.param("Morrigan", "Morigan", [("Morigan", 1, "fuzzy")], id="letter missing"),
        pytest.param("Morrigan", "Mroriganx", [], id="three edits"),
        pytest.param("Quillonborough", "Quilonboruogh", [("Quilonboruogh", 2, "fuzzy")], id="two edits in a long word"),
        pytest.param("Quill Fox", "Qull Fox", [("Qull Fox", 1, "fuzzy")], id="edit in a phrase"),
        pytest.param("UNC7731", "UNC7732", [], id="another number"),
        pytest.param("Finch", "Funch", [], id="short name"),
        pytest.param("Grey Harbour", "Grey. Harbour", [], id="across a sentence"),
        pytest.param("Grey Harbour", "grey, harbour", [], id="across a comma"),
        pytest.param("St Harbour", "St. Harbour", [("St. Harbour", 0, "folded")], id="across an abbreviation"),
        pytest.param("G. Harbour", "G. Harbour", [("G. Harbour", 0, "exact")], id="alias with a dot"),
        pytest.param("=Dai", "DAI Dai dai", [("Dai", 0, "exact")], id="exactly"),
        pytest.param("=$GREY", "GREY $GREY", [("$GREY", 0, "exact")], id="exactly, with its sign"),
        pytest.param("SEA", "sea SEA Sea's SEA's", [("SEA", 0, "exact"), ("SEA", 0, "exact")], id="acronym"),
        pytest.param("drain*", "drain draining rain", [("drain", 0, "ending"), ("draining", 0, "ending")], id="ending"),
        pytest.param("grey har*", "Grey Harvest", [("Grey Harvest", 0, "ending")], id="ending of a phrase"),
        pytest.param("/unc-?77../", "é UNC-7731", [("UNC-7731", 0, "regex")], id="regular expression"),
        pytest.param("/(?-i)Unc/", "UNC Unc", [("Unc", 0, "regex")], id="case-sensitive regular expression"),
        pytest.param("회색항구", "어제 회색 항구가", [("회색 항구", 0, "folded")], id="hangul with a particle"),
        pytest.param("灰色港", "北朝鮮の灰色港は", [("灰色港", 0, "exact")], id="chinese in running text"),
        pytest.param("Grey Harbour", "北のGrey Harbourが", [("Grey Harbour", 0, "exact")], id="latin in japanese"),
        pytest.param("0x" + "ab" * 40, "0x" + "AB" * 40, [("0x" + "AB" * 40, 0, "folded")], id="very long word"),
        pytest.param("snake_eyes", "Snake Eyes", [("Snake Eyes", 0, "folded")], id="underscore separates"),
        pytest.param("Morrigan", "Morrigan_Mode x_Morrigan", [], id="part of a longer name with an underscore"),
        pytest.param("Grey Harbour", "grey_harbour", [("grey_harbour", 0, "folded")], id="underscore between words"),
        pytest.param("Grey Harbour", "Grey Harbour\u02bcs", [("Grey Harbour", 0, "exact")], id="letter apostrophe"),
        pytest.param("Ostrakon", "Ortsakon", [("Ortsakon", 1, "fuzzy")], id="swapped over one letter"),
        pytest.param("Ostrakon", "Okrtsaon", [], id="more letters swapped"),
        pytest.param("Ostrakon", "0strak0n", [("0strak0n", 1, "fuzzy")], id="digits for letters"),
        pytest.param("Ostrakon", "Ostrak9n", [], id="digit that looks like no letter"),
        pytest.param("Grey Harbour", "Gr3y Harbour", [("Gr3y Harbour", 1, "fuzzy")], id="digit in a phrase"),
        pytest.param("Ostrakon", "Ostrakon3.0", [("Ostrakon3", 0, "folded")], id="version attached"),
        pytest.param("Finch", "Finch2", [("Finch2", 0, "folded")], id="version attached to a short name"),
        pytest.param("UNC7731", "UNC77312", [], id="longer number"),
        pytest.param("4QM", "4QM 4qm 4Qm", [("4QM", 0, "exact")], id="digit and capitals"),
        pytest.param("Q++ Crew", "Q++ Crew, Q Crew, q++ crew", [("Q++ Crew", 0, "exact")], id="signs in the name"),
        pytest.param("مرفأ رمادي", "والمرفأ الرمادي", [("والمرفأ الرمادي", 0, "folded")], id="arabic article"),
    ],
)  # fmt: skip
def test_a_spelling_matches(spelling, text, found):
    assert matched(spelling, text) == found


def test_an_ordinary_word_is_not_a_misspelling():
    assert matched("Wattery", "watery", vocabulary=frozenset(["watery"])) == []
    assert matched("Wattery", "watery") == [("watery", 1, "fuzzy")]
    assert matched("Vermilion Night Crows", "Vermilion Night Crown", vocabulary=frozenset(["crown"])) == []
    assert matched("Vermilion Night Crows", "Vermilion Night Crown") == [("Vermilion Night Crown", 1, "fuzzy")]


def test_two_ordinary_words_are_a_name_written_as_one_word_only_with_capitals():
    words = frozenset(["dark", "river"])
    assert matched("DarkRiver", "a dark river", vocabulary=words) == []
    assert matched("DarkRiver", "the Dark River crew", vocabulary=words) == [("Dark River", 0, "folded")]
    assert matched("DarkRiver", "a dark-river crew", vocabulary=words) == [("dark-river", 0, "folded")]
    assert matched("Careto", "Care To", vocabulary=frozenset(["care", "to"])) == []


@pytest.mark.parametrize(("allowed", "found"), [(0, []), (1, []), (2, [("Quilonboruogh", 2, "fuzzy")])])
def test_a_number_of_edits_caps_the_budget(allowed, found):
    assert matched("Quillonborough", "Quilonboruogh", edits=allowed) == found


def test_a_name_does_not_reach_across_fields():
    found = PatternIndex([Pattern(parse_alias("Grey Harbour"))]).find(Words(Text("Grey", "Harbour")))
    assert found == []


@settings(max_examples=examples(300), deadline=None)
@given(st.text(max_size=60), st.sampled_from(["Morrigan", "=GREY", "drain*", "회색항구", "Grey Harbour"]))
def test_an_alias_between_words_always_matches(noise, spelling):
    said = spelling.strip("=*")
    words = Words(Text(f"{noise} , {said} , {noise}"))
    assert said in [s.text(words) for s in PatternIndex([Pattern(parse_alias(spelling))]).find(words)]


@settings(max_examples=examples(300), deadline=None)
@given(st.text(st.characters(), max_size=80), st.text(st.characters(), max_size=80))
def test_any_text_is_searched_without_an_error(title, summary):
    names = [*PATTERNS, Pattern(parse_alias("/[a-z]{3}|港/")), Pattern(parse_alias("회색항구"))]
    words = Words(Text(title, summary))
    for candidate in PatternIndex(names, VOCABULARY).find(words):
        assert candidate.text(words)


def test_a_long_name_with_two_edits_is_found_by_either_half():
    for text in ("Qiullonborrough", "Quillonbroguh", "uQillonborouhg", "Quillonborou"):
        assert [kind for _, _, kind in matched("Quillonborough", text)] == [MatchKind.FUZZY.value], text
