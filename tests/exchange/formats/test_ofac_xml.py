# ruff: noqa: E501  # elements of XML are easier to compare on one line
from __future__ import annotations

import contextlib
import gzip
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import UsageError
from monitor.exchange.formats.ofac_xml import read_ofac_xml
from monitor.exchange.listed import ActorList

BTC = "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h"
PLAIN = f"""<?xml version="1.0" standalone="yes"?>
<sdnList xmlns="https://tempuri.org/sdnList.xsd">
<publshInformation><Publish_Date>05/03/2024</Publish_Date><Record_Count>2</Record_Count></publshInformation>
<sdnEntry><uid>25308</uid><firstName>Ivo Petrov</firstName><lastName>ZELKIN</lastName><sdnType>Individual</sdnType>
 <programList><program>SDGT</program><program>IFSR</program></programList>
 <idList><id><uid>1</uid><idType>Digital Currency Address - XBT</idType><idNumber>{BTC}</idNumber></id>
  <id><uid>2</uid><idType>Passport</idType><idNumber>123</idNumber></id></idList>
 <akaList><aka><uid>3</uid><type>a.k.a.</type><category>strong</category><lastName>ZELKYN</lastName><firstName>Ivo</firstName></aka>
  <aka><uid>4</uid><type>a.k.a.</type><category>weak</category><lastName>ZED</lastName></aka></akaList>
 <addressList><address><uid>5</uid><country>Russia</country></address></addressList></sdnEntry>
<sdnEntry><uid>36</uid><lastName>TIN FERRY LLC</lastName><sdnType>Entity</sdnType></sdnEntry>
</sdnList>"""
ENHANCED = f"""<sanctionsData xmlns="https://www.treasury.gov/ofac/sanctionsData">
<publicationInfo><dataAsOf>2024-05-03T00:00:00</dataAsOf></publicationInfo><entities>
<entity id="25308"><generalInfo><entityType refId="1">Individual</entityType></generalInfo>
 <sanctionsPrograms><sanctionsProgram refId="1">SDGT</sanctionsProgram><sanctionsProgram refId="2">IFSR</sanctionsProgram></sanctionsPrograms>
 <names><name id="2"><isPrimary>false</isPrimary><aliasType refId="3">A.K.A.</aliasType><isLowQuality>true</isLowQuality>
   <translations><translation><formattedLastName>ZED</formattedLastName></translation></translations></name>
  <name id="1"><isPrimary>true</isPrimary><isLowQuality>false</isLowQuality><translations>
   <translation><script refId="1">Latin</script><formattedFirstName>Ivo Petrov</formattedFirstName><formattedLastName>ZELKIN</formattedLastName></translation>
  </translations></name>
  <name id="3"><isPrimary>false</isPrimary><aliasType refId="3">A.K.A.</aliasType><isLowQuality>false</isLowQuality>
   <translations><translation><formattedFirstName>Ivo</formattedFirstName><formattedLastName>ZELKYN</formattedLastName></translation></translations></name></names>
 <addresses><address id="1"><country refId="2">Russia</country></address></addresses>
 <features><feature id="1"><type featureTypeId="344">Digital Currency Address - XBT</type><value>{BTC}</value></feature></features></entity>
<entity id="36"><generalInfo><entityType refId="2">Entity</entityType></generalInfo><names><name id="9"><isPrimary>true</isPrimary>
 <translations><translation><formattedFullName>TIN FERRY LLC</formattedFullName></translation></translations></name></names></entity>
</entities></sanctionsData>"""


def _alias(kind: str, primary: str, weak: str, *parts: tuple[str, str]) -> str:
    values = "".join(
        f'<DocumentedNamePart><NamePartValue NamePartGroupID="{g}">{v}</NamePartValue></DocumentedNamePart>'
        for g, v in parts
    )
    return f'<Alias AliasTypeID="{kind}" Primary="{primary}" LowQuality="{weak}"><DocumentedName>{values}</DocumentedName></Alias>'


_GROUPS = """<NamePartGroups><MasterNamePartGroup><NamePartGroup ID="1" NamePartTypeID="1520"/></MasterNamePartGroup>
<MasterNamePartGroup><NamePartGroup ID="2" NamePartTypeID="1521"/></MasterNamePartGroup>
<MasterNamePartGroup><NamePartGroup ID="4" NamePartTypeID="1522"/></MasterNamePartGroup>
<MasterNamePartGroup><NamePartGroup ID="3" NamePartTypeID="1525"/></MasterNamePartGroup></NamePartGroups>"""
ADVANCED = f"""<Sanctions xmlns="http://www.un.org/sanctions/1.0">
<DateOfIssue CalendarTypeID="1"><Year>2024</Year><Month>5</Month><Day>3</Day></DateOfIssue>
<ReferenceValueSets><AliasTypeValues><AliasType ID="1400">A.K.A.</AliasType><AliasType ID="1403">Name</AliasType></AliasTypeValues>
<FeatureTypeValues><FeatureType ID="344">Digital Currency Address - XBT</FeatureType><FeatureType ID="8">Birthdate</FeatureType></FeatureTypeValues>
<NamePartTypeValues><NamePartType ID="1520">Last Name</NamePartType><NamePartType ID="1521">First Name</NamePartType>
<NamePartType ID="1522">Middle Name</NamePartType><NamePartType ID="1525">Entity Name</NamePartType></NamePartTypeValues>
<PartySubTypeValues><PartySubType ID="3" PartyTypeID="2">Unknown</PartySubType><PartySubType ID="4" PartyTypeID="1">Unknown</PartySubType></PartySubTypeValues>
<PartyTypeValues><PartyType ID="1">Individual</PartyType><PartyType ID="2">Entity</PartyType></PartyTypeValues></ReferenceValueSets>
<DistinctParties><DistinctParty FixedRef="25308"><Profile ID="25308" PartySubTypeID="4"><Identity>
{_alias("1400", "false", "false", ("1", "ZELKYN"), ("2", "Ivo"))}{_alias("1403", "true", "false", ("1", "ZELKIN"), ("4", "Petrov"), ("2", "Ivo"))}
{_alias("1400", "false", "true", ("1", "ZED"))}{_GROUPS}</Identity>
<Feature FeatureTypeID="344"><FeatureVersion><VersionDetail DetailTypeID="1432">{BTC}</VersionDetail></FeatureVersion></Feature>
</Profile></DistinctParty>
<DistinctParty FixedRef="36"><Profile ID="36" PartySubTypeID="3"><Identity>{_alias("1403", "true", "false", ("3", "TIN FERRY LLC"))}{_GROUPS}</Identity></Profile></DistinctParty>
</DistinctParties><SanctionsEntries><SanctionsEntry ProfileID="25308"><SanctionsMeasure><Comment>SDGT</Comment></SanctionsMeasure>
<SanctionsMeasure><Comment>IFSR</Comment></SanctionsMeasure><SanctionsMeasure><Comment/></SanctionsMeasure></SanctionsEntry></SanctionsEntries></Sanctions>"""
FORMS = {"plain": PLAIN, "enhanced": ENHANCED, "advanced": ADVANCED}


def read(tmp_path, text: str | bytes, types=()) -> ActorList:
    file = tmp_path / "sdn.xml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_ofac_xml(file, types)


@pytest.mark.parametrize("form", FORMS)
def test_a_party_has_its_names_addresses_and_programs(tmp_path, form):
    found = read(tmp_path, FORMS[form])
    actor, company = found.actors
    assert (actor.record, company.record) == ("SDN 25308", "SDN 36")
    assert actor.name.full == ("Ivo Petrov Zelkin", "Zelkin, Ivo Petrov")
    assert {(name.name, name.origin, name.weak) for name in actor.aliases} == {
        ("Ivo Zelkyn", "SDN 25308, a.k.a.", False),
        ("ZED", "SDN 25308, weak a.k.a.", True),
    }
    assert actor.addresses == (BTC,)
    assert [tag for tag in actor.tags if not tag.startswith("country")] == ["sdgt", "ifsr"]
    assert company.name.short == ("TIN FERRY",)
    assert found.source.date == date(2024, 5, 3)


@pytest.mark.parametrize("form", FORMS)
def test_only_the_wanted_types_are_read(tmp_path, form):
    assert [actor.record for actor in read(tmp_path, FORMS[form], ["individual"]).actors] == ["SDN 25308"]


def test_a_compressed_file_is_read(tmp_path):
    assert len(read(tmp_path, gzip.compress(PLAIN.encode())).actors) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PLAIN[:700], r"sdn.xml:\d+:\d+: is not complete XML: .*; download it again"),
        ("<rss/>", "its root is <rss>"),
        ("no xml", "it is not XML"),
        ("", "is empty"),
        (
            '<!DOCTYPE sdnList [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
            + PLAIN.partition("?>")[2].replace("ZED", "&b;"),
            "has a document type declaration",
        ),
        (
            '<!DOCTYPE sdnList [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
            + PLAIN.partition("?>")[2].replace("ZED", "&a;"),
            "has a document type declaration",
        ),
    ],
    ids=["cut", "rss", "text", "empty", "entities", "external entity"],
)
def test_other_files_are_refused(tmp_path, text, message):
    with pytest.raises(UsageError, match=message):
        read(tmp_path, text)


EDITS = st.tuples(
    st.integers(0, 10_000), st.sampled_from(["delete", "double", "empty", "replace"]), st.text(max_size=6)
)


def edited(text: str, edits: list[tuple[int, str, str]]) -> str:
    """Return *text* with some of its tags and texts deleted, doubled, emptied or replaced."""
    pieces = re.split(r"(<[^>]*>)", text)
    for at, how, new in edits:
        piece = pieces[at % len(pieces)]
        kept = {"delete": "", "double": piece * 2, "empty": re.sub('"[^"]*"', '""', piece), "replace": new}
        pieces[at % len(pieces)] = kept[how]
    return "".join(pieces)


@pytest.mark.parametrize("form", FORMS)
def test_any_change_to_a_file_leaves_it_readable_or_refused(tmp_path_factory, form):
    folder = tmp_path_factory.mktemp("fuzz")

    @given(st.lists(EDITS, min_size=1, max_size=5))
    def change(edits):
        with contextlib.suppress(UsageError):
            read(folder, edited(FORMS[form], edits).encode("utf-8", "replace"))

    change()
