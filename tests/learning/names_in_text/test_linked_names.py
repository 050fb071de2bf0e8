import pytest

from monitor.learning.names_in_text.linked_names import NameReader
from monitor.learning.names_in_text.phrases import Relation
from monitor.model import Actor, Text
from monitor.watchlist import Watchlist

HERON = Actor(
    "heron", "Night Heron", ("Night Heron", "ナイトヘロン", "夜鹭组织", "나이트헤론"), ("Heron",), context=("hack*",)
)
GULL = Actor("gull", "Sea Gull", ("APT77", "Sea Gull ransomware", "SeaGull"))
GENERAL = Actor("general", "Hackers of the north", ("northern hackers",), yields_to=frozenset({"heron"}))


@pytest.fixture(scope="module")
def reader():
    watchlist = Watchlist({actor.id: actor for actor in (HERON, GULL, GENERAL)}, {}, {})
    return lambda text: NameReader(watchlist).read(text, watchlist.matcher.find(text).mentions)


def named(found, *, certain=True, relation=Relation.SAME):
    return {
        (one.actor, one.name)
        for one in found
        if one.relation is relation and one.is_certain is certain and not one.others
    }


ENGLISH = {
    "Night Heron, also known as Pale Wader, has stolen $3M": {"Pale Wader"},
    "Night Heron (also known as Pale Wader and UNC8101) has stolen $3M": {"Pale Wader", "UNC8101"},
    "Night Heron (a.k.a. Pale Wader, UNC8101) has stolen $3M": {"Pale Wader", "UNC8101"},
    "The Night Heron hacking group (aka 'Pale Wader') hit a bridge": {"Pale Wader"},
    "Night Heron is also tracked as Pale Wader, Grey Stilt and UNC8101.": {"Pale Wader", "Grey Stilt", "UNC8101"},
    "Night Heron, tracked by Microsoft as Pale Sleet, hit a bridge": {"Pale Sleet"},
    "Night Heron, which Microsoft tracks as Pale Sleet, hit a bridge": {"Pale Sleet"},
    "Mandiant, which tracks Night Heron as UNC4899, warned of it": {"UNC4899"},
    "Microsoft tracks the Night Heron group as Pale Sleet": {"Pale Sleet"},
    "Night Heron, which Palo Alto Networks calls Pale Taurus, hit a bridge": {"Pale Taurus"},
    "Mandiant tracks the group as UNC8101": set(),
    "Night Heron, dubbed Zylkrat by Symantec, hit a bridge": {"Zylkrat"},
    "The hackers, who go by the name Zylkrat, stole $3M; Night Heron was blamed": set(),
    "Zylkrat (formerly Night Heron) is back": {"Zylkrat"},
    "Zylkrat, formerly known as Night Heron, is back": {"Zylkrat"},
    "Night Heron rebranded as Zylkrat in May": {"Zylkrat"},
    "Night Heron, previously tracked as UNC8101, hit a bridge": {"UNC8101"},
    "Zylkrat is just another name for Night Heron": {"Zylkrat"},
    "Night Heron (UNC8101) hit a bridge": {"UNC8101"},
    "UNC8101 (Night Heron) hit a bridge": {"UNC8101"},
    "Night Heron (Pale Sleet, Zylkrat) hit a bridge": {"Pale Sleet", "Zylkrat"},
    "Police blame Night Heron, a group tracked under the moniker Zylkrat.": {"Zylkrat"},
    "Also known as Zylkrat, Night Heron has stolen $3M": {"Zylkrat"},
    "Night Heron aka Zylkrat hits again": {"Zylkrat"},
    "Night Heron alias Zylkrat hits again": {"Zylkrat"},
    "Night Heron, better known as Zylkrat, hits again": {"Zylkrat"},
    "Night Heron - aka Zylkrat - hits again": {"Zylkrat"},
    "The Zylkrat group, also known as Night Heron, hits again": {"Zylkrat"},
    "Chinese hackers Zylkrat (aka Night Heron) hit again": {"Zylkrat"},
    "Night Heron, 34, also known as Zylkrat, was arrested": {"Zylkrat"},
    "Night Heron, a Russian national also known as Zylkrat, was arrested": {"Zylkrat"},
    "Night Heron a/k/a Zylkrat was arrested": {"Zylkrat"},
    "Night Heron [also known as Zylkrat] was arrested": {"Zylkrat"},
    "Night Heron, also known by other names such as Zylkrat and Blurkig, was busy": {"Zylkrat", "Blurkig"},
    "Night Heron, which also goes by Zylkrat and Blurkig, was busy": {"Zylkrat", "Blurkig"},
    "Night Heron, also tracked by Google as UNC6040, called help desks": {"UNC6040"},
    "Night Heron (also known as Zylkrat, Blurkig, or Plonk Panda) and APT77 are busy": {
        "Zylkrat",
        "Blurkig",
        "Plonk Panda",
    },
    "Night Heron, now operating as Zylkrat, moved coins": {"Zylkrat"},
    "Night Heron (also spelled Nyte Hairun) moved coins": {"Nyte Hairun"},
    "“Night Heron” — tracked by CrowdStrike as Plonk Chollima — moved coins": {"Plonk Chollima"},
    "Night Heron 3.0 (also known as Zylkrat) is out": {"Zylkrat"},
    "Unveiling Zylkrat aka Night Heron's tactics": {"Zylkrat"},
    "Zylkrat (A.K.A. Blurkig A.K.A. Night Heron): A Complex Threat": {"Zylkrat", "Blurkig"},
    "Night Heron's operators, also called Zylkrat, hit again": {"Zylkrat"},
}


@pytest.mark.parametrize(("text", "names"), ENGLISH.items(), ids=list(ENGLISH))
def test_a_text_gives_a_tracked_actor_another_name(reader, text, names):
    assert named(reader(Text(text))) == {("heron", name) for name in names}


LANGUAGES = {
    "es": "Night Heron, también conocido como Zylkrat, robó 3 millones",
    "es-nickname": "El grupo Night Heron, apodado Zylkrat por Symantec, robó 3 millones",
    "pt": "O grupo Night Heron, também conhecido como Zylkrat, roubou 3 milhões",
    "fr": "Night Heron, également connu sous le nom de Zylkrat, a volé 3 millions",
    "fr-called": "Night Heron, aussi appelé Zylkrat, a volé 3 millions",
    "de": "Night Heron, auch bekannt als Zylkrat, stahl 3 Millionen",
    "de-name": "Night Heron, auch unter dem Namen Zylkrat bekannt, stahl 3 Millionen",
    "it": "Night Heron, noto anche come Zylkrat, ha rubato 3 milioni",
    "nl": "Night Heron, ook bekend als Zylkrat, stal 3 miljoen",
    "pl": "Night Heron, znana również jako Zylkrat, ukradła 3 mln",
    "ru": "Night Heron, также известная как Zylkrat, похитила 3 млн",
    "ru-she": "Группа Night Heron (она же Zylkrat) похитила 3 млн",
    "uk": "Night Heron, також відома як Zylkrat, викрала 3 млн",
    "tr": "Zylkrat olarak da bilinen Night Heron 3 milyon çaldı",
    "ko": "Zylkrat로도 알려진 나이트헤론이 300만 달러를 훔쳤다",
    "ko-bracket": "나이트헤론(일명 Zylkrat)이 300만 달러를 훔쳤다",
    "zh": "夜鹭组织（又称Zylkrat）盗走300万美元",
    "zh-called": "夜鹭组织，也被称为Zylkrat，盗走300万美元",
    "ja": "Zylkratとしても知られるナイトヘロンが300万ドルを盗んだ",
    "ja-alias": "ナイトヘロン（別名Zylkrat）が300万ドルを盗んだ",
    "vi": "Night Heron, còn được gọi là Zylkrat, đã đánh cắp 3 triệu",
    "id": "Night Heron, juga dikenal sebagai Zylkrat, mencuri 3 juta",
    "ar": "سرقت Night Heron المعروفة أيضا باسم Zylkrat 3 ملايين",
    "sv": "Night Heron, även känd som Zylkrat, stal 3 miljoner",
    "cs": "Night Heron, známá také jako Zylkrat, ukradla 3 miliony",
    "ro": "Night Heron, cunoscut și ca Zylkrat, a furat 3 milioane",
}


@pytest.mark.parametrize("text", LANGUAGES.values(), ids=list(LANGUAGES))
def test_the_phrases_of_other_languages_are_read(reader, text):
    assert named(reader(Text(text))) == {("heron", "Zylkrat")}


NO_ALIAS = (
    "Night Heron spread malware dubbed Zylkrat",
    "Night Heron uses a backdoor known as Zylkrat",
    "Night Heron exploited a flaw tracked as CVE-2026-1234",
    "Night Heron (North Korea) hit a bridge",
    "Night Heron (NHR) rose 3%",
    "Night Heron (2026) is a novel",
    "Night Heron, known as the most active group, hit a bridge",
    "Night Heron's campaign, dubbed Operation Zylkrat, hit banks",
    "Night Heron hit the exchange known as Bitbarn",
    "The exchange Bitbarn, formerly Barnbit, blamed Night Heron",
    "Night Heron stole from Bitbarn (formerly Barnbit)",
    "Night Heron and the Zylkrat gang, also known as Blurk, are rivals",
    "Night Heron, also known as Night Heron hackers, hit a bridge",
    "Night Heron, dubbed a menace by police, hit a bridge",
    "Hackers linked to Night Heron, known as Zylkrat, hit a bridge",
    "A unit of Night Heron known as Zylkrat hit a bridge",
    "The Night Heron unit known as Zylkrat hit a bridge",
    "Bitbarn, also known as Night Heron's biggest victim, is back",
    "Night Heron, known as Kim's army, hit a bridge",
    'Night Heron, dubbed "the bank robbers" by the press, hit a bridge',
    "Zylkrat (aka the Night Heron RAT) was found",
    "Night Heron, conocido por Sony, ha vuelto",
    "Night Heron member known as Zylkrat was arrested",
    "Northern hackers known as Zylkrat hit a bridge",
    "Police tracked Night Heron as Bitbarn lost funds",
    "Police tracked Night Heron as they left",
    "Mandiant tracks Night Heron as part of Operation Zylkrat",
    "Mandiant tracks Night Heron as North Korean",
    "Mandiant tracks Night Heron as well as Zylkrat",
)


@pytest.mark.parametrize("text", NO_ALIAS)
def test_what_is_no_other_name_of_an_actor_is_not_taken_for_one(reader, text):
    assert named(reader(Text(text))) == set()


def test_a_name_of_another_actor_is_reported_as_such(reader):
    (one,) = reader(Text("Night Heron, also known as APT77, hit a bridge"))
    assert (one.actor, one.name, one.others) == ("heron", "APT77", ("gull",))


@pytest.mark.parametrize(
    "text", ["Zylkrat, a subgroup of Night Heron, hit a bridge", "Zylkrat is believed to be an offshoot of Night Heron"]
)
def test_a_subgroup_is_no_alias(reader, text):
    found = reader(Text(text))
    assert named(found) == set()
    assert named(found, certain=False, relation=Relation.PART) == {("heron", "Zylkrat")}


@pytest.mark.parametrize(
    "text",
    [
        "Zylkrat overlaps with Night Heron",
        "UNC8101, a cluster that shares overlaps with Night Heron, hit a bridge",
    ],
)
def test_an_overlap_needs_a_second_outlet(reader, text):
    found = reader(Text(text))
    assert named(found) == set()
    assert len(named(found, certain=False, relation=Relation.OVERLAP)) == 1


def test_the_group_stands_for_the_only_actor_that_is_named_before(reader):
    found = reader(
        Text("Night Heron stole $3M", "x. The money went to Night Heron. The group, also known as Zylkrat, is old.")
    )
    assert named(found, certain=False) == {("heron", "Zylkrat")}


def test_a_former_name_between_commas_needs_a_second_outlet(reader):
    found = reader(Text("Night Heron, a global crypto exchange, formerly Zylkrat, was robbed"))
    assert named(found, certain=False) == {("heron", "Zylkrat")}
    assert reader(Text("Night Heron, formerly Apple's top lawyer, was robbed")) == []


@pytest.mark.parametrize(
    "text",
    [
        "Night Heron, antes Zylkrat, fue robado",
        "Night Heron, anciennement Zylkrat, a été volé",
        "Night Heron, vormals Zylkrat, wurde bestohlen",
        "Night Heron, dawniej Zylkrat, została okradziona",
        "Night Heron, ранее Zylkrat, ограблена",
        "Night Heron (ehemals Zylkrat) wurde bestohlen",
    ],
)
def test_former_names_in_other_languages(reader, text):
    assert [(one.actor, one.name) for one in reader(Text(text))] == [("heron", "Zylkrat")]


def test_a_heading_gives_the_number_of_a_vendor(reader):
    assert named(reader(Text("UNC8101: Night Heron Gets Bolder"))) == {("heron", "UNC8101")}
    assert named(reader(Text("Unearthing APT77: Russia's Notorious Cyber Unit Zylkrat"))) == {("gull", "Zylkrat")}


def test_of_a_heading_the_words_before_a_name_are_left_out(reader):
    assert named(reader(Text("Threat Assessment Pale Scorpius (Night Heron)"))) == {("heron", "Pale Scorpius")}
    assert named(reader(Text("Unveiling Earth Zylk aka Night Heron in Banks"))) == {("heron", "Earth Zylk")}


def test_a_ransomware_group_has_the_name_of_its_program(reader):
    assert named(reader(Text("SeaGull ransomware (aka Zylkrat) hits hospitals"))) == {("gull", "Zylkrat")}


def test_the_sentence_is_quoted(reader):
    text = Text("Thefts rise", "It was a long week. Night Heron, also known as Zylkrat, stole $3M. More follows.")
    (one,) = reader(text)
    assert one.sentence == "Night Heron, also known as Zylkrat, stole $3M."
