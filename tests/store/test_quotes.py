import pytest

from monitor.errors import UsageError
from monitor.store.quotes import Phrases


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("Nevena Ostrovska", "NEVENA  OSTROVSKA's yacht", True),
        ("Nevena Ostrovska", "Nevena-Ostrovska", True),
        ("Nevéna Ostrovská", "nevena ostrovska", True),
        ("Nevena Ostrovska", "Nеvena Ostrovska", True),
        ("Nevena Ostrovska", "Nevena Ostrovskaya", False),
        ("Nevena Ostrovska", "Ostrovska, Nevena", False),
        ("Ann", "Annual report", False),
        ("ana@bank.example", "write to ana@bank.example.", True),
        ("拉撒路集团", "据报道拉撒路集团窃取了资金", True),
        ("拉撒路集团", "据报道集团窃取了资金", False),
    ],
)
def test_a_phrase_is_found_as_whole_words(phrase, text, found):
    assert Phrases([phrase]).in_text(text) is found


def test_a_phrase_without_letters_is_refused():
    with pytest.raises(UsageError, match="no letter or digit"):
        Phrases(["***"])
