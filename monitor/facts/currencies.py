"""Tables of the words and signs for currencies, magnitudes ("million") and ranges ("between"), in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

T = TypeVar("T")


@lru_cache(maxsize=2048)  # the words around numbers repeat
def folded(word: str) -> str:
    """Return *word* in lower case with single spaces, as it is looked up in the tables of this module.

    A case-insensitive regular expression also matches a dotless i and a long s; these become "i" and "s".
    """
    return " ".join(word.lower().replace("ı", "i").replace("ſ", "s").replace("i̇", "i").split())


def folded_keys(table: Mapping[str, T]) -> dict[str, T]:
    """Return *table* with each key replaced by its ``folded`` form."""
    return {folded(word): value for word, value in table.items()}


def one_of(words: Iterable[str]) -> str:
    """Return a regular expression that matches any of *words*, longer words first; a space matches any white space.

    Words with the same beginning share it in the expression, which makes the search faster.
    """
    beginnings: dict[str, Any] = {}
    for word in words:
        node = beginnings
        for character in word:
            node = node.setdefault(r"\s" if character == " " else re.escape(character), {})
        node[""] = {}
    return _alternatives(beginnings)


def _alternatives(node: dict[str, Any]) -> str:
    """Return a regular expression for the words in a tree of characters; an empty key marks the end of a word."""
    longer = [character + _continuation(rest) for character, rest in node.items() if character]
    return "|".join(longer)


def _continuation(node: dict[str, Any]) -> str:
    longer = _alternatives(node)
    if not longer:
        return ""
    single = len(node) == 1
    return longer if single else f"(?:{longer})?" if "" in node else f"(?:{longer})"


SYMBOLS = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD", "S$": "SGD", "NZ$":
    "NZD", "NT$": "TWD", "R$": "BRL", "$": "USD", "€": "EUR", "£": "GBP", "CN¥": "CNY", "¥": "JPY", "￥": "JPY",
    "₩": "KRW", "￦": "KRW", "₹": "INR", "Rs.": "INR", "Rs": "INR", "RMB": "CNY", "₽": "RUB", "₺": "TRY", "₴": "UAH",
    "₱": "PHP", "₫": "VND", "₦": "NGN", "₿": "BTC", "Ξ": "ETH", "Rp": "IDR", "Rp.": "IDR", "zł": "PLN",
}  # fmt: skip

# ISO 4217; may stand before or after the number
CODES = (
    "USD", "EUR", "GBP", "JPY", "KRW", "CNY", "INR", "AUD", "CAD", "CHF", "HKD", "SGD", "NZD", "TWD", "RUB",
    "TRY", "BRL", "SEK", "NOK", "DKK", "PLN", "CZK", "THB", "VND", "IDR", "PHP", "MYR", "ZAR", "AED", "UAH",
    "MXN", "NGN", "ILS", "SAR", "ARS", "COP", "CLP", "PKR", "KZT", "HUF", "RON",
)  # fmt: skip

# codes that are also abbreviations or words: "PHP 8.1", "TRY 3", "150 CAD drawings"; they count as money only next to
# a magnitude, or a number of at least a thousand
DOUBTFUL_CODES = frozenset({"PHP", "TRY", "CAD", "COP", "RON", "SEK", "SAR", "ARS", "CLP"})

# signs that several currencies share; a code or word after the number decides: "$5 million AUD", "¥5 million yuan"
SHARED_SIGNS = {
    "$": frozenset({"AUD", "CAD", "HKD", "SGD", "NZD", "TWD", "MXN"}),
    "¥": frozenset({"CNY"}),
    "￥": frozenset({"CNY"}),
}

# tickers that are not English words; they count only after the number ("ETH 2.0" is not an amount)
COINS = (
    "BTC", "ETH", "USDT", "USDC", "SOL", "XRP", "TRX", "BNB", "LTC", "XMR", "DOGE", "DAI", "WETH", "WBTC",
    "ADA", "AVAX", "MATIC", "BUSD", "TUSD", "BCH", "ZEC", "SHIB", "STETH", "WSTETH", "METH", "CMETH", "ARB",
    "FDUSD", "PYUSD", "USDE", "CBBTC", "CBETH", "RETH", "RSETH", "WEETH", "XLM", "HBAR", "XAUT", "ETC", "JITOSOL",
)  # fmt: skip
MIXED_COINS = (
    "btc", "eth", "usdt", "usdc", "xrp", "stETH", "wstETH", "mETH", "cmETH", "wETH", "wBTC", "cbBTC", "cbETH", "rETH",
    "rsETH", "weETH", "ezETH", "USDe", "JitoSOL", "mSOL",
)  # fmt: skip

# words for currencies, in the forms that follow a number
WORDS = {
    # English
    "dollar": "USD", "dollars": "USD", "us dollar": "USD", "us dollars": "USD", "u.s. dollars": "USD",
    "american dollars": "USD", "australian dollars": "AUD", "canadian dollars": "CAD", "hong kong dollars": "HKD",
    "singapore dollars": "SGD", "new zealand dollars": "NZD", "taiwan dollars": "TWD", "euro": "EUR", "euros": "EUR",
    "pounds sterling": "GBP", "british pounds": "GBP", "yen": "JPY", "japanese yen": "JPY", "yuan": "CNY",
    "chinese yuan": "CNY", "rmb": "CNY", "renminbi": "CNY", "korean won": "KRW", "south korean won": "KRW",
    "rupees": "INR", "indian rupees": "INR", "rubles": "RUB", "roubles": "RUB", "russian rubles": "RUB",
    "russian roubles": "RUB", "swiss francs": "CHF", "baht": "THB", "thai baht": "THB", "turkish lira": "TRY",
    "hryvnia": "UAH", "hryvnias": "UAH", "ukrainian hryvnia": "UAH", "ukrainian hryvnias": "UAH", "dirhams": "AED",
    "naira": "NGN", "rupiah": "IDR", "ringgit": "MYR", "shekels": "ILS", "vietnamese dong": "VND",
    "wrapped ether": "WETH", "wrapped bitcoin": "WBTC", "staked ether": "STETH",
    "bitcoin": "BTC", "bitcoins": "BTC", "ether": "ETH", "ethers": "ETH", "ethereum": "ETH", "tether": "USDT",
    "usd coin": "USDC", "litecoin": "LTC", "litecoins": "LTC", "monero": "XMR", "dogecoin": "DOGE",
    # Spanish, Portuguese
    "dólares": "USD", "dolares": "USD", "dólar": "USD", "dólares estadounidenses": "USD", "dólares americanos": "USD",
    "doláres": "USD", "pesos mexicanos": "MXN", "libras esterlinas": "GBP", "yenes": "JPY", "ienes": "JPY", "yuanes":
    "CNY", "wones": "KRW", "rublos": "RUB", "francos suizos": "CHF", "francos suíços": "CHF", "libras esterlina": "GBP",
    # French
    "dollars américains": "USD", "livres sterling": "GBP", "yens": "JPY", "yuans": "CNY", "wons": "KRW",
    "francs suisses": "CHF",
    # German
    "us-dollar": "USD", "dollars us": "USD", "schweizer franken": "CHF", "franken": "CHF", "pfund sterling": "GBP",
    "rubel": "RUB",
    # Italian
    "dollari": "USD", "dollari americani": "USD", "sterline": "GBP", "franchi svizzeri": "CHF", "rubli": "RUB",
    # Russian, Ukrainian
    "доллар": "USD", "доллара": "USD", "долларов": "USD", "доллары": "USD", "долларами": "USD", "долл": "USD",
    "долл.": "USD", "долларов сша": "USD", "евро": "EUR", "рубль": "RUB", "рубля": "RUB", "рублей": "RUB", "руб": "RUB",
    "руб.": "RUB", "гривен": "UAH", "гривны": "UAH", "юаней": "CNY", "иен": "JPY", "йен": "JPY", "тенге": "KZT",
    "биткоин": "BTC", "биткоина": "BTC", "биткоинов": "BTC", "биткойнов": "BTC", "биткойна": "BTC",
    "долар": "USD", "долара": "USD", "долари": "USD", "доларів": "USD", "доларів сша": "USD", "євро": "EUR",
    "гривня": "UAH", "гривні": "UAH", "гривень": "UAH", "грн": "UAH", "грн.": "UAH", "рублів": "RUB",
    "біткоїн": "BTC", "біткоїна": "BTC", "біткоїнів": "BTC", "біткойнів": "BTC",
    # Polish
    "dolar": "USD", "dolara": "USD", "dolary": "USD", "dolarów": "USD", "dolarów amerykańskich": "USD",
    "złoty": "PLN", "złote": "PLN", "złotego": "PLN", "złotych": "PLN", "zł": "PLN", "bitcoinów": "BTC",
    "funtów": "GBP", "franków": "CHF", "rubli rosyjskich": "RUB",
    # Indonesian, Vietnamese
    "dolar as": "USD", "dollar as": "USD", "dolar amerika": "USD", "đô la": "USD", "đô la mỹ": "USD", "đô": "USD",
    "usd": "USD", "đồng": "VND", "vnđ": "VND", "nhân dân tệ": "CNY", "bảng anh": "GBP", "yên": "JPY",
    # Arabic
    "دولار": "USD", "دولارا": "USD", "دولاراً": "USD", "دولارات": "USD", "دولار أمريكي": "USD", "دولار أميركي": "USD",
    "يورو": "EUR", "درهم": "AED", "درهم إماراتي": "AED", "ريال سعودي": "SAR", "جنيه إسترليني": "GBP", "ين": "JPY",
    "يوان": "CNY", "روبل": "RUB", "بيتكوين": "BTC",
    # Turkish: with the endings below as well
    "tl": "TRY", "türk lirası": "TRY", "abd doları": "USD", "ruble": "RUB",
}  # fmt: skip

_TURKISH_ENDINGS = ("ı", "a", "da", "dan", "la", "lık", "ın", "lar", "ları", "ya", "yı", "yla", "nın", "lı", "yken")
WORDS |= {f"dolar{ending}": "USD" for ending in _TURKISH_ENDINGS}
WORDS |= {f"euro{ending}": "EUR" for ending in ("luk", "yu", "ya", "nun", "yla", "dan")} | {"avro": "EUR"}
WORDS |= {f"avro{ending}": "EUR" for ending in ("luk", "yu", "ya", "nun", "yla", "dan")}

# ambiguous words, which mean money only after a magnitude: "3 won", "500 pounds"
WORDS_AFTER_MAGNITUDE = {
    "won": "KRW", "pounds": "GBP", "pound": "GBP", "lira": "TRY", "reais": "BRL", "dong": "VND", "pesos": "MXN",
    "libras": "GBP", "livres": "GBP", "pfund": "GBP", "вон": "KRW", "франков": "CHF", "фунтов": "GBP",
    "ريال": "SAR", "جنيه": "EGP", "وون": "KRW",
}  # fmt: skip
WORDS_AFTER_MAGNITUDE |= {f"lira{ending}": "TRY" for ending in _TURKISH_ENDINGS}

MAGNITUDES = {
    "k": 3, "thousand": 3, "lakh": 5, "lakhs": 5, "lac": 5, "m": 6, "mm": 6, "mn": 6, "mln": 6, "mil": 6, "million": 6,
    "millions": 6, "cr": 7, "crore": 7, "crores": 7, "thousand crore": 10, "lakh crore": 12, "b": 9, "bn": 9, "bln": 9,
    "billion": 9, "billions": 9, "t": 12, "tn": 12, "trillion": 12, "trillions": 12,
}  # fmt: skip

# of languages in which 1.460 means 1460
FOREIGN_MAGNITUDES = {
    # Spanish, Portuguese
    "millón": 6, "millon": 6, "millones": 6, "mil millones": 9, "billones": 12, "billón": 12, "milhão": 6, "milhões": 6,
    "milhoes": 6, "bilhão": 9, "bilhões": 9, "bilhoes": 9, "mil milhões": 9, "trilhão": 12, "trilhões": 12, "mi": 6,
    "bi": 9, "tri": 12,
    # French, German, Dutch
    "milliard": 9, "milliards": 9, "md": 9, "mds": 9, "mio": 6, "mio.": 6, "millionen": 6, "mrd": 9, "mrd.": 9,
    "milliarde": 9, "milliarden": 9, "billionen": 12, "bio.": 12, "tausend": 3, "miljoen": 6, "miljard": 9,
    # Italian
    "mila": 3, "milione": 6, "milioni": 6, "miliardo": 9, "miliardi": 9, "mld": 9, "mld.": 9, "mln.": 6,
    # Russian, Ukrainian
    "тыс": 3, "тыс.": 3, "тысяча": 3, "тысяч": 3, "тысячи": 3, "млн": 6, "млн.": 6, "миллион": 6, "миллиона": 6,
    "миллионов": 6, "миллионами": 6, "млрд": 9, "млрд.": 9, "миллиард": 9, "миллиарда": 9, "миллиардов": 9, "трлн": 12,
    "трлн.": 12, "триллион": 12, "триллиона": 12, "триллионов": 12,
    "тис": 3, "тис.": 3, "тисяча": 3, "тисяч": 3, "тисячі": 3, "мільйон": 6, "мільйона": 6, "мільйони": 6,
    "мільйонів": 6, "мільярд": 9, "мільярда": 9, "мільярди": 9, "мільярдів": 9, "трильйон": 12, "трильйона": 12,
    "трильйони": 12, "трильйонів": 12,
    # Polish
    "tys": 3, "tys.": 3, "tysięcy": 3, "tysiące": 3, "milion": 6, "miliona": 6, "miliony": 6, "milionów": 6,
    "miliard": 9, "miliarda": 9, "miliardy": 9, "miliardów": 9, "bilion": 12, "biliona": 12, "biliony": 12,
    "bilionów": 12,
    # Turkish
    "bin": 3, "milyon": 6, "milyar": 9, "trilyon": 12,
    # Indonesian
    "ribu": 3, "juta": 6, "miliar": 9, "triliun": 12,
    # Vietnamese
    "nghìn": 3, "ngàn": 3, "triệu": 6, "tỷ": 9, "tỉ": 9, "nghìn tỷ": 12, "ngàn tỷ": 12,
    # Czech, Slovak, Hungarian, Romanian, Bulgarian, Swedish, Norwegian, Danish, Finnish, Greek
    "milionů": 6, "miliónů": 6, "miliónov": 6, "miliardů": 9, "miliard korun": 9, "millió": 6, "milliárd": 9,
    "milioane": 6, "miliarde": 9, "милион": 6, "милиона": 6, "милиард": 9, "милиарда": 9, "miljon": 6, "miljoner": 6,
    "miljarder": 9, "millioner": 6, "milliarder": 9, "miljoona": 6, "miljoonaa": 6, "miljardi": 9, "miljardia": 9,
    "εκατομμύρια": 6, "εκατ.": 6, "δισεκατομμύρια": 9, "δισ.": 9,
    # thousands of these and of others
    "tusen": 3, "tisíc": 3, "tisíce": 3, "tisoč": 3, "tisuća": 3, "tisuće": 3, "ezer": 3, "duizend": 3, "mille": 3,
    "tuhatta": 3, "хиляди": 3, "хил.": 3, "χιλιάδες": 3, "χιλ.": 3, "אלף": 3, "هزار": 3, "हजार": 3, "हज़ार": 3, "พัน": 3,
    "หมื่น": 4, "แสน": 5, "jt": 6, "mill.": 6, "mill": 6, "trn": 12,
    # Hebrew, Persian, Hindi, Thai
    "מיליון": 6, "מיליארד": 9, "میلیون": 6, "میلیارد": 9, "लाख": 5, "करोड़": 7, "ล้าน": 6,
    # Arabic
    "ألف": 3, "ألفا": 3, "آلاف": 3, "مليون": 6, "مليونا": 6, "مليوناً": 6, "ملايين": 6, "مليار": 9, "مليارا": 9,
    "ملياراً": 9, "مليارات": 9, "تريليون": 12,
}  # fmt: skip

# words between the ends of a range: "de 280 à 285 millions"
RANGE_TO_WORDS = ("to", "à", "bis", "đến", "tới", "hingga", "sampai", "ila", "إلى", "до")
DOUBTFUL_RANGE_TO_WORDS = ("a", "al", "do", "as")  # other words as well: a range only behind "from"
RANGE_AND_WORDS = ("and", "et", "y", "e", "und", "и", "та", "і", "i", "dan", "và", "en", "oraz", "و")
RANGE_WORDS = frozenset((*RANGE_TO_WORDS, *DOUBTFUL_RANGE_TO_WORDS, *RANGE_AND_WORDS))
