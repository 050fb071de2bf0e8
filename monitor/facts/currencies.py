"""The words for money and for magnitudes, as news writes them."""

from __future__ import annotations

SYMBOLS = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD", "S$": "SGD", "NZ$":
    "NZD", "NT$": "TWD", "R$": "BRL", "$": "USD", "€": "EUR", "£": "GBP", "CN¥": "CNY", "¥": "JPY", "￥": "JPY",
    "₩": "KRW", "￦": "KRW", "₹": "INR", "Rs.": "INR", "Rs": "INR", "RMB": "CNY", "₽": "RUB", "₺": "TRY", "₴": "UAH",
    "₱": "PHP", "₫": "VND", "₦": "NGN", "₿": "BTC", "Ξ": "ETH",
}  # fmt: skip

# ISO 4217; may stand before or after the number
CODES = (
    "USD", "EUR", "GBP", "JPY", "KRW", "CNY", "INR", "AUD", "CAD", "CHF", "HKD", "SGD", "NZD", "TWD", "RUB",
    "TRY", "BRL", "SEK", "NOK", "DKK", "PLN", "CZK", "THB", "VND", "IDR", "PHP", "MYR", "ZAR", "AED", "UAH",
    "MXN", "NGN", "ILS", "SAR", "ARS", "COP", "CLP", "PKR", "KZT", "HUF", "RON",
)  # fmt: skip

# what a code or word behind the number makes of a sign before it: "$5 million AUD", "¥5 million yuan"
SHARED_SIGNS = {
    "$": frozenset({"AUD", "CAD", "HKD", "SGD", "NZD", "TWD", "MXN"}),
    "¥": frozenset({"CNY"}),
    "￥": frozenset({"CNY"}),
}

# tickers that are no word of an English headline in capitals; only after the number ("ETH 2.0" is no amount)
COINS = (
    "BTC", "ETH", "USDT", "USDC", "SOL", "XRP", "TRX", "BNB", "LTC", "XMR", "DOGE", "DAI", "WETH", "WBTC",
    "ADA", "AVAX", "MATIC", "BUSD", "TUSD", "BCH", "ZEC", "SHIB", "STETH", "WSTETH", "METH", "CMETH", "ARB",
    "FDUSD", "PYUSD", "USDE", "CBBTC", "CBETH", "RETH", "RSETH", "WEETH", "XLM", "HBAR", "XAUT", "ETC", "JITOSOL",
)  # fmt: skip
MIXED_COINS = (
    "btc", "eth", "usdt", "usdc", "xrp", "stETH", "wstETH", "mETH", "cmETH", "wETH", "wBTC", "cbBTC", "cbETH", "rETH",
    "rsETH", "weETH", "ezETH", "USDe", "JitoSOL", "mSOL",
)  # fmt: skip

WORDS = {
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
    # Spanish, Portuguese, French, German, Italian, Russian
    "dólares": "USD", "dolares": "USD", "dólares estadounidenses": "USD", "dólares americanos": "USD",
    "dollars américains": "USD", "us-dollar": "USD", "dollari": "USD", "doláres": "USD", "pesos mexicanos": "MXN",
    "долларов": "USD", "доллара": "USD", "доллар": "USD", "евро": "EUR", "рублей": "RUB", "рубля": "RUB",
    "биткоинов": "BTC", "биткойнов": "BTC", "биткоина": "BTC",
}  # fmt: skip

# these are other words as well, and money only behind a magnitude: "3 won", "500 pounds"
WORDS_AFTER_MAGNITUDE = {"won": "KRW", "pounds": "GBP", "pound": "GBP", "lira": "TRY", "reais": "BRL", "dong": "VND"}

MAGNITUDES = {
    "k": 3, "thousand": 3, "lakh": 5, "lakhs": 5, "lac": 5, "m": 6, "mm": 6, "mn": 6, "mln": 6, "mil": 6, "million": 6,
    "millions": 6, "cr": 7, "crore": 7, "crores": 7, "thousand crore": 10, "lakh crore": 12, "b": 9, "bn": 9, "bln": 9,
    "billion": 9, "billions": 9, "t": 12, "tn": 12, "trillion": 12,
}  # fmt: skip

# Spanish, Portuguese, French, German, Italian, Russian; they write 1.460 for a thousand four hundred and sixty
FOREIGN_MAGNITUDES = {
    "millón": 6, "millon": 6, "millones": 6, "mil millones": 9, "billones": 12, "milhão": 6, "milhões": 6, "milhoes": 6,
    "bilhão": 9, "bilhões": 9, "bilhoes": 9, "mil milhões": 9, "trilhões": 12, "milliard": 9, "milliards": 9,
    "mio": 6, "mio.": 6, "millionen": 6, "mrd": 9, "mrd.": 9, "milliarde": 9, "milliarden": 9, "billionen": 12,
    "tausend": 3, "milione": 6, "milioni": 6, "miliardo": 9, "miliardi": 9, "mld": 9,
    "тыс": 3, "тыс.": 3, "тысяч": 3, "тысячи": 3, "млн": 6, "млн.": 6, "миллион": 6, "миллиона": 6, "миллионов": 6,
    "млрд": 9, "млрд.": 9, "миллиард": 9, "миллиарда": 9, "миллиардов": 9, "трлн": 12,
}  # fmt: skip
