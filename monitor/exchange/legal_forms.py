"""Separate the name of an organisation from its legal form: "Acme Trading" from "LLC", "FZE", "GmbH" or "有限公司".

News items write a company's legal form in full, abbreviated or not at all, so an imported name must match without it.
The table holds the forms of the ISO 20275 list (https://www.gleif.org/en/about-lei/code-lists) that occur in the
sanctions lists of the US, the EU and the UN, with their transliterations.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MAX_WORDS = 8  # of a legal form: "S. de R.L. de C.V." has five, seven if its initials are apart

_AFTER_THE_NAME = """
    LLC; LLP; LP; LLLP; PLLC; Limited Liability Partnership; Limited Partnership; Ltd; Limited; Co; Company; Co Ltd
    Co Limited; Company Limited; Corp; Corporation; Inc; Incorporated; PLC; Public Limited Company; Pty; Pty Ltd; Pte
    Pte Ltd; Pvt Ltd; Private Limited; Private Ltd; Unlimited; ULC; CIC; CC; SOC Ltd; Trust Reg; e.U.; SE; SCE
    FZE; FZCO; FZ-LLC; FZ-Co; FZC; FZ; DMCC; DWC-LLC; Free Zone Establishment; Free Zone Company; WLL; BSC; SPC; SAOG
    SAOC; QSC; QPSC; KSC; KSCC; PSC; JSC; MChJ; QMJ; MMC; ASC; TDV; NPP
    GmbH; GmbH & Co KG; GmbH und Co KG; AG; AG & Co KG; KG; KGaA; OHG; UG; UG (haftungsbeschränkt); eG; e.K.; e.V.
    gGmbH; mbH; Gesellschaft mbH; Gesellschaft mit beschränkter Haftung; Aktiengesellschaft
    SA; SAS; SASU; SARL; S.à r.l.; EURL; SNC; SCA; SCS; SCI; SCRL; GIE; SAL; SAL Offshore; SAL Holding; Offshore SAL
    SARL Offshore; ASBL; Société Anonyme; Société à Responsabilité Limitée
    SpA; SRL; SRLS; SAPA; Società per Azioni; Società a responsabilità limitata; SL; SLU; SLL; SAU; SC; SCP; CA; SAB
    SAB de CV; SA de CV; S de RL; S de RL de CV; S de RL de CV MI; SC de RL; SC de RL de CV; SC de CV; SAPI de CV
    S en C; S en CS; SCA de CV; SPR de RL; SPR de RI; SA de CV SOFOM ENR; SOFOM ENR; SAC; SAA; SAIC; EIRL
    Sociedad Anónima; Sociedad Anónima de Capital Variable; Sociedad Limitada; Sociedad de Responsabilidad Limitada
    Cia Ltda; y Cia; y Cia Ltda; y Cia SCS; y Cia S en C; e Cia; Compañía Limitada
    Ltda; Limitada; Lda; EIRELI; SGPS; Unipessoal Lda; CRL
    BV; NV; VOF; CV; CVBA; BVBA; SPRL; Besloten Vennootschap; Coöperatie UA
    AB; HB; Aktiebolag; AS; ASA; ANS; A/S; ApS; I/S; K/S; P/S; Oy; Oyj; Oy Ab; Ky; ehf; hf
    Sp z oo; Spółka z ograniczoną odpowiedzialnością; Sp k; Sp j; sro; spol s ro; vos
    doo; dd; ad; jdoo; DOOEL; Kft; Zrt; Nyrt; Rt; Bt; OOD; EOOD; EAD; ADSITs; KD; ShPK; ShA; ООД; ЕООД; АД; ЕАД; ДОО
    AE; EPE; IKE; OE; EE; ΑΕ; ΕΠΕ; ΙΚΕ; Sirketi; Şirketi; AŞ; Ltd Sti; Ltd Şti; Limited Sirketi; Limited Şirketi
    Anonim Sirketi; Anonim Şirketi; Ticaret Ltd Sti; Ticaret Ltd Şti; Ticaret AS; Ticaret AŞ; Ticaret Limited Sirketi
    Ticaret Limited Şirketi; Ticaret Anonim Sirketi; Ticaret Anonim Şirketi; Sanayi ve Ticaret Limited Sirketi
    Sanayi ve Ticaret Limited Şirketi; Sanayi ve Ticaret Anonim Sirketi; Sanayi ve Ticaret Anonim Şirketi
    Bhd; Sdn Bhd; Berhad; Sendirian Berhad; Tbk; Persero; JSC; KK; GK; YK; Kabushiki Kaisha; Kabushiki Gaisha
    Godo Kaisha; Yugen Kaisha; Jusik Hoesa; Chusik Hoesa
"""
_ON_EITHER_SIDE = """
    Limited Liability Company; Joint Stock Company; Open Joint Stock Company; Closed Joint Stock Company
    Public Joint Stock Company; Private Joint Stock Company; Non-Public Joint Stock Company
    LLC; JSC; PJSC; PrJSC; OJSC; CJSC; LJSC; OOO; OAO; ZAO; PAO; AO; NAO; TOO; TOV; PAT; PrAT; VAT; FGUP; GUP; MUP
    Obshchestvo s Ogranichennoy Otvetstvennostyu; Obshchestvo s Ogranichennoi Otvetstvennostyu
    Obschestvo s Ogranichennoy Otvetstvennostyu; Obshchestvo s Ogranichennoj Otvetstvennostju
    Aktsionernoe Obshchestvo; Aktsionernoye Obshchestvo; Otkrytoe Aktsionernoe Obshchestvo
    Zakrytoe Aktsionernoe Obshchestvo; Publichnoe Aktsionernoe Obshchestvo; Publichnoye Aktsionernoye Obshchestvo
    ООО; ОАО; ЗАО; ПАО; АО; НАО; ТОО; ТОВ; ПАТ; ПрАТ; ИП; ФГУП; ГУП; ЧУП; ОДО; АТ
    Общество с ограниченной ответственностью; Акционерное общество; Публичное акционерное общество
    Закрытое акционерное общество; Открытое акционерное общество; Товариство з обмеженою відповідальністю
    OÜ; OU; UAB; SIA; MTÜ; Osaühing; Aktsiaselts; PT; CV; UD; TNHH; CTCP; Cong ty TNHH; Công ty TNHH; Công ty Cổ phần
    Kabushiki Kaisha
"""
_UNSPACED = (
    "股份有限责任公司", "有限责任公司", "股份有限公司", "集团有限公司", "有限公司", "集团公司", "公司",
    "股份有限責任公司", "有限責任公司", "集團有限公司", "株式会社", "有限会社", "合同会社",
    "合資会社", "合名会社", "株式會社",
    "주식회사", "유한회사", "유한책임회사", "(주)", "㈜", "(有)", "(株)", "㈱",
)  # fmt: skip

MOST_FORMS = 10  # of one name; each takes a pass over the name, and lists may have a cell of any length
_PUNCTUATION = re.compile(r"[^\w&]")
_TOKEN = re.compile(r"\S+")
_EDGES = " \t,;.-–—/&\"'«»“”„‘’()"


@lru_cache(maxsize=16_384)  # a list has the same legal forms and first words in many names
def _key(text: str) -> str:
    """Return *text* in normal form for comparing legal forms: without case, accents, spaces and punctuation."""
    if text.isascii():
        return _PUNCTUATION.sub("", text.casefold())
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i").replace("ł", "l"))
    return _PUNCTUATION.sub("", "".join(c for c in plain if not unicodedata.combining(c)).replace(" ", ""))


def _keys(table: str) -> frozenset[str]:
    return frozenset(_key(form) for line in table.strip().splitlines() for form in line.split(";"))


_BEFORE = _keys(_ON_EITHER_SIDE)
_AFTER = _keys(_AFTER_THE_NAME) | _BEFORE
# what the first and the last word of a name with a legal form are: most names have none
_BEGINNINGS = frozenset(form[:size] for form in _BEFORE for size in range(len(form) + 1))
_ENDINGS = frozenset(form[size:] for form in _AFTER for size in range(len(form) + 1))


def is_legal_form(text: str) -> bool:
    """Return whether *text* is a legal form ("GmbH") and nothing else."""
    return _key(text) in _AFTER


def without_legal_form(name: str) -> str:
    """Return the name of an organisation without legal forms at its beginning and end.

    At most MOST_FORMS are removed. A name that consists only of legal forms is returned unchanged.
    """
    rest = name.strip()
    for _ in range(MOST_FORMS):
        shorter = _without_one(rest)
        if shorter == rest:
            break
        rest = shorter
    return rest


def _without_one(name: str) -> str:
    for form in () if name.isascii() else _UNSPACED:
        for rest in (name.removesuffix(form), name.removeprefix(form)):
            if rest != name and _has_letters(rest):
                return rest.strip(_EDGES)
    tokens = [match.span() for match in _TOKEN.finditer(name)]
    begins = bool(tokens) and _key(name[slice(*tokens[0])]) in _BEGINNINGS
    ends = bool(tokens) and _key(name[slice(*tokens[-1])]) in _ENDINGS
    for count in range(min(MAX_WORDS, len(tokens) - 1), 0, -1) if begins or ends else ():
        last, first = tokens[-count][0], tokens[count - 1][1]
        if ends and _key(name[last:]) in _AFTER and _has_letters(name[:last]):
            return _trimmed(name[:last])
        if begins and _key(name[:first]) in _BEFORE and _has_letters(name[first:]):
            return _trimmed(name[first:])
    return name


def _has_letters(text: str) -> bool:
    return sum(map(str.isalpha, text)) > 1


def _trimmed(text: str) -> str:
    """Return *text* without punctuation and quotation marks around it; closing brackets and full stops stay."""
    text = text.strip().strip(",;–—-/& ")
    for opening, closing in ('""', "«»", "“”", "„“", "''"):
        if text.startswith(opening) and text.endswith(closing) and len(text) > 2:
            text = text[1:-1].strip()
    return text
