"""Find the amounts of money in a text: "$1.46B", "EUR 20 million", "$40–50 million", "401,000 ETH".

A number counts as an amount only if its currency is written too. Doubtful numbers are left out, because a wrong amount
in an alert is worse than a missing one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from monitor.facts.currencies import DOUBTFUL_RANGE_TO_WORDS, RANGE_AND_WORDS, RANGE_TO_WORDS
from monitor.facts.quantities import DASHES, Quantity, quantities
from monitor.facts.scanning import may_contain_number
from monitor.facts.spelled import east_asian_quantities, spelled_quantities
from monitor.model import Amount, Text

_CHARACTERS_BEFORE_RANGE = 14  # characters before the first number

_DASH = re.compile(rf"\s?[{DASHES}]\s?")
_TO = re.compile(rf"\s(?:{'|'.join(RANGE_TO_WORDS)})\s", re.IGNORECASE)
_DOUBTFUL_TO = re.compile(rf"\s(?:{'|'.join(DOUBTFUL_RANGE_TO_WORDS)})\s", re.IGNORECASE)
_FROM = re.compile(r"(?<!\w)(?:from|de|da|dai|od|от|від|von|dari|từ|из)\s\Z", re.IGNORECASE)
_AND = re.compile(rf"\s(?:{'|'.join(RANGE_AND_WORDS)})\s", re.IGNORECASE)
_BETWEEN = re.compile(
    r"(?<!\w)(?:between|entre|tra|fra|zwischen|между|між|między|antara|giữa|tussen|بين)\s\Z", re.IGNORECASE
)

_CHARACTERS_BEFORE = 80  # characters
_CHARACTERS_AFTER = 50

# the size of something: what a victim owns, earns or is worth, not what it lost
_SIZES = r"""
    endowments? | valuations? | (?:company|firm|startup|group|bank|business)\s(?:is\s|was\s)?valued
  | (?:\A|(?<=[.!?]\s))valued | market[\s-](?:caps?|capitali[sz]ations?|values?) | revenues? | turnover | sales
  | earnings | (?:net|gross|annual|operating)\s(?:profits?|income) | assets\sunder\smanagement | AUM | TVL
  | total\svalue\slocked | (?:trading|transaction|daily|monthly)\svolumes? | net\sworth | budgets? | GDP
  | funding | (?:seed|series\s[a-e])\srounds? | rais(?:es|ed|ing)
  | ingresos | facturaci[oó]n | valoraci[oó]n | capitalizaci[oó]n(?:\sde\smercado)? | valuada | valorada
  | receitas? | faturamento | valor\sde\smercado | capitaliza[çc][aã]o(?:\sde\smercado)?
  | chiffre\sd['’]affaires | valorisation | capitalisation(?:\sboursière)? | valoris[ée]e?
  | umsatz | jahresumsatz | marktkapitalisierung | bewertung | fatturato | capitalizzazione | valutata
  | przychod\w* | kapitalizac\w* | wycen\w* | выручк\w* | капитализаци\w* | оборот\w* | капіталізаці\w* | виручк\w*
  | piyasa\sdeğeri\w* | ciro\w* | kapitalisasi | pendapatan | vốn\shóa | doanh\sthu
"""
_FILLERS = r"""
    of | at | to | is | was | were | a | an | the | about | around | over | more | than | nearly | almost
  | roughly | approximately | some | up | stood | reached | fell | rose | dropped | slid | grew | climbed
  | falls | rises | drops | slides | grows | climbs | jumps | jumped | soars | soared | tops | topped
  | exceeds | exceeded
  | crosses | crossed | below | above | under | past | beyond | near | nears
  | alcanzó | superó | fue | más | atteint | dépasse | est | plus
  | betrug | beträgt | erreicht | stieg | fiel | auf | mehr
  | als | über | supera | raggiunge | è | oltre | wyni\w+ | sięga | ponad | составил\w* | достигл\w* | превысил\w*
  | склал\w* | сягнул\w* | mencapai | sebesar | lebih | dari | đạt | hơn | vượt
  | hit | hits | worth | total\w* | annual\w* | with | has | last | year
  | by | de | d | di | da | von | por | por\scerca | circa | rund | около | в | ok
"""
_SIZE_BEFORE = re.compile(
    rf"(?<!\w)(?:{_SIZES})(?:[^\w.;!?]+(?:{_FILLERS})(?!\w)){{0,4}}[^\w.;!?]*\Z", re.IGNORECASE | re.VERBOSE
)
_SIZE_AFTER = re.compile(
    rf"""(?:[\s-]|\+|\s?\()*
    (?:(?:in|of|as|de|en|an|annual|yearly|quarterly|total|its|their|combined|daily)\s){{0,3}}
    (?:(?:{_SIZES})(?!\w)|(?:compan(?:y|ies)|firm|startup|start-up|unicorn|giant|conglomerate|industry|economy)(?!\w))""",
    re.IGNORECASE | re.VERBOSE,
)
# the beginnings of the words above, for a fast check: without one near an amount, the expressions need not run
_BEGINNING_WORDS = """
    endo valu comp firm star grou bank busi mark reve turn sale earn net gros annu oper prof inco asse aum tvl tota trad
    tran dail mont volu budg gdp fund seed seri rais unic gian cong indu econ ingr fact capi rece fatu valo chif umsa
    jahr bewe przy kapi wyce выру капи обор капі виру piya ciro pend vốn doan
"""
_BEGINNINGS = frozenset(_BEGINNING_WORDS.split())
_WORD = re.compile(r"\w+")
_BEGINNING = 4  # letters

_EAST_ASIAN_SIZE_BEFORE = re.compile(
    r"(?:市值|估值|营收|營收|时价总额|時価総額|売上高|資産総額|시가총액|매출(?:액)?|기업가치)(?:约|約|达|達|为|為|は|が|이|가|은|는|\s){0,3}\Z"
)


def read_amounts(text: Text) -> tuple[Amount, ...]:
    """Return the amounts of money in *text* in reading order; a range ("$40–50 million") gives its two ends."""
    found: list[Amount] = []
    for field, value in text.fields():
        if may_contain_number(value):
            found += _of_field(field, value)
    return tuple(found)


def _of_field(field: str, text: str) -> Iterator[Amount]:
    found = _all_quantities(text)
    second_ends: set[int] = set()  # starts of numbers that are the second end of a range
    for one, other in pairwise([*found, None]):
        if one is None or one.start in second_ends:
            continue
        if other is not None and (ends := _range_ends(one, other, text)):
            second_ends.add(other.start)
            written, currency = text[one.start : other.end], one.currency or other.currency
            is_loss = not _is_size(text, one.start, other.end)
            yield from (Amount(value, currency, written, field, one.start, other.end, is_loss) for value in ends)
        elif one.currency:
            written = text[one.start : one.end]
            is_loss = not _is_size(text, one.start, one.end)
            yield Amount(one.value(one.magnitude), one.currency, written, field, one.start, one.end, is_loss)


def _all_quantities(text: str) -> list[Quantity]:
    """Return all numbers of *text* in order: those in digits, in English words and in East Asian characters.

    A number in digits that is part of one of the others is left out: the 14 of 14亿6000万美元.
    """
    sums = [*spelled_quantities(text), *east_asian_quantities(text)]
    if not sums:
        return list(quantities(text))
    taken = {place for one in sums for place in range(one.start, one.end)}
    rest = [one for one in quantities(text) if one.start not in taken and one.end - 1 not in taken]
    return sorted((*sums, *rest), key=lambda one: one.start)


def _range_ends(one: Quantity, other: Quantity, text: str) -> tuple[Decimal, ...]:
    """Return the lower and the upper end of the range that two numbers form; empty if they form no range."""
    if not _is_range(one, other, text):
        return ()
    # "$40-50 million": the magnitude belongs to both, unless that would turn the range around ("$500-$1 million")
    shared = one.magnitude is None and one.number <= other.number
    low, high = one.value(other.magnitude if shared else one.magnitude), other.value(other.magnitude)
    # "fell from $115 to $72" is no range, and "$25,200-400" an ellipsis
    return (low, high) if low < high else ()


def _is_range(one: Quantity, other: Quantity, text: str) -> bool:
    """Return whether two neighbouring numbers are the ends of one range in one currency: "$40-50 million"."""
    if not _is_range_between(text, one.start, one.end, other.start):
        return False
    dash = _is_dash(text[one.end : other.start])
    if one.currency and other.currency:
        return one.currency == other.currency
    if other.currency:  # "3 to 5 million dollars"
        return not other.leading
    if not one.currency or not one.leading or (one.magnitude is not None and other.magnitude is None):
        return False
    # "$40 to 50 million" and "$100-200" are ranges; "$5 million to 10 wallets" and "$500 - 2,000 users" are not
    if other.magnitude is not None:
        return one.magnitude is None or dash
    return dash and other.start - one.end == 1


def _is_range_between(text: str, start: int, end: int, other: int) -> bool:
    """Return whether the text between two numbers, a dash or a word such as "to", makes them the ends of a range.

    Args:
        text: The text.
        start: Where the first number begins, its currency included.
        end: Where the first number ends.
        other: Where the second number begins.
    """
    gap = text[end:other]
    if _DASH.fullmatch(gap) or _TO.fullmatch(gap):
        return True
    before = text[max(0, start - _CHARACTERS_BEFORE_RANGE) : start]
    return bool(
        (_AND.fullmatch(gap) and _BETWEEN.search(before)) or (_DOUBTFUL_TO.fullmatch(gap) and _FROM.search(before))
    )


def _is_dash(gap: str) -> bool:
    """Return whether *gap*, the text between two numbers, is only a dash."""
    return _DASH.fullmatch(gap) is not None


def _is_size(text: str, start: int, end: int) -> bool:
    """Return whether an amount is the size of something, such as a valuation or revenue, and therefore not a loss.

    For example "a university with an endowment of $9 billion was hacked".

    Args:
        text: The text of the field.
        start: Where the amount begins, in characters.
        end: Where the amount ends.
    """
    before, after = text[max(0, start - _CHARACTERS_BEFORE) : start], text[end : end + _CHARACTERS_AFTER]
    words = _WORD.findall(before.lower()) + _WORD.findall(after.lower())
    if _BEGINNINGS.isdisjoint([word[:_BEGINNING] for word in words]) and before.isascii():
        return False
    if _SIZE_BEFORE.search(before) or (not before.isascii() and _EAST_ASIAN_SIZE_BEFORE.search(before)):
        return True
    return _SIZE_AFTER.match(after) is not None
