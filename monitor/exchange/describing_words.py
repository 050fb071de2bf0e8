"""Words that only describe a group or malware, such as nationalities, and are therefore no usable names.

Published lists name malware "Turkish", "Global" or "Android", after its victims or its platform, but a text with
"Turkish ransomware" may mean any malware. The words come from closed classes: nationalities and languages, platforms
and their makers, currencies, numbers, and terms of the security trade.
"""

from __future__ import annotations

_NATIONALITIES = """
    afghan african albanian algerian american angolan arab arabian arabic argentine argentinian armenian asian
    australian austrian azerbaijani azeri bahraini bangladeshi belarusian belgian bolivian bosnian brazilian
    british bulgarian burmese cambodian cameroonian canadian catalan chechen chilean chinese christian colombian
    congolese croatian cuban cypriot czech danish dutch ecuadorian egyptian emirati english estonian ethiopian
    european farsi filipino finnish flemish french georgian german ghanaian greek guatemalan haitian hebrew
    hindi hindu honduran hungarian icelandic indian indonesian iranian iraqi irish islamic israeli italian
    ivorian jamaican japanese jewish jordanian kazakh kazakhstani kenyan korean kosovar kurdish kuwaiti kyrgyz
    laotian latin latvian lebanese liberian libyan lithuanian macedonian malaysian maltese mandarin mexican
    moldovan mongolian moroccan muslim myanmar nepali nigerian nordic norwegian omani pakistani palestinian
    panamanian paraguayan pashto persian peruvian polish polski portuguese punjabi qatari roma romanian russian
    rwandan saudi scandinavian scottish senegalese serbian serbo-croatian singaporean slavic slovak slovenian
    somali soviet spanish sudanese swahili swedish swiss syrian taiwanese tajik tamil tatar thai tibetan
    tunisian turkish turkmen ugandan ukrainian urdu uruguayan uzbek venezuelan vietnamese welsh yemeni
    zimbabwean
"""
_PLATFORMS = """
    adobe amazon android apache apple azure bing blockchain bluetooth browser chrome cisco cloud cobol desktop
    discord docker ebay email excel exchange facebook firefox flash fortinet github gmail golang google hadoop
    hotmail instagram intel internet ios ipad iphone java javascript kubernetes linkedin linux mac macos
    messenger microsoft mobile mysql nintendo office opera oracle outlook paypal pdf perl php playstation
    powershell python router ruby rust safari samba samsung sharepoint signal skype slack snapchat sony spotify
    sql steam swift symbian telegram tiktok tor twitter ubuntu unix usb viber vpn wallet wechat whatsapp wifi
    windows word wordpress xbox yahoo youtube zoom
"""
_MONEY = """
    bitcoin bitcoins btc cardano cash coin coins crypto cryptocurrency cryptos currency dai dash dogecoin dollar
    dollars ether ethereum euro euros litecoin monero money payment payments pound ripple ruble solana
    stablecoin tether token tokens usdc usdt yen yuan zcash
"""
_NUMBERS = """
    all another both dual each eight every few fifth first five four fourth hundred last many million more most
    next nine no none one other second seven several single six some ten third this thousand three top two zero
"""
_DESCRIPTIONS = """
    active advanced alleged annual anonymous another big biggest common current damaging dangerous deadly
    destructive domestic early evasive fake false famous fast final foreign former free full future general
    global good hidden huge infamous international known large largest late latest leading legal local main
    major malicious mass massive mature modern national new newest noisy notable notorious novel official
    offline old online open original popular possible potential powerful previous prime private prolific public
    rare real recent regional related rival secret serious similar simple small smart sophisticated special
    state strange successful suspected targeted top traditional typical unknown unnamed unusual updated urgent
    various vicious viral weak well-known widespread worldwide worst young
"""
_TERMS = """
    access actor actors adversary agency alert analysis antivirus attack attacker attackers attacks backdoor
    backup ban bank banker banking bot botnet breach broker bug campaign chat code command control crew crime
    crimeware criminal criminals crypt crypter cryptor cyber cyberattack cybercrime data ddos decrypt decrypted
    decrypter decryptor defender defenders demo download dropper encoder encrypt encrypted encrypter encryption
    encryptor espionage exploit exploits extortion file files fraud gang group groups hack hacked hacker hackers
    hacking hacktivist incident infected infection infostealer insider intrusion keylogger leak leaks loader
    locked locker lockers malware miner network operation operator operators password payload payloads phishing
    police protected proxy ransom ransomware report research response risk root rootkit sanction sanctions scam
    scanner security server service shell sms software spam spy spyware stealer stolen survey system target team
    tech test theft threat tool toolkit tools trick trojan trojans unlock update victim victims virus
    vulnerability warning web website wiper worm
"""

_COMPANIES = """
    aave airbnb alibaba alphabet amd arbitrum aster baidu bancor bilibili binance bitfinex bitget bithumb
    bitmain bitmex bitstamp bittrex blackrock blackstone block bluesky bybit bytedance celsius chainalysis
    chainlink circle cisco citi coinbase coincheck compound consensys cosmos crypto.com curve cylance dell
    deloitte disney elliptic ericsson etoro etsy euler fidelity filecoin fireblocks ftx galaxy gemini grayscale
    hedera helium honda hp huawei huobi hyperliquid ibm ing kaspersky kia klaytn kraken kucoin kyber lego lenovo
    lido lockheed lyft mandiant mcafee meta metamask microstrategy moderna moonpay morpho mozilla near netflix
    nexo nike nokia nubank nvidia okx openai opensea optimism osmosis palantir paxos pepe pfizer polkadot
    polygon qantas qualcomm raytheon revolut ripple rivian robinhood roblox ronin safe salesforce sap scroll sei
    shopify siemens slowmist snowflake softbank sophos spacex square stargate starknet stripe sui sushi symantec
    synthetix telefonica tencent tesla thales toshiba toyota trezor tron twitch uber uniswap upbit verizon visa
    vodafone volkswagen walmart wazirx wormhole xerox xiaomi yandex yearn zimbra zoho
"""

# Next to "ransomware" they name nobody.
DESCRIBING_WORDS = frozenset(
    " ".join((_NATIONALITIES, _PLATFORMS, _MONEY, _NUMBERS, _DESCRIPTIONS, _TERMS)).replace("-", " ").split()
)
# Companies and tokens of many headlines: ordinary words here, though no dictionary has them.
KNOWN_NAMES = frozenset(_COMPANIES.split())
