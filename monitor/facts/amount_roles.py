"""Which amounts can be a loss, and which are the size of a company, a market or a budget."""

from __future__ import annotations

import re

_ROOM_BEFORE = 80  # characters
_ROOM_AFTER = 50

# the size of something: what a victim owns, earns or is worth, not what it lost
_SIZES = r"""
    endowments? | valuations? | (?:company|firm|startup|group|bank|business)\s(?:is\s|was\s)?valued
  | market[\s-](?:caps?|capitali[sz]ations?|values?) | revenues? | turnover | sales
  | earnings | (?:net|gross|annual|operating)\s(?:profits?|income) | assets\sunder\smanagement | AUM | TVL
  | total\svalue\slocked | (?:trading|transaction|daily|monthly)\svolumes? | net\sworth | budgets? | GDP
  | funding | (?:seed|series\s[a-e])\srounds? | rais(?:es|ed|ing)
  | ingresos | facturaci[oó]n | valoraci[oó]n | capitalizaci[oó]n | valuada | valorada
  | receitas? | faturamento | valor\sde\smercado | capitaliza[çc][aã]o
  | chiffre\sd['’]affaires | valorisation | capitalisation | valoris[ée]e?
  | umsatz | jahresumsatz | marktkapitalisierung | bewertung | fatturato | capitalizzazione | valutata
  | przychod\w* | kapitalizac\w* | wycen\w* | выручк\w* | капитализаци\w* | оборот\w* | капіталізаці\w* | виручк\w*
  | piyasa\sdeğeri\w* | ciro\w* | kapitalisasi | pendapatan | vốn\shóa | doanh\sthu
"""
_FILLERS = r"""
    of | at | to | is | was | were | a | an | the | about | around | over | more | than | nearly | almost
  | roughly | approximately | some | up | stood | reached | fell | rose | dropped | slid | grew | climbed
  | hit | hits | worth | total\w* | annual\w* | with | has | last | year
  | by | de | d | di | da | von | por | por\scerca | circa | rund | около | в | ok
"""
_BEFORE = re.compile(
    rf"(?<!\w)(?:{_SIZES})(?:[^\w.;!?]+(?:{_FILLERS})(?!\w)){{0,4}}[^\w.;!?]*\Z", re.IGNORECASE | re.VERBOSE
)
_AFTER = re.compile(
    rf"""(?:[\s-]|\+|\s?\()*
    (?:(?:in|of|as|de|en|an|annual|yearly|quarterly|total|its|their|combined|daily)\s){{0,3}}
    (?:(?:{_SIZES})(?!\w)|(?:compan(?:y|ies)|firm|startup|start-up|unicorn|giant|conglomerate|industry|economy)(?!\w))""",
    re.IGNORECASE | re.VERBOSE,
)
# the beginnings of the words above: an amount without one of them near it is passed over
_BEGINNING_WORDS = """
    endo valu comp firm star grou bank busi mark reve turn sale earn net gros annu oper prof inco asse aum tvl tota trad
    tran dail mont volu budg gdp fund seed seri rais unic gian cong indu econ ingr fact capi rece fatu valo chif umsa
    jahr bewe przy kapi wyce выру капи обор капі виру piya ciro pend vốn doan
"""
_BEGINNINGS = frozenset(_BEGINNING_WORDS.split())
_WORD = re.compile(r"\w+")
_BEGINNING = 4  # letters

_EAST_ASIAN_BEFORE = re.compile(
    r"(?:市值|估值|营收|營收|时价总额|時価総額|売上高|資産総額|시가총액|매출(?:액)?|기업가치)(?:约|約|达|達|为|為|は|が|이|가|은|는|\s){0,3}\Z"
)


def is_size(text: str, start: int, end: int) -> bool:
    """Return whether the amount at *start* to *end* is the size of something, such as a valuation or revenue.

    Such an amount can be no loss, however large: "a university with an endowment of $9 billion was hacked".

    Args:
        text: The field that holds the amount.
        start: Where the amount begins, in characters.
        end: Where it ends.
    """
    before, after = text[max(0, start - _ROOM_BEFORE) : start], text[end : end + _ROOM_AFTER]
    words = _WORD.findall(before.lower()) + _WORD.findall(after.lower())
    if _BEGINNINGS.isdisjoint([word[:_BEGINNING] for word in words]) and before.isascii():
        return False
    if _BEFORE.search(before) or (not before.isascii() and _EAST_ASIAN_BEFORE.search(before)):
        return True
    return _AFTER.match(after) is not None
