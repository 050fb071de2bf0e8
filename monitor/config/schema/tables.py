"""The tables and keys that a configuration file may contain, with their types.

Keys that another file may supply are optional here, and references to other tables are not resolved: both are checked
after all files have been merged. Editors show the descriptions of tables and keys, through the JSON Schema.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
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
    parse_item_time,
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
ItemTime = Annotated[
    Recurrence | datetime,
    PlainValidator(parse_item_time),
    WithJsonSchema({"type": "string", "pattern": f"^({RECURRENCE}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ].*)$"}),
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
    """How to read a web page that has no feed, by CSS selectors; ``a@href`` selects the attribute ``href``."""

    entry: CssSelector = Field(description='Selects the block of each entry, such as ".view-content .views-row"')
    title: CssSelectorWithin = Field(
        "a", description='Title within the block, such as "h3 a"; "" takes the whole block'
    )
    link: CssSelectorWithin = Field("a@href", description="Address of the entry within the block")
    date: CssSelectorWithin = Field(
        "", description='Date of the entry, such as ".date" or "time@datetime"; default: none'
    )
    summary: CssSelectorWithin = Field("", description="Summary of the entry; default: none")


class FeedTable(Extendable):
    """A feed to poll: name = "address", or a table."""

    url: Filled = Field("", description="URL of the feed, http or https; ${NAME} is an environment variable")
    every: FeedInterval | None = Field(
        None,
        description='Polling interval, such as "15m"; "adaptive": as the feed publishes; default: every in [http]',
    )
    outlet: str = Field("", description="Name of the publisher; several feeds may share one; default: the feed's title")
    language: Language = Field("", description='Language of the entries, such as "en"; default: as the feed declares')
    tags: list[Tag] = _texts('Tags, with which rules select feeds: "tag:official"')
    enabled: bool = Field(True, description="false: the feed is not polled")
    full_text: bool = Field(False, description="true: also fetch and match the articles of new entries")
    page: PageTable | None = Field(
        None, description="Read the URL as a web page instead of a feed, with these CSS selectors"
    )
    auth: Filled = Field("", description='Login for HTTP Basic authentication, "user:password"; best as "${NAME}"')
    headers: dict[str, str] = Field(
        default_factory=dict, description='HTTP request headers, such as { X-Key = "${NAME}" }'
    )
    weight: Count = Field(
        1, description="How many outlets this feed counts as when the outlets reporting a story are counted"
    )


class CombinationTable(Table):
    """A description of an actor without its name: one term of each group, close together in one sentence."""

    all: list[list[Filled]] = Field(
        description='At least two groups of terms, such as [["North Korea*", "DPRK"], ["hacker*", "operative*"]]'
    )
    within: Distance = Field(
        5, description='Maximum distance between the first and the last term: "5 words", "sentence"'
    )
    needs: Literal["context"] | None = Field(
        None, description='"context": the description counts only near a context word of the actor'
    )

    def __hash__(self) -> int:
        return hash((tuple(map(tuple, self.all)), self.within, self.needs))


Texts = list[Filled]  # "list" is a key of actors, and would hide the type there
Combinations = list[CombinationTable]
Tags = list[Tag]


class ActorTable(Extendable):
    """A tracked actor: name = ["spelling", "other spelling"], or a table."""

    name: Filled = Field("", description="Name shown in alerts; default: the first plain alias")
    aliases: Texts = _texts(
        'Spellings that match on their own: "Lazarus Group", "=DAI" (exactly this), "drain*", "/apt-?38/"'
    )
    weak: Texts = _texts("Spellings that count only near a context word")
    context: Texts = _texts('Context words: they confirm a weak spelling, or a typo in a short name, such as "phish*"')
    context_generic: Texts = _texts("Ordinary words that act as a context word only if two different ones are near")
    combine: Combinations = _texts(
        'Descriptions that count like spellings: { all = [["North Korea*"], ["hacker*"]], within = "3 words" }'
    )
    within: Distance = Field(15, description='Maximum distance of a context word: "15 words", "sentence", "anywhere"')
    exclude: Texts = _texts("Phrases; a mention that is part of one does not count")
    fuzzy: Edits = Field(
        None,
        description='How many typos still match: "auto" (by the length of the word), "off", or a number of edits',
    )
    severity: SeverityWord | None = Field(None, description="Severity of hits for this actor; default: medium")
    tags: Tags = _texts('Tags, with which rules and yields_to select actors: "tag:dprk"')
    yields_to: Texts = _texts(
        'More specific actors (or "tag:NAME"); where one of them is mentioned, this actor does not count'
    )
    note: str = Field("", description="Note to show in every alert about the actor")
    refs: Texts = _texts("Where the spellings come from, such as a URL")
    list: Filled = Field("", description="The published list that the actor comes from: the name of a [lists.NAME]")
    addresses: Texts = _texts("Blockchain addresses; an entry that contains one mentions the actor")
    remove: Texts = _texts("With extend: spellings and addresses of the earlier file to remove")


class ListTable(Extendable):
    """A published list that actors come from, such as a sanctions list."""

    title: Filled = Field("", description='Name shown in alerts, such as "OFAC SDN list"')
    date: TomlDate | None = Field(None, description="Date of the edition, such as 2026-11-25")
    url: Filled = Field("", description="Where the list is published")
    sanctions: bool = Field(False, description="true: alerts say that a name match is no identification")


class KeywordTable(Extendable):
    """A keyword, such as "theft": name = ["term", "other term"], or a table."""

    terms: list[Filled] = _texts('Words and phrases, such as "hack*" or "private key leak"')
    remove: list[Filled] = _texts("With extend: terms of the earlier file to remove")


class EscalateTable(Table):
    """Whom to notify when a hit is not acknowledged in time."""

    after: Interval = Field(description="How long after the notification the hit may stay unacknowledged")
    to: list[Filled] = Field(description="Destinations to notify after that time")


class RuleTable(Table):
    """A rule: it matches if all of its conditions are met; every rule that matches an entry applies."""

    actors: list[Filled] = _texts('Requires one of these actors: names, "tag:NAME", or "*" for any')
    keywords: list[Filled] = _texts("Requires one of these keywords")
    within: Distance = Field(
        Scope.ANYWHERE, description='Maximum distance of actor and keyword: "25 words", "sentence", "anywhere"'
    )
    min_amount: list[MinAmount] = _texts(
        'Requires an amount of money that reaches one of these, such as "$1M" or "500 BTC"'
    )
    unless: list[Filled] = _texts("Entries that contain one of these phrases do not match")
    feeds: list[Filled] = _texts('Only entries of these feeds: names or "tag:NAME"')
    severity: SeverityWord | None = Field(
        None, description="Severity of the hits; default: the highest severity of the actors found, else medium"
    )
    surge: bool = Field(False, description="true: match only while an actor is mentioned far more often than usual")
    first_in: Interval | None = Field(
        None, description='Match only if the actor was in no story for this long, such as "30d"'
    )
    send_to: list[Filled] = _texts("Destinations to notify")
    escalate: EscalateTable | None = Field(
        None, description='Notify others if a hit is not acknowledged in time: { after = "15m", to = ["duty-phone"] }'
    )


class DestinationTable(Table):
    """A destination: a recipient of alerts."""

    url: Filled = Field("", description='Apprise URL or "console://"; secrets as ${NAME} or ${file:name}')
    min_severity: SeverityWord = Field(Severity.LOW, description="Hits below this severity are not sent here")
    max_severity: SeverityWord | None = Field(None, description="Hits above this severity are not sent here")
    max_per_hour: Count | None = Field(
        None, description="Maximum number of messages per hour; the rest is combined into one summary"
    )
    digest: list[WeeklyMoment] = _texts(
        'Collect alerts and send them as one message at these times, such as "Mon-Fri 08:00"'
    )
    quiet_hours: QuietHours = _texts('Periods in which alerts are delayed, such as "18:00-08:00" or "Sat"')
    break_quiet: SeverityWord | None = Field(
        None, description="Hits of this severity or above are sent at once, despite digest and quiet hours"
    )
    canary: bool = Field(False, description="true: the destination receives the canary of [health], a daily test entry")


class AlertsTable(Table):
    """Settings of alerts that apply to all destinations."""

    timezone: Zone = Field(ZoneInfo("UTC"), description='Time zone of alerts and quiet hours, such as "Europe/Berlin"')
    max_age: Interval = Field(172_800.0, description="Entries older than this when first seen are stored and not sent")
    first_run: Literal["record", "alert"] = Field(
        "record", description="What to do with the entries that a new feed already has: store them, or alert"
    )
    give_up: Duration = Field(
        259_200.0, description="How long a failing delivery is retried, counted from its first attempt"
    )
    group: Literal["story", "none"] = Field("story", description="One alert per story, or one per hit")
    wait: Duration = Field(
        90.0, description="How long a story's first alert waits for more reports; a critical one is sent at once"
    )
    corroborate: Thresholds = Field(
        default_factory=lambda: [3, 10],
        description="Numbers of outlets reporting a story that cause a follow-up",
    )
    storm: Count = Field(50, description="More alerts than this in 5 minutes are combined into one summary")


class HealthTable(Table):
    """How the monitor reports its own health."""

    send_to: list[Filled] = _texts(
        "Destinations of reports about incidents; if one of them fails, the others are notified"
    )
    feed_down: FeedDown = Field(
        21_600.0, description="Report a feed that has failed or has had no new entry for this long"
    )
    heartbeat: WeeklyMoment | None = Field(
        None, description='Send a message that the monitor is alive at this time, such as "Mon 09:00"'
    )
    canary: WeeklyMoment | None = Field(
        None, description='Send a test entry through the pipeline at this time, such as "07:00"'
    )
    ping: Filled = Field(
        "", description="URL of a dead man's switch, which is fetched every minute while no problem exists"
    )
    min_disk: Size | None = Field(
        None, description='Report if less disk space than this is free for the database, such as "500MB"'
    )


class HttpTable(Table):
    """How the monitor fetches feeds over HTTP."""

    every: Interval = Field(300.0, description="Default polling interval")
    max_wait: Interval = Field(3600.0, description="Longest polling interval that a feed or its server can ask for")
    timeout: Interval = Field(20.0, description="Time limit for a whole request to a feed")
    max_size: DocumentSize = Field(
        5_242_880, description='Size limit for a feed document, such as "8MB"; at most "32MB"'
    )
    contact: Contact = Field("", description="E-mail or web address of the operator, sent in the User-Agent")
    proxy: Filled = Field(
        "", description='Proxy for all requests to feeds, such as "socks5h://127.0.0.1:9050" or "http://..."'
    )
    allow_private: list[PrivateNetwork] = _texts(
        'Private networks that feeds may be fetched from, such as "127.0.0.0/8"'
    )


class BackupTable(Table):
    """Automatic backups of the database."""

    every: BackupInterval = Field(86_400.0, description="Backup interval")
    to: FilePath = Field(description="Directory for the backups; best on another disk")
    keep: Count = Field(7, description="Number of backups to keep; older ones are deleted")


class StorageTable(Table):
    """The location of the database, retention times and backups."""

    path: FilePath = Field("", description="Path of the database; default: monitor.db in the user's state directory")
    keep_entries: KeepTime = Field(15_552_000.0, description="How long entries without a hit are kept")
    keep_hits: KeepTime = Field(
        63_072_000.0, description="How long hits and the history of their notifications are kept"
    )
    keep_full_text: bool = Field(False, description="true: store whole articles, not only text around mentions")
    backup: BackupTable | None = Field(None, description='Backups, such as { every = "1d", to = "backup", keep = 7 }')


class ExpectTable(Table):
    """The expected result of an example; keys that are left out are not checked."""

    actors: list[Filled] | None = Field(None, description="Exactly these actors are mentioned")
    keywords: list[Filled] | None = Field(None, description="Exactly these keywords are mentioned")
    rules: list[Filled] | None = Field(None, description="Exactly these rules match")
    severity: SeverityWord | None = Field(None, description="The severity of the hit")


class WebUserTable(Table):
    """A person who may sign in to the web page."""

    password: Filled = Field("", description='A hash that `monitor web --hash-password` made; best as "${file:NAME}"')
    role: Literal["viewer", "editor"] = Field(
        "viewer", description="viewer: may read; editor: may also triage hits and silence actors"
    )


def _read_only() -> list[TokenScope]:
    return ["read"]


class WebTokenTable(Table):
    """A token with which a program may use the HTTP API."""

    token: Filled = Field(description='At least 24 characters; best as "${NAME}" or "${file:NAME}"')
    scopes: list[TokenScope] = Field(default_factory=_read_only, description="What a program with this token may do")


class WebTable(Table):
    """The web page, which shows hits, stories, feeds and deliveries in a browser."""

    listen: Listen = Field(("127.0.0.1", 8077), description='Address and port to listen on, such as "127.0.0.1:8077"')
    base_url: Filled = Field(
        "", description='Address of the page for links in alerts, such as "https://monitor.example.org"'
    )
    hosts: list[Filled] = _texts(
        "Host names that the page answers to, besides localhost and those of listen and base_url"
    )
    user_header: HeaderName = Field("", description="Header in which a reverse proxy sends the user's name")
    trusted_proxies: list[PrivateNetwork] = _texts(
        'Addresses of proxies whose user_header is believed, such as "127.0.0.1"'
    )
    users: dict[Id, WebUserTable] = Field(
        default_factory=dict, description="Who may sign in; without users, only this machine can use the page"
    )
    tokens: dict[Id, WebTokenTable] = Field(default_factory=dict, description="Tokens of programs that use the API")


def _nothing(value: object, validate: ValidatorFunctionWrapHandler) -> ExpectTable | None:
    return None if value == "nothing" else validate(value)


class TestItemTable(Table):
    """One of several entries of an example, with the time at which it is seen."""

    __test__ = False  # the name is not for pytest

    title: Filled = Field(description="Title of the entry")
    at: ItemTime = Field(description='When the entry is seen: "10:00", "Tue 08:30", or a date 2026-11-27T08:30:00')
    summary: str = Field("", description="Its summary")
    content: str = Field("", description="Its content")
    feed: str = Field("", description="Key of the feed it comes from, for rules with feeds")
    outlet: str = Field(
        "", description="Name of the publisher; default: the outlet of the feed, else one that no other item has"
    )


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
        None, description="For each item, exactly the destinations that get a message because of it"
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
    named = 2 if path[:1] == ("web",) else 1  # the position of the name that the operator chose
    shape = _SHAPES.get(tuple("*" if n == named or isinstance(k, int) else k for n, k in enumerate(path)))
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
