"""A table of the names of the months in the languages of feeds."""

from __future__ import annotations

import re
import unicodedata

_NAMES = """
    january jan januar jän jänner janvier janv enero ene janeiro gennaio gen januari января январь янв січня
        січень січ stycznia styczeń sty ocak oca leden ledna január januára tammikuuta tammikuu ianuarie ian
        ιανουαρίου ιαν sijecanj siječnja siječanj janvāris јануар януари يناير ינואר בינואר sausio yanvar қаңтар
        ژانویه جانفي
    february feb februar febr février févr fév fevrier fev febrero fevereiro febbraio februari февраля февраль фев
        февр лютого лютий лют lutego luty lut şubat şub únor února február februára helmikuuta helmikuu februarie
        φεβρουαρίου φεβ subat veljače veljača фебруар февруари فبراير פברואר בפברואר vasario fevral ақпан فوریه
        شباط فيفري
    march mar mars märz mär mrz marzo março maart mrt марта март мар березня березень бер marca marzec mart březen
        března március marec maaliskuuta maaliskuu martie μαρτίου μαρ ožujka ožujak مارس מרץ במרץ marco maerz
        maret kovo mac наурыз آذار
    april apr avril avr abril abr aprile апреля апрель апр квітня квітень кві kwietnia kwiecień kwi nisan nis
        duben dubna április apríl apríla huhtikuuta huhtikuu aprilie απριλίου απρ travnja travanj април أبريل
        إبريل אפריל באפריל balandžio aprel сәуір квіт آوریل نيسان أفريل
    may mai mayo maio maggio mag mei мая май травня травень тра maja maj mayıs květen května május máj mája
        toukokuuta toukokuu μαΐου μαϊ mayis svibnja svibanj мај مايو מאי במאי gegužės мамыр трав أيار ماي
    june jun juni juin junio junho giugno giu июня июнь июн червня червень чер czerwca czerwiec cze haziran haz
        červen června június jún júna kesäkuuta kesäkuu iunie ιουνίου ιουν lipnja lipanj јун юни يونيو יוני ביוני
        birželio iyun маусым черв ژوئن حزيران جوان
    july jul juli juillet juil julio julho luglio lug июля июль июл липня липень лип lipca lipiec lip temmuz tem
        červenec července július júl júla heinäkuuta heinäkuu iulie ιουλίου ιουλ srpnja srpanj јул юли يوليو יולי
        ביולי liepos iyul шілде ژوئیه تموز جويلية
    august aug août aout agosto ago augustus августа август авг серпня серпень сер sierpnia sierpień sie ağustos
        ağu srpen srpna augusztus augusta elokuuta elokuu αυγούστου αυγ augusti agustos kolovoza kolovoz avgust
        أغسطس אוגוסט באוגוסט agustus ogos rugpjūčio avqust тамыз серп آب أوت
    september sep sept septembre septiembre setiembre setembro set settembre сентября сентябрь сен сент вересня
        вересень вер września wrzesień wrz eylül eyl září szeptember septembra syyskuuta syyskuu septembrie
        σεπτεμβρίου σεπ eylul rujna rujan septembar септембар септември سبتمبر ספטמבר בספטמבר rugsėjo sentyabr
        қыркүйек wrzesnia سپتامبر أيلول
    october oct oktober okt octobre octubre outubro out ottobre ott октября октябрь окт жовтня жовтень жов
        października październik paź ekim eki říjen října október októbra lokakuuta lokakuu octombrie οκτωβρίου
        οκτ oktobar октобар октомври أكتوبر אוקטובר באוקטובר spalio oktyabr қазан pazdziernika жовт اکتبر
    november nov novembre noviembre novembro ноября ноябрь ноя нояб kasım kas marraskuuta marraskuu noiembrie
        νοεμβρίου νοε novembra listopada listopad lis листопада лис kasim listopadu novembar studenoga studeni
        новембар ноември лист نوفمبر נובמבר בנובמבר noi lapkričio noyabr қараша листоп نوامبر
    december dec dez dezember décembre déc decembre diciembre dic dezembro dicembre декабря декабрь дек грудня
        грудень гру grudnia grudzień gru aralık ara prosinec prosince decembrie joulukuuta joulukuu δεκεμβρίου δεκ
        decembra aralik prosinca decembar децембар декември ديسمبر דצמבר בדצמבר desember disember gruodžio dekabr
        желтоқсан груд دسامبر
""".strip()

# in lower case, with abbreviations and grammatical cases that occur in dates
MONTH_OF = {name: number for number, names in enumerate(re.split(r"\n    (?=\S)", _NAMES), 1) for name in names.split()}

# names of two months, and the languages in which each is October: elsewhere it is November
OCTOBER_IN = {"listopad": ("hr", "sr", "bs"), "listopada": ("hr", "sr", "bs"), "lis": ("hr", "sr", "bs")}

# names that are no single word for a regular expression: with vowel signs, dots or a space (here written "_")
_SPELLED = """
    jan ม.ค. มกราคม जनवरी জানুয়ারি كانون_الثاني
    feb ก.พ. กุมภาพันธ์ फरवरी फ़रवरी ফেব্রুয়ারি
    mar มี.ค. มีนาคม मार्च মার্চ
    apr เม.ย. เมษายน अप्रैल এপ্রিল
    may พ.ค. พฤษภาคม मई
    jun มิ.ย. มิถุนายน जून
    jul ก.ค. กรกฎาคม जुलाई জুলাই
    aug ส.ค. สิงหาคม अगस्त আগস্ট
    sep ก.ย. กันยายน सितंबर सितम्बर সেপ্টেম্বর
    oct ต.ค. ตุลาคม अक्टूबर अक्तूबर অক্টোবর تشرين_الأول
    nov พ.ย. พฤศจิกายน नवंबर नवम्बर নভেম্বর تشرين_الثاني
    dec ธ.ค. ธันวาคม दिसंबर दिसम्बर ডিসেম্বর كانون_الأول
"""
_MONTH_OF_SPELLED = {
    unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name)).replace("_", " "): line.split()[0]
    for line in _SPELLED.strip().splitlines()
    for name in line.split()[1:]
}
_SPELLED_NAME = re.compile("|".join(sorted(map(re.escape, _MONTH_OF_SPELLED), key=len, reverse=True)))


def with_simple_names(text: str) -> str:
    """Return a date in which Thai, Hindi, Bengali and Levantine names of months are replaced by English ones."""
    return _SPELLED_NAME.sub(lambda name: f" {_MONTH_OF_SPELLED[name[0]]} ", text)
