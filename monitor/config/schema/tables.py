"""The tables and keys that a configuration file may contain, with their types.

Keys that another file may supply are optional here, and references to other tables are not resolved: both are checked
after all files have been merged. Editors show the descriptions of tables and keys, through the JSON Schema.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)

from monitor.config.schema.recurrences import (
    QUIET_WINDOW,
    RECURRENCE,
    parse_quiet_hours,
    parse_quiet_window,
    parse_recurrence,
)
from monitor.config.schema.thresholds import parse_threshold
from monitor.config.schema.values import (
    ADAPTIVE,
    DURATION,
    ID,
    LANGUAGE,
    MAX_COUNT,
    MAX_EDITS,
    SIZE,
    WORDS_APART,
    between,
    parse_contact,
    parse_count,
    parse_date,
    parse_document_size,
    parse_duration,
    parse_every,
    parse_filled,
    parse_fuzzy,
    parse_header_name,
    parse_id,
    parse_language,
    parse_listen,
    parse_network,
    parse_path,
    parse_selector,
    parse_severity,
    parse_size,
    parse_tag,
    parse_thresholds,
    parse_within,
    parse_zone,
)
from monitor.config.settings import Network
from monitor.model import QuietWindow, Recurrence, Scope, Severity, Threshold, Within

_DURATION = WithJsonSchema({"type": "string", "pattern": f"^{DURATION}$"})
_WITHIN = WithJsonSchema({"type": "string", "pattern": f"^({WORDS_APART}|sentence|anywhere)$"})
_SEVERITY = WithJsonSchema({"type": "string", "enum": [s.word for s in Severity]})
_FILLED = WithJsonSchema({"type": "string", "pattern": r"\S"})
_TEXT = WithJsonSchema({"type": "string"})
_FUZZY = WithJsonSchema(
    {
        "if": {"type": "integer"},
        "then": {"minimum": 0, "maximum": MAX_EDITS},
        "else": {"enum": ["auto", "off"]},
    }
)

Id = Annotated[str, PlainValidator(parse_id), WithJsonSchema({"type": "string", "pattern": f"^{ID}$"})]
Filled = Annotated[str, AfterValidator(parse_filled), _FILLED]
Tag = Annotated[str, AfterValidator(parse_tag), _FILLED]
Language = Annotated[
    str, AfterValidator(parse_language), WithJsonSchema({"type": "string", "pattern": f"^{LANGUAGE}$"})
]
Contact = Annotated[str, AfterValidator(parse_contact), _FILLED]
CssSelector = Annotated[str, AfterValidator(parse_filled), AfterValidator(parse_selector), _FILLED]
CssSelectorWithin = Annotated[str, AfterValidator(parse_selector)]
FilePath = Annotated[str, AfterValidator(parse_path), _FILLED]
Interval = Annotated[float, PlainValidator(parse_duration), AfterValidator(between("1s")), _DURATION]
FeedInterval = Annotated[
    float | Literal["adaptive"],
    PlainValidator(parse_every),
    WithJsonSchema({"type": "string", "pattern": f"^({DURATION}|{ADAPTIVE})$"}),
]
Duration = Annotated[float, PlainValidator(parse_duration), _DURATION]
KeepTime = Annotated[float, PlainValidator(parse_duration), AfterValidator(between("1d")), _DURATION]
BackupInterval = Annotated[float, PlainValidator(parse_duration), AfterValidator(between("1m")), _DURATION]
FeedDown = Annotated[float, PlainValidator(parse_duration), AfterValidator(between("1m")), _DURATION]
Size = Annotated[int, PlainValidator(parse_size), WithJsonSchema({"type": "string", "pattern": f"^{SIZE}$"})]
DocumentSize = Annotated[
    int, PlainValidator(parse_document_size), WithJsonSchema({"type": "string", "pattern": f"^{SIZE}$"})
]
SeverityWord = Annotated[Severity, PlainValidator(parse_severity), _SEVERITY]
Distance = Annotated[Within, PlainValidator(parse_within), _WITHIN]
Edits = Annotated[int | None, PlainValidator(parse_fuzzy), _FUZZY]
Count = Annotated[
    int, PlainValidator(parse_count), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_COUNT})
]
WeeklyMoment = Annotated[
    Recurrence, PlainValidator(parse_recurrence), WithJsonSchema({"type": "string", "pattern": f"^{RECURRENCE}$"})
]
Quiet = Annotated[
    QuietWindow, PlainValidator(parse_quiet_window), WithJsonSchema({"type": "string", "pattern": f"^{QUIET_WINDOW}$"})
]
Thresholds = Annotated[list[Count], AfterValidator(parse_thresholds)]
QuietHours = Annotated[list[Quiet], AfterValidator(parse_quiet_hours)]
Listen = Annotated[
    tuple[str, int], PlainValidator(parse_listen), WithJsonSchema({"type": "string", "pattern": r"^\S+:\d{1,5}$"})
]
TokenScope = Literal["read", "triage", "silence", "deliveries", "metrics"]
HeaderName = Annotated[str, AfterValidator(parse_header_name), _FILLED]
MinAmount = Annotated[Threshold, PlainValidator(parse_threshold), _TEXT]
TomlDate = Annotated[date, PlainValidator(parse_date), WithJsonSchema({"type": "string", "format": "date"})]
Zone = Annotated[ZoneInfo, PlainValidator(parse_zone), _TEXT]
PrivateNetwork = Annotated[Network, PlainValidator(parse_network), _TEXT]


def _texts(description: str) -> Any:
    return Field(default_factory=list, description=description)


class Table(BaseModel):
    """Base of all TOML tables: unknown keys and values of another type are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Extendable(Table):
    """Base of the tables that may extend a table with the same name in a file read earlier."""

    extend: bool = Field(
        False, description="true: add to what another file defines; lists are merged, single values replaced"
    )


class PageTable(Table):
    """How to read a web page that has no feed: CSS selectors; ``a@href`` takes an attribute."""

    entry: CssSelector = Field(description='The block of one entry, as ".view-content .views-row"')
    title: CssSelectorWithin = Field("a", description='Its title, within the block, as "h3 a"; "": the whole block')
    link: CssSelectorWithin = Field("a@href", description="Its address")
    date: CssSelectorWithin = Field("", description='Its date, as ".date" or "time@datetime"; default: none')
    summary: CssSelectorWithin = Field("", description="Its summary; default: none")


class FeedTable(Extendable):
    """A feed: name = "address", or a table."""

    url: Filled = Field("", description="URL of the feed, http or https; ${NAME} is an environment variable")
    every: FeedInterval | None = Field(
        None,
        description='Polling interval, as "15m"; "adaptive": as often as it publishes; default: every in [http]',
    )
    outlet: str = Field("", description="Name of the publisher; several feeds may share one; default: the feed's title")
    language: Language = Field("", description='Language of its entries, as "en"; default: as declared by the feed')
    tags: list[Tag] = _texts('Rules select feeds by tag, as "tag:official"')
    enabled: bool = Field(True, description="false: not polled")
    full_text: bool = Field(False, description="true: also fetch and match the articles of new entries")
    page: PageTable | None = Field(None, description="Read the URL as a web page, by these CSS selectors")
    auth: Filled = Field("", description='Login for HTTP Basic authentication, "user:password"; best as "${NAME}"')
    headers: dict[str, str] = Field(default_factory=dict, description='HTTP request headers, as { X-Key = "${NAME}" }')
    weight: Count = Field(1, description="Number of outlets it counts as when a story is corroborated")


class CombinationTable(Table):
    """A description of an actor without its name: one term of each group, close together in one sentence."""

    all: list[list[Filled]] = Field(
        description='Two groups of terms or more, as [["North Korea*", "DPRK"], ["hacker*", "operative*"]]'
    )
    within: Distance = Field(5, description='How far apart the first and the last may be: "5 words", "sentence"')
    needs: Literal["context"] | None = Field(None, description='"context": counts only with context within reach')

    def __hash__(self) -> int:
        return hash((tuple(map(tuple, self.all)), self.within, self.needs))


Texts = list[Filled]  # "list" is a key of actors, and would hide the type there
Combinations = list[CombinationTable]
Tags = list[Tag]


class ActorTable(Extendable):
    """A tracked actor: name = ["spelling", "other spelling"], or a table."""

    name: Filled = Field("", description="Name shown in alerts; default: the first plain alias")
    aliases: Texts = _texts(
        'Spellings that each suffice: "Lazarus Group", "=DAI" (exactly this), "drain*", "/apt-?38/"'
    )
    weak: Texts = _texts("Spellings that count only with a context word in reach")
    context: Texts = _texts('Words that confirm a weak spelling, or a typo in a short name, as "phish*"')
    context_generic: Texts = _texts("Ordinary words that confirm it if two different ones are in reach")
    combine: Combinations = _texts(
        'Descriptions that count like spellings: { all = [["North Korea*"], ["hacker*"]], within = "3 words" }'
    )
    within: Distance = Field(15, description='Maximum distance of context: "15 words", "sentence", "anywhere"')
    exclude: Texts = _texts("Phrases; a mention that overlaps one does not count")
    fuzzy: Edits = Field(None, description='Typos accepted: "auto" (by word length), "off", or a number of edits')
    severity: SeverityWord | None = Field(None, description="Severity of hits for this actor; default: medium")
    tags: Tags = _texts('Rules and yields_to select actors by tag, as "tag:dprk"')
    yields_to: Texts = _texts('Actors (or "tag:NAME"); where one of them is mentioned, this actor is dropped')
    note: str = Field("", description="Shown in every alert")
    refs: Texts = _texts("Sources of the spellings")
    list: Filled = Field("", description="The published list that it comes from: the name of a [lists.NAME]")
    addresses: Texts = _texts("Blockchain addresses; an entry that names one mentions the actor")
    remove: Texts = _texts("With extend: spellings and addresses of the earlier file to remove")


class ListTable(Extendable):
    """A published list that actors come from, such as a sanctions list."""

    title: Filled = Field("", description='Name shown in alerts, as "OFAC SDN list"')
    date: TomlDate | None = Field(None, description="Date of the edition, as 2026-11-25")
    url: Filled = Field("", description="Where the list is published")
    sanctions: bool = Field(False, description="true: alerts say that a name match is no identification")


class KeywordTable(Extendable):
    """A keyword, such as "theft": name = ["term", "other term"], or a table."""

    terms: list[Filled] = _texts('Words and phrases, as "hack*" or "private key leak"')
    remove: list[Filled] = _texts("With extend: terms of the earlier file to remove")


class EscalateTable(Table):
    """Whom to notify when a hit is not acknowledged in time."""

    after: Interval = Field(description="Time after the notification of the hit")
    to: list[Filled] = Field(description="Destinations to notify then")


class RuleTable(Table):
    """A rule: it matches if all of its conditions are met; every rule that matches an entry applies."""

    actors: list[Filled] = _texts('Requires one of these actors: names, "tag:NAME", or "*" for any')
    keywords: list[Filled] = _texts("Requires one of these keywords")
    within: Distance = Field(
        Scope.ANYWHERE, description='How close actor and keyword: "25 words", "sentence", "anywhere"'
    )
    min_amount: list[MinAmount] = _texts('Requires an amount of at least one of these, as "$1M" or "500 BTC"')
    unless: list[Filled] = _texts("Entries that contain one of these phrases do not match")
    feeds: list[Filled] = _texts('Only entries of these feeds: names or "tag:NAME"')
    severity: SeverityWord | None = Field(None, description="Default: the highest of the actors found, else medium")
    surge: bool = Field(False, description="true: only while an actor is mentioned far more often than usual")
    first_in: Interval | None = Field(None, description='Only if the actor was in no story for so long, as "30d"')
    send_to: list[Filled] = _texts("Destinations to notify")
    escalate: EscalateTable | None = Field(
        None, description='Notify others if a hit is not acknowledged in time: { after = "15m", to = ["duty-phone"] }'
    )


class DestinationTable(Table):
    """A destination: a recipient of alerts."""

    url: Filled = Field("", description='Apprise URL or "console://"; secrets as ${NAME} or ${file:name}')
    min_severity: SeverityWord = Field(Severity.LOW, description="Hits below this severity are not sent here")
    max_severity: SeverityWord | None = Field(None, description="Hits above this severity are not sent here")
    max_per_hour: Count | None = Field(None, description="Messages per hour; the rest is combined into one summary")
    digest: list[WeeklyMoment] = _texts('Collect alerts, send one message at these times, as "Mon-Fri 08:00"')
    quiet_hours: QuietHours = _texts('Periods in which alerts are delayed, as "18:00-08:00" or "Sat"')
    break_quiet: SeverityWord | None = Field(
        None, description="From this severity on, digest and quiet hours are skipped"
    )
    canary: bool = Field(False, description="true: receives the canary, see [health]")


class AlertsTable(Table):
    """Settings of alerts that apply to all destinations."""

    timezone: Zone = Field(ZoneInfo("UTC"), description='Time zone of alerts and quiet hours, as "Europe/Berlin"')
    max_age: Interval = Field(172_800.0, description="Entries older than this when first seen are stored and not sent")
    first_run: Literal["record", "alert"] = Field("record", description="What to do with a new feed's backlog")
    give_up: Duration = Field(259_200.0, description="How long a failing delivery is retried, from its first attempt")
    group: Literal["story", "none"] = Field("story", description="One alert per story, or one per hit")
    wait: Duration = Field(90.0, description="Delay of a story's first alert; critical is sent at once")
    corroborate: Thresholds = Field(
        default_factory=lambda: [3, 10],
        description="Numbers of outlets reporting a story that cause a follow-up",
    )
    storm: Count = Field(50, description="More alerts than this in 5 minutes are combined into one summary")


class HealthTable(Table):
    """How the monitor reports its own health."""

    send_to: list[Filled] = _texts("Destinations for incidents; when one of them fails, the others are notified")
    feed_down: FeedDown = Field(21_600.0, description="Report a feed that fails or is silent for this long")
    heartbeat: WeeklyMoment | None = Field(None, description='Send a sign of life at this time, as "Mon 09:00"')
    canary: WeeklyMoment | None = Field(None, description='Send a test entry through the pipeline, as "07:00"')
    ping: Filled = Field("", description="URL of a dead man's switch, fetched every minute while all is well")
    min_disk: Size | None = Field(None, description='Report when less disk space is free for the database, as "500MB"')


class HttpTable(Table):
    """How feeds are fetched."""

    every: Interval = Field(300.0, description="Default polling interval")
    max_wait: Interval = Field(3600.0, description="Longest interval that a feed's server or document can cause")
    timeout: Interval = Field(20.0, description="Time limit for a whole request")
    max_size: DocumentSize = Field(5_242_880, description='Size limit for a document, as "8MB", at most "32MB"')
    contact: Contact = Field("", description="E-mail or web address of the operator, sent in the User-Agent")
    proxy: Filled = Field(
        "", description='Proxy for all requests to feeds, as "socks5h://127.0.0.1:9050" or "http://..."'
    )
    allow_private: list[PrivateNetwork] = _texts('Private networks that feeds may be fetched from, as "127.0.0.0/8"')


class BackupTable(Table):
    """Automatic backups of the database."""

    every: BackupInterval = Field(86_400.0, description="Backup interval")
    to: FilePath = Field(description="Directory for the backups; best on another disk")
    keep: Count = Field(7, description="Number of backups to keep; older ones are deleted")


class StorageTable(Table):
    """The location of the database, retention times and backups."""

    path: FilePath = Field("", description="Path of the database; default: monitor.db in the user's state directory")
    keep_entries: KeepTime = Field(15_552_000.0, description="How long entries without a hit are kept")
    keep_hits: KeepTime = Field(63_072_000.0, description="How long hits and their notifications are kept")
    keep_full_text: bool = Field(False, description="true: store whole articles, not only text around mentions")
    backup: BackupTable | None = Field(None, description='Backups, as { every = "1d", to = "backup", keep = 7 }')


class ExpectTable(Table):
    """The expected result of an example; keys that are left out are not checked."""

    actors: list[Filled] | None = Field(None, description="Exactly these actors are mentioned")
    keywords: list[Filled] | None = Field(None, description="Exactly these keywords are mentioned")
    rules: list[Filled] | None = Field(None, description="Exactly these rules match")
    severity: SeverityWord | None = Field(None, description="The severity of the hit")


class WebUserTable(Table):
    """A person who may sign in to the web page."""

    password: Filled = Field("", description='A hash that `monitor web --hash-password` made; best as "${file:NAME}"')
    role: Literal["viewer", "editor"] = Field("viewer", description="viewer: reads; editor: also triages and silences")


def _read_only() -> list[TokenScope]:
    return ["read"]


class WebTokenTable(Table):
    """A token for programs that use the API."""

    token: Filled = Field(description='At least 24 characters; best as "${NAME}" or "${file:NAME}"')
    scopes: list[TokenScope] = Field(default_factory=_read_only, description="What it may do")


class WebTable(Table):
    """The web page, which shows hits, stories, feeds and deliveries in a browser."""

    listen: Listen = Field(("127.0.0.1", 8077), description='Address and port, as "127.0.0.1:8077"')
    base_url: Filled = Field(
        "", description='Address of the page for links in alerts, as "https://monitor.example.org"'
    )
    hosts: list[Filled] = _texts("Host names that it answers to, besides those of loopback, listen and base_url")
    user_header: HeaderName = Field("", description="Header in which a reverse proxy sends the user's name")
    trusted_proxies: list[PrivateNetwork] = _texts('Addresses from which user_header is believed, as "127.0.0.1"')
    users: dict[Id, WebUserTable] = Field(default_factory=dict, description="Who may sign in; none: loopback only")
    tokens: dict[Id, WebTokenTable] = Field(default_factory=dict, description="Tokens of programs that use the API")


def _nothing(value: object, validate: ValidatorFunctionWrapHandler) -> ExpectTable | None:
    return None if value == "nothing" else validate(value)


class TestItemTable(Table):
    """One of several entries of an example, with the time at which it is seen."""

    __test__ = False  # the name is not for pytest

    title: Filled = Field(description="Title of the entry")
    at: WeeklyMoment = Field(description='When it is seen, as "10:00" or "Tue 08:30"')
    summary: str = Field("", description="Its summary")
    content: str = Field("", description="Its content")
    feed: str = Field("", description="Key of the feed it comes from, for rules with feeds")
    outlet: str = Field("", description="Who published it; default: the outlet of its feed, else one of its own")


class TestTable(Table):
    """An example for `monitor test`: a text, or several entries over time, and the expected result."""

    __test__ = False  # the name is not for pytest

    title: Filled = Field(description="Title of an entry; with items, the name of the example")
    summary: str = Field("", description="Its summary")
    content: str = Field("", description="Its content")
    feed: str = Field("", description="Key of the feed it comes from, for rules with feeds")
    expect: Annotated[ExpectTable | None, WrapValidator(_nothing)] = Field(
        None, description='Expected result: "nothing", or a table'
    )
    items: list[TestItemTable] = Field(default_factory=list, description="Entries in order of time, instead of a text")
    notified: list[list[Filled]] | None = Field(
        None, description="For each item, exactly the destinations that it causes a message to"
    )
    same_story: bool | None = Field(None, description="Whether all items are one story")


def _short(kind: type, key: str) -> Callable[[object], object]:
    def lengthen(value: object) -> object:
        return {key: value} if isinstance(value, kind) else value

    return lengthen


# the key whose value the short form of a table gives
SHORT_FORMS = {"feeds": "url", "actors": "aliases", "keywords": "terms"}


class FileTable(Table):
    """A configuration file; included files may contain only feeds, actors, keywords, lists, tests and include."""

    include: list[FilePath] = _texts('Other files in this format: paths, patterns, or "pack:NAME" for a shipped pack')
    feeds: dict[Id, Annotated[FeedTable, BeforeValidator(_short(str, "url"))]] = Field(default_factory=dict)
    actors: dict[Id, Annotated[ActorTable, BeforeValidator(_short(list, "aliases"))]] = Field(default_factory=dict)
    keywords: dict[Id, Annotated[KeywordTable, BeforeValidator(_short(list, "terms"))]] = Field(default_factory=dict)
    lists: dict[Id, ListTable] = Field(default_factory=dict)
    rules: dict[Id, RuleTable] = Field(default_factory=dict)
    destinations: dict[Id, DestinationTable] = Field(default_factory=dict)
    alerts: AlertsTable = Field(default_factory=lambda: AlertsTable.model_validate({}))
    health: HealthTable = Field(default_factory=lambda: HealthTable.model_validate({}))
    http: HttpTable = Field(default_factory=lambda: HttpTable.model_validate({}))
    storage: StorageTable = Field(default_factory=lambda: StorageTable.model_validate({}))
    web: WebTable | None = Field(None, description="The page; without this table there is none")
    tests: list[TestTable] = Field(default_factory=list)


INCLUDABLE = frozenset({"include", "feeds", "actors", "keywords", "lists", "tests"})


def known_keys(path: tuple[str | int, ...]) -> frozenset[str]:
    """Return the keys that a table such as ``("actors", "lazarus")`` may have; empty if the table is unknown."""
    shape = _SHAPES.get(tuple("*" if n == 1 or isinstance(k, int) else k for n, k in enumerate(path)))
    return frozenset(shape.model_fields) if shape else frozenset()


_SHAPES: dict[tuple[str | int, ...], type[Table]] = {
    (): FileTable,
    ("feeds", "*"): FeedTable,
    ("actors", "*"): ActorTable,
    ("actors", "*", "combine", "*"): CombinationTable,
    ("keywords", "*"): KeywordTable,
    ("lists", "*"): ListTable,
    ("rules", "*"): RuleTable,
    ("rules", "*", "escalate"): EscalateTable,
    ("destinations", "*"): DestinationTable,
    ("alerts",): AlertsTable,
    ("health",): HealthTable,
    ("http",): HttpTable,
    ("storage",): StorageTable,
    ("storage", "*"): BackupTable,
    ("web",): WebTable,
    ("web", "users", "*"): WebUserTable,
    ("web", "tokens", "*"): WebTokenTable,
    ("tests", "*"): TestTable,
    ("tests", "*", "expect"): ExpectTable,
    ("tests", "*", "items", "*"): TestItemTable,
}
