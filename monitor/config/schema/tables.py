"""The shape of one configuration file: which tables and keys there are, and of what type.

Nothing is required here that another file may bring, and nothing refers to anything else yet: that is looked at when
all files are merged. The descriptions are those that editors show, by way of the JSON Schema.
"""

from __future__ import annotations

from collections.abc import Callable
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
    at_least,
    parse_contact,
    parse_count,
    parse_duration,
    parse_every,
    parse_filled,
    parse_fuzzy,
    parse_id,
    parse_language,
    parse_network,
    parse_path,
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
FilePath = Annotated[str, AfterValidator(parse_path), _FILLED]
Interval = Annotated[float, PlainValidator(parse_duration), AfterValidator(at_least("1s")), _DURATION]
FeedInterval = Annotated[
    float | Literal["adaptive"],
    PlainValidator(parse_every),
    WithJsonSchema({"type": "string", "pattern": f"^({DURATION}|{ADAPTIVE})$"}),
]
Duration = Annotated[float, PlainValidator(parse_duration), _DURATION]
KeepTime = Annotated[float, PlainValidator(parse_duration), AfterValidator(at_least("1d")), _DURATION]
BackupInterval = Annotated[float, PlainValidator(parse_duration), AfterValidator(at_least("1m")), _DURATION]
FeedDown = Annotated[float, PlainValidator(parse_duration), AfterValidator(at_least("1m")), _DURATION]
Size = Annotated[int, PlainValidator(parse_size), WithJsonSchema({"type": "string", "pattern": f"^{SIZE}$"})]
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
MinAmount = Annotated[Threshold, PlainValidator(parse_threshold), _TEXT]
Zone = Annotated[ZoneInfo, PlainValidator(parse_zone), _TEXT]
PrivateNetwork = Annotated[Network, PlainValidator(parse_network), _TEXT]


def _texts(description: str) -> Any:
    return Field(default_factory=list, description=description)


class Table(BaseModel):
    """A table in which every key is known and of exactly its type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Extendable(Table):
    """A table whose name another file may have defined already."""

    extend: bool = Field(
        False, description="true: add to what another file defines; lists are merged, single values replaced"
    )


class FeedTable(Extendable):
    """A feed: name = "address", or a table."""

    url: Filled = Field("", description="Address of the feed, http or https; ${NAME} is taken from the environment")
    every: FeedInterval | None = Field(
        None, description='How often it is polled, as "15m"; "adaptive": in its own rhythm; default: every in [http]'
    )
    outlet: str = Field("", description="Who publishes it; default: the feed's title. Several feeds may share one")
    language: Language = Field("", description='Language of its items, as "en"; default: what the feed says')
    tags: list[Tag] = _texts('Rules name feeds by tag, as "tag:official"')
    enabled: bool = Field(True, description="false: not polled")
    full_text: bool = Field(False, description="true: the whole articles behind new items are read, as sites allow")
    auth: Filled = Field("", description='"user:password", best as "${NAME}"')
    headers: dict[str, str] = Field(default_factory=dict, description='Sent along, as { X-Key = "${NAME}" }')
    weight: Count = Field(1, description="As how many outlets it counts when a story is corroborated")


class ActorTable(Extendable):
    """An actor: name = ["spelling", "other spelling"], or a table."""

    name: Filled = Field("", description="What alerts call it; default: the first plain alias")
    aliases: list[Filled] = _texts(
        'Spellings that are enough by themselves: "Lazarus Group", "=DAI" (exactly this), "drain*", "/apt-?38/"'
    )
    weak: list[Filled] = _texts("Spellings that count only with a word of context within reach")
    context: list[Filled] = _texts('Words that make a weak spelling count, as "phish*"')
    within: Distance = Field(15, description='How near the context must be: "15 words", "sentence", "anywhere"')
    exclude: list[Filled] = _texts("Phrases that take away a mention they overlap")
    fuzzy: Edits = Field(None, description='Slips of the pen forgiven: "auto", "off" or a number of edits')
    severity: SeverityWord | None = Field(None, description="How much it matters; default: medium")
    tags: list[Tag] = _texts('Rules and yields_to name actors by tag, as "tag:dprk"')
    yields_to: list[Filled] = _texts('Actors (or "tag:NAME") that take its place in an item that mentions them')
    note: str = Field("", description="Shown in every alert")
    refs: list[Filled] = _texts("Where the knowledge comes from")
    remove: list[Filled] = _texts("With extend: spellings of the other file that are not wanted")


class KeywordTable(Extendable):
    """A keyword: name = ["term", "other term"], or a table."""

    terms: list[Filled] = _texts('Words and phrases, as "hack*" or "private key leak"')
    remove: list[Filled] = _texts("With extend: terms of the other file that are not wanted")


class EscalateTable(Table):
    """Who is told when nobody acknowledged a hit, and when."""

    after: Interval = Field(description="How long after the hit was told")
    to: list[Filled] = Field(description="The destinations that are told then")


class RuleTable(Table):
    """A rule: all of its lines must hold; every rule that matches applies."""

    actors: list[Filled] = _texts('One of these actors: names, "tag:NAME", "*" for any')
    keywords: list[Filled] = _texts("And one of these keywords")
    within: Distance = Field(Scope.ANYWHERE, description='How near each other: "25 words", "sentence", "anywhere"')
    min_amount: list[MinAmount] = _texts('And one of these amounts or more is named, as "$1M" or "500 BTC"')
    unless: list[Filled] = _texts("And none of these phrases anywhere")
    feeds: list[Filled] = _texts('Only items of these feeds: names or "tag:NAME"')
    severity: SeverityWord | None = Field(None, description="Default: the highest of the actors found, else medium")
    surge: bool = Field(False, description="Only while an actor is mentioned far above its own baseline")
    send_to: list[Filled] = _texts("The destinations that are told")
    escalate: EscalateTable | None = Field(
        None, description='When nobody acknowledged it by then, as { after = "15m", to = ["duty-phone"] }'
    )


class DestinationTable(Table):
    """A destination: one place that alerts go to."""

    url: Filled = Field("", description='An Apprise address or "console://"; secrets as ${NAME} or ${file:name}')
    min_severity: SeverityWord = Field(Severity.LOW, description="Hits below this are not sent here")
    max_per_hour: Count | None = Field(None, description="Messages in an hour; what is beyond goes into one summary")
    digest: list[WeeklyMoment] = _texts('Collect, then send one message at these times, as "Mon-Fri 08:00"')
    quiet_hours: QuietHours = _texts('Alerts are held back until it ends, as "18:00-08:00" or "Sat"')
    break_quiet: SeverityWord | None = Field(None, description="From this severity on at once, digest or not")
    canary: bool = Field(False, description="Takes part in the proof that the whole line works, [health] canary")


class AlertsTable(Table):
    """How alerts behave."""

    timezone: Zone = Field(ZoneInfo("UTC"), description='Zone of the times in alerts, as "Europe/Berlin"')
    max_age: Interval = Field(172_800.0, description="Items first seen when older than this are kept, not sent")
    first_run: Literal["record", "alert"] = Field("record", description="What a new feed's backlog is for")
    give_up: Duration = Field(259_200.0, description="When a failing delivery is given up, after its first attempt")
    group: Literal["story", "none"] = Field("story", description="One alert for a story, or for each hit")
    wait: Duration = Field(90.0, description="Gather that long before the first alert; critical goes at once")
    corroborate: Thresholds = Field(
        default_factory=lambda: [3, 10], description="One follow-up when so many outlets carry a story"
    )
    storm: Count = Field(50, description="More alerts than this in 5 minutes for a destination become one summary")


class HealthTable(Table):
    """How the monitor itself stands: who is told, and when."""

    send_to: list[Filled] = _texts("The destinations that are told; of one that fails the others are told")
    feed_down: FeedDown = Field(21_600.0, description="Tell when a feed fails that long, or is silent beyond its habit")
    heartbeat: WeeklyMoment | None = Field(None, description='Say "still here" then, as "Mon 09:00"')
    canary: WeeklyMoment | None = Field(None, description='Send an invented item through the whole line, as "07:00"')
    ping: Filled = Field("", description="Fetched every minute while all is well: the address of a dead man's switch")
    min_disk: Size | None = Field(None, description='Tell when less is free beside the database, as "500MB"')


class HttpTable(Table):
    """How feeds are fetched."""

    every: Interval = Field(300.0, description="How often feeds are polled")
    timeout: Interval = Field(20.0, description="For a whole request")
    contact: Contact = Field("", description="Whom sites may ask, in the User-Agent: a mail or web address")
    proxy: Filled = Field("", description='Asked in place of the sites, as "socks5h://127.0.0.1:9050" or "http://..."')
    allow_private: list[PrivateNetwork] = _texts('Private networks that feeds may lie in, as "127.0.0.0/8"')


class BackupTable(Table):
    """Copies of the database that the daemon makes by itself."""

    every: BackupInterval = Field(86_400.0, description="How often")
    to: FilePath = Field(description="The directory they go to; best on another disk")
    keep: Count = Field(7, description="How many are kept; older ones are deleted")


class StorageTable(Table):
    """Where the database is, how long it keeps what, and its copies."""

    path: FilePath = Field("", description="The database file; default: monitor.db in the user's state directory")
    keep_entries: KeepTime = Field(15_552_000.0, description="How long items without a hit are kept once out of a feed")
    keep_hits: KeepTime = Field(63_072_000.0, description="How long hits are kept, with what was sent of them")
    keep_full_text: bool = Field(False, description="true: keep whole articles, not the words around mentions only")
    backup: BackupTable | None = Field(None, description='Copies, as { every = "1d", to = "backup", keep = 7 }')


class ExpectTable(Table):
    """What an example must bring: "nothing", or a table in which a key that is not given is not checked."""

    actors: list[Filled] | None = Field(None, description="The actors mentioned, no more and no less")
    keywords: list[Filled] | None = Field(None, description="The keywords mentioned, no more and no less")
    rules: list[Filled] | None = Field(None, description="The rules that match, no more and no less")
    severity: SeverityWord | None = Field(None, description="The severity of the hit")


def _nothing(value: object, validate: ValidatorFunctionWrapHandler) -> ExpectTable | None:
    return None if value == "nothing" else validate(value)


class TestTable(Table):
    """An example that keeps the watchlist honest."""

    __test__ = False  # the name is not for pytest

    title: Filled = Field(description="Headline of an item")
    summary: str = Field("", description="Its summary")
    content: str = Field("", description="Its content")
    feed: str = Field("", description="The feed it comes from, for rules that ask for one")
    expect: Annotated[ExpectTable | None, WrapValidator(_nothing)] = Field(description="What it must bring")


def _short(kind: type, key: str) -> Callable[[object], object]:
    def lengthen(value: object) -> object:
        return {key: value} if isinstance(value, kind) else value

    return lengthen


# where the short form of a table stands for one of its keys
SHORT_FORMS = {"feeds": "url", "actors": "aliases", "keywords": "terms"}


class FileTable(Table):
    """A configuration file; one that is included holds feeds, actors, keywords, tests and include only."""

    include: list[FilePath] = _texts('More files in this format: paths, patterns, "pack:NAME" for a shipped one')
    feeds: dict[Id, Annotated[FeedTable, BeforeValidator(_short(str, "url"))]] = Field(default_factory=dict)
    actors: dict[Id, Annotated[ActorTable, BeforeValidator(_short(list, "aliases"))]] = Field(default_factory=dict)
    keywords: dict[Id, Annotated[KeywordTable, BeforeValidator(_short(list, "terms"))]] = Field(default_factory=dict)
    rules: dict[Id, RuleTable] = Field(default_factory=dict)
    destinations: dict[Id, DestinationTable] = Field(default_factory=dict)
    alerts: AlertsTable = Field(default_factory=lambda: AlertsTable.model_validate({}))
    health: HealthTable = Field(default_factory=lambda: HealthTable.model_validate({}))
    http: HttpTable = Field(default_factory=lambda: HttpTable.model_validate({}))
    storage: StorageTable = Field(default_factory=lambda: StorageTable.model_validate({}))
    tests: list[TestTable] = Field(default_factory=list)


INCLUDABLE = frozenset({"include", "feeds", "actors", "keywords", "tests"})


def known_keys(path: tuple[str | int, ...]) -> frozenset[str]:
    """Return the keys of the table at *path*, as ``("actors", "lazarus")``; none where there is no such table."""
    shape = _SHAPES.get(tuple("*" if n == 1 or isinstance(k, int) else k for n, k in enumerate(path)))
    return frozenset(shape.model_fields) if shape else frozenset()


_SHAPES: dict[tuple[str | int, ...], type[Table]] = {
    (): FileTable,
    ("feeds", "*"): FeedTable,
    ("actors", "*"): ActorTable,
    ("keywords", "*"): KeywordTable,
    ("rules", "*"): RuleTable,
    ("rules", "*", "escalate"): EscalateTable,
    ("destinations", "*"): DestinationTable,
    ("alerts",): AlertsTable,
    ("health",): HealthTable,
    ("http",): HttpTable,
    ("storage",): StorageTable,
    ("storage", "*"): BackupTable,
    ("tests", "*"): TestTable,
    ("tests", "*", "expect"): ExpectTable,
}
