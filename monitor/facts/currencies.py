"""The words for money and for magnitudes, as news writes them."""

from __future__ import annotations

SYMBOLS = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD", "S$": "SGD", "NZ$":
    "NZD", "NT$": "TWD", "R$": "BRL", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₩": "KRW", "₹": "INR",
    "₽": "RUB", "₺": "TRY", "₿": "BTC", "Ξ": "ETH",
}  # fmt: skip

# ISO 4217; may stand before or after the number
CODES = (
    "USD", "EUR", "GBP", "JPY", "KRW", "CNY", "INR", "AUD", "CAD", "CHF", "HKD", "SGD", "NZD", "TWD", "RUB",
    "TRY", "BRL", "SEK", "NOK", "DKK", "PLN", "CZK", "THB", "VND", "IDR", "PHP", "MYR", "ZAR", "AED", "UAH",
    "MXN", "NGN",
)  # fmt: skip

# tickers that are no word of an English headline in capitals; only after the number ("ETH 2.0" is no amount)
COINS = (
    "BTC", "ETH", "USDT", "USDC", "SOL", "XRP", "TRX", "BNB", "LTC", "XMR", "DOGE", "DAI", "WETH", "WBTC",
    "ADA", "AVAX", "MATIC", "BUSD", "TUSD", "BCH", "ZEC", "SHIB", "STETH", "WSTETH", "METH", "CMETH", "ARB",
)  # fmt: skip

WORDS = {
    "dollar": "USD", "dollars": "USD", "us dollar": "USD", "us dollars": "USD", "u.s. dollars": "USD",
    "australian dollars": "AUD", "canadian dollars": "CAD", "hong kong dollars": "HKD", "singapore dollars": "SGD",
    "new zealand dollars": "NZD", "taiwan dollars": "TWD", "euro": "EUR", "euros": "EUR", "pounds sterling": "GBP",
    "british pounds": "GBP", "yen": "JPY", "yuan": "CNY", "rmb": "CNY", "renminbi": "CNY", "rupees": "INR",
    "rubles": "RUB", "roubles": "RUB", "swiss francs": "CHF", "baht": "THB", "bitcoin": "BTC", "bitcoins": "BTC",
    "ether": "ETH", "ethers": "ETH", "tether": "USDT",
}  # fmt: skip

# these are other words as well, and money only behind a magnitude: "3 won", "500 pounds"
WORDS_AFTER_MAGNITUDE = {"won": "KRW", "pounds": "GBP", "pound": "GBP", "lira": "TRY", "reais": "BRL"}

MAGNITUDES = {
    "k": 3, "thousand": 3, "lakh": 5, "m": 6, "mm": 6, "mn": 6, "mln": 6, "mil": 6, "mio": 6, "million": 6,
    "millions": 6, "crore": 7, "b": 9, "bn": 9, "bln": 9, "mrd": 9, "billion": 9, "billions": 9, "t": 12,
    "tn": 12, "trillion": 12,
}  # fmt: skip
