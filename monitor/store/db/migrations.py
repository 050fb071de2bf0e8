"""The tables of the database, as a list of migrations to which new ones are appended; released ones are never edited.

Times are TEXT as ``statements.stored`` writes them, in columns whose names end in ``_at`` or ``_until``. Lists are
JSON. SQLite keeps the comments inside a statement: ``.schema`` shows them to whoever opens the file.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

MIGRATIONS = Migrations("monitor")

_FEEDS = """
CREATE TABLE feeds (
    key              TEXT PRIMARY KEY,
    configured       INTEGER NOT NULL DEFAULT 1 CHECK (configured IN (0, 1)),  -- 0: removed, never due
    url              TEXT NOT NULL,
    due_at           TEXT NOT NULL,
    etag             BLOB,  -- as received; NULL: the server gave none
    last_modified    BLOB,  -- as received; NULL: the server gave none
    body_hash        BLOB,  -- SHA-256; NULL: no body was read yet
    title            TEXT NOT NULL,
    language         TEXT NOT NULL,
    answered_by      TEXT NOT NULL,  -- the address that gave etag and last_modified
    full_at          TEXT,  -- when a whole document last came; NULL: never
    fresh_s          REAL,  -- how long an answer is fresh; NULL: the server does not say
    not_before       TEXT,  -- the server asked to be left alone until then; NULL: it did not
    due_why          TEXT NOT NULL,  -- why due_at is later than the interval says; empty: it is not
    pace             TEXT NOT NULL,  -- JSON [refresh_s, [hour, ...], [day, ...]]: what the document wishes
    rhythm           TEXT,  -- JSON [oldest_at, newest_at, [24 counts], longest_s]; NULL: too few dates
    settings         BLOB NOT NULL,  -- a short hash of its lines in the file; empty: not configured
    moved_to         TEXT NOT NULL,  -- where permanent redirects lead
    moved_since      TEXT,  -- NULL: they lead nowhere
    moved_answers    INTEGER NOT NULL CHECK (moved_answers >= 0),
    taken_url        TEXT NOT NULL,  -- polled in place of url; empty: url is
    state            TEXT NOT NULL,
    cause            TEXT NOT NULL,
    remedy           TEXT NOT NULL,
    failures         INTEGER NOT NULL CHECK (failures >= 0),
    first_success_at TEXT,  -- NULL: the next success is the baseline
    last_success_at  TEXT,  -- NULL: never
    last_poll_at     TEXT,  -- NULL: never
    last_new_at      TEXT,  -- NULL: no poll brought anything
    renumbered       TEXT NOT NULL,  -- what was seen when known entries last came back under new ids
    renumbered_at    TEXT,  -- NULL: never
    latency_s        REAL,  -- NULL: never polled
    read_at          TEXT,  -- of a document; moves on by a day at least; NULL: none was read
    gone_before      TEXT   -- entries last seen before are out of the document; NULL: nobody can say
) STRICT;

-- which feeds are due, and when is the next one
CREATE INDEX feeds_due ON feeds (due_at) WHERE configured = 1;

-- hosts that asked to be left alone
CREATE TABLE host_rests (
    host  TEXT PRIMARY KEY,
    until TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

_STORIES = """
CREATE TABLE stories (
    id            INTEGER PRIMARY KEY,
    title         TEXT NOT NULL,
    opened_at     TEXT NOT NULL,
    last_entry_at TEXT NOT NULL,
    follows       INTEGER REFERENCES stories (id)  -- the story this one goes on from; NULL: it stands alone
) STRICT;

-- may this story be deleted, or does another go on from it
CREATE INDEX stories_followed ON stories (follows) WHERE follows IS NOT NULL;
"""

_ENTRIES = """
CREATE TABLE entries (
    id            INTEGER PRIMARY KEY,
    feed          TEXT NOT NULL REFERENCES feeds (key),
    key           TEXT NOT NULL,
    outlet        TEXT NOT NULL,
    link          TEXT NOT NULL,
    author        TEXT NOT NULL,
    published_at  TEXT,  -- NULL: the feed does not say
    updated_at    TEXT,  -- NULL: the feed does not say
    first_seen_at TEXT NOT NULL,
    last_seen_at  TEXT NOT NULL,  -- in the feed's document; exact to a day, see entries.record_listed
    raw_hash      BLOB NOT NULL,
    text_hash     BLOB NOT NULL,
    version       INTEGER NOT NULL CHECK (version >= 1),
    story_id      INTEGER NOT NULL REFERENCES stories (id),
    story_reason  TEXT NOT NULL,
    canary        INTEGER NOT NULL CHECK (canary IN (0, 1)),  -- 1: invented, and counts nowhere
    -- last, so that what is asked at every poll lies before the long texts
    title         TEXT NOT NULL,
    summary       TEXT NOT NULL,
    content       TEXT NOT NULL,
    UNIQUE (feed, key)
) STRICT;

-- which entries have not been seen for long
CREATE INDEX entries_seen ON entries (last_seen_at);
-- what a feed showed last
CREATE INDEX entries_shown ON entries (feed, last_seen_at);
-- when a feed published
CREATE INDEX entries_published ON entries (feed, published_at) WHERE published_at IS NOT NULL;
-- what a story holds, and which outlets carry it
CREATE INDEX entries_of_story ON entries (story_id, outlet, feed);

-- texts that were replaced: all of an entry that was ever a hit, else where a mention still quotes them
CREATE TABLE entry_versions (
    entry_id    INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    version     INTEGER NOT NULL,
    title       TEXT NOT NULL,
    summary     TEXT NOT NULL,
    content     TEXT NOT NULL,
    link        TEXT NOT NULL,
    raw_hash    BLOB NOT NULL,
    replaced_at TEXT NOT NULL,
    PRIMARY KEY (entry_id, version)
) STRICT;
"""

_SEARCH = """
-- the words of the entries' newest texts, and no text: that stays in entries
CREATE VIRTUAL TABLE entry_words USING fts5 (
    title, summary, content, content = 'entries', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');

CREATE TRIGGER entry_words_new AFTER INSERT ON entries BEGIN
    INSERT INTO entry_words (rowid, title, summary, content) VALUES (new.id, new.title, new.summary, new.content);
END;

CREATE TRIGGER entry_words_gone AFTER DELETE ON entries BEGIN
    INSERT INTO entry_words (entry_words, rowid, title, summary, content)
    VALUES ('delete', old.id, old.title, old.summary, old.content);
END;

CREATE TRIGGER entry_words_changed AFTER UPDATE OF title, summary, content ON entries BEGIN
    INSERT INTO entry_words (entry_words, rowid, title, summary, content)
    VALUES ('delete', old.id, old.title, old.summary, old.content);
    INSERT INTO entry_words (rowid, title, summary, content) VALUES (new.id, new.title, new.summary, new.content);
END;
"""

_RETRACTIONS = """
CREATE TABLE retractions (
    entry_id INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    actor    TEXT NOT NULL,  -- that a hit of the entry named
    gone     INTEGER NOT NULL CHECK (gone IN (0, 1)),  -- 0: it came back
    changes  INTEGER NOT NULL,
    PRIMARY KEY (entry_id, actor)
) STRICT, WITHOUT ROWID;
"""

_WATCHLISTS = """
CREATE TABLE watchlists (
    version     INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    vocabulary  INTEGER NOT NULL,  -- version of the learned words; 0: none
    loaded_at   TEXT NOT NULL,
    UNIQUE (fingerprint, vocabulary)
) STRICT;

CREATE TABLE vocabularies (
    version    INTEGER PRIMARY KEY,
    learned_at TEXT NOT NULL,
    checked_at TEXT NOT NULL,  -- when the same words came out last
    stories    INTEGER NOT NULL  -- that they were learned from, then
) STRICT;

CREATE TABLE learned_words (
    word  TEXT NOT NULL,
    since INTEGER NOT NULL REFERENCES vocabularies (version),
    until INTEGER REFERENCES vocabularies (version),  -- the first version without it; NULL: it is in force
    PRIMARY KEY (word, since)
) STRICT, WITHOUT ROWID;
"""

_MENTIONS = """
CREATE TABLE mentions (
    id       INTEGER PRIMARY KEY,  -- within one text, in reading order
    entry_id INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    version  INTEGER NOT NULL,
    actor    TEXT,  -- NULL: of a keyword
    keyword  TEXT,  -- NULL: of an actor
    alias    TEXT NOT NULL,
    text     TEXT NOT NULL,
    field    TEXT NOT NULL CHECK (field IN ('title', 'summary', 'content')),
    start    INTEGER NOT NULL,
    "end"    INTEGER NOT NULL,
    edits    INTEGER NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('exact', 'folded', 'fuzzy', 'ending', 'regex')),
    word     INTEGER NOT NULL,
    words    INTEGER NOT NULL,
    sentence INTEGER NOT NULL,
    CHECK ((actor IS NULL) <> (keyword IS NULL)),
    CHECK (0 <= start AND start < "end")
) STRICT;

-- what is mentioned in this text
CREATE INDEX mentions_of_text ON mentions (entry_id, version);
-- how often an actor is mentioned
CREATE INDEX mentions_of_actor ON mentions (actor, entry_id) WHERE actor IS NOT NULL;

CREATE TABLE amounts (
    id       INTEGER PRIMARY KEY,  -- within one text, in reading order
    entry_id INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    version  INTEGER NOT NULL,
    value    TEXT NOT NULL,  -- a decimal number; REAL would round it
    currency TEXT NOT NULL,
    text     TEXT NOT NULL,
    field    TEXT NOT NULL CHECK (field IN ('title', 'summary', 'content')),
    start    INTEGER NOT NULL,
    "end"    INTEGER NOT NULL
) STRICT;

-- which amounts are named in this text
CREATE INDEX amounts_of_text ON amounts (entry_id, version);

CREATE TABLE indicators (
    id       INTEGER PRIMARY KEY,  -- within one text, in reading order
    entry_id INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    version  INTEGER NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('address', 'transaction', 'cve')),
    chain    TEXT NOT NULL,  -- a ticker; empty: a CVE id
    value    TEXT NOT NULL,
    text     TEXT NOT NULL,
    field    TEXT NOT NULL CHECK (field IN ('title', 'summary', 'content')),
    start    INTEGER NOT NULL,
    "end"    INTEGER NOT NULL
) STRICT;

-- which indicators stand in this text
CREATE INDEX indicators_of_text ON indicators (entry_id, version);
"""

_HITS = """
CREATE TABLE hits (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: alerts name it, links count by it
    entry_id          INTEGER NOT NULL REFERENCES entries (id),
    version           INTEGER NOT NULL,  -- of the entry's text
    severity          INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 4),  -- low, medium, high, critical
    seen_at           TEXT NOT NULL,
    watchlist_version INTEGER NOT NULL REFERENCES watchlists (version),
    raw_hash          BLOB NOT NULL,  -- of the entry as the document wrote it then
    is_update         INTEGER NOT NULL CHECK (is_update IN (0, 1)),  -- 1: an earlier text was seen before
    changes           TEXT NOT NULL,  -- JSON [line, ...]: what an update says that the text before did not
    names             TEXT NOT NULL,  -- JSON [[actor, name to show], ...] as the watchlist had them
    notes             TEXT NOT NULL,  -- JSON [note, ...] as the watchlist had them
    canary            INTEGER NOT NULL CHECK (canary IN (0, 1)),  -- 1: invented, and counts nowhere
    triage            TEXT CHECK (triage IN ('relevant', 'noise', 'ack')),  -- NULL: nobody has looked at it
    UNIQUE (entry_id, version)
) STRICT;

-- the newest hits
CREATE INDEX hits_newest ON hits (seen_at, id);

CREATE TABLE hit_rules (
    hit_id   INTEGER NOT NULL REFERENCES hits (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,  -- in the order of the watchlist
    rule     TEXT NOT NULL,
    severity INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 4),
    why      TEXT NOT NULL,
    send_to  TEXT NOT NULL,  -- JSON [destination, ...]
    PRIMARY KEY (hit_id, position)
) STRICT;
"""

_CHAIN = """
CREATE TABLE hit_links (
    hit_id  INTEGER PRIMARY KEY,  -- refers to nothing: a link outlives its hit
    content BLOB NOT NULL,  -- SHA-256 of what the hit says
    link    BLOB NOT NULL,  -- SHA-256 of the link before it and content
    gone_at TEXT  -- when retention deleted the hit; NULL: it is there
) STRICT;
"""

_OUTBOX = """
CREATE TABLE deliveries (
    id               INTEGER PRIMARY KEY,
    destination      TEXT NOT NULL,
    kind             TEXT NOT NULL CHECK (kind IN
                     ('alert', 'follow-up', 'summary', 'digest', 'escalation', 'health', 'canary')),
    group_key        TEXT NOT NULL,  -- the story, the hit, or a constant; hits of one key share a delivery
    state            TEXT NOT NULL CHECK (state IN
                     ('open', 'pending', 'in flight', 'sent', 'dead', 'dropped')),
    created_at       TEXT NOT NULL,
    due_at           TEXT NOT NULL,
    attempts         INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    first_attempt_at TEXT,  -- NULL: not tried yet, or told to begin anew
    lease_until      TEXT,  -- NULL: not in flight
    sent_at          TEXT,  -- NULL: not accepted yet
    possible_repeat  INTEGER NOT NULL DEFAULT 0 CHECK (possible_repeat IN (0, 1)),
    late             INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1)),  -- 1: its moment was missed
    reason           TEXT NOT NULL DEFAULT '',
    payload          TEXT,  -- JSON {title, why, lines}: what is said beside the hits; NULL: nothing is
    CHECK ((state = 'in flight') = (lease_until IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
) STRICT;

-- the delivery that a hit may still join: at most one
CREATE UNIQUE INDEX deliveries_open ON deliveries (destination, kind, group_key) WHERE state = 'open';
-- the next delivery for a destination
CREATE INDEX deliveries_due ON deliveries (destination, due_at, id) WHERE state IN ('open', 'pending');
-- leases that ran out
CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE state = 'in flight';
-- how many messages a destination got of late
CREATE INDEX deliveries_sent ON deliveries (destination, sent_at) WHERE state = 'sent';
-- what is over for long
CREATE INDEX deliveries_over ON deliveries (created_at) WHERE state IN ('sent', 'dead', 'dropped');

CREATE TABLE delivery_hits (
    delivery_id INTEGER NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    hit_id      INTEGER NOT NULL REFERENCES hits (id) ON DELETE CASCADE,
    PRIMARY KEY (delivery_id, hit_id)
) STRICT, WITHOUT ROWID;

-- which deliveries carry a hit
CREATE INDEX deliveries_of_hit ON delivery_hits (hit_id);

CREATE TABLE attempts (
    delivery_id INTEGER NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL,  -- counts from 1 within the delivery
    started_at  TEXT NOT NULL,
    ended_at    TEXT,  -- NULL: in flight
    outcome     TEXT CHECK (outcome IN ('ok', 'fail', 'unknown')),  -- NULL: in flight
    detail      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (delivery_id, number),
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
) STRICT;

CREATE TABLE decisions (
    hit_id      INTEGER NOT NULL REFERENCES hits (id) ON DELETE CASCADE,
    destination TEXT NOT NULL,
    verdict     TEXT NOT NULL CHECK (verdict IN ('now', 'join', 'hold', 'no')),
    reason      TEXT NOT NULL,
    decided_at  TEXT NOT NULL,
    due_at      TEXT,  -- NULL: with 'no'
    delivery_id INTEGER REFERENCES deliveries (id),  -- NULL: with 'no', and then only
    PRIMARY KEY (hit_id, destination),
    CHECK ((verdict = 'no') = (delivery_id IS NULL)),
    CHECK ((verdict = 'no') = (due_at IS NULL))
) STRICT;

-- which decisions led to a delivery
CREATE INDEX decisions_of_delivery ON decisions (delivery_id) WHERE delivery_id IS NOT NULL;
"""

_TIMERS = """
CREATE TABLE timers (
    kind   TEXT NOT NULL,
    key    TEXT NOT NULL,  -- which of its kind; empty: there is one
    set_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    spec   TEXT NOT NULL,  -- what it comes back by, as written in the configuration; empty: it comes once
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- which timers are due
CREATE INDEX timers_due ON timers (due_at);
"""

_PEOPLE = """
CREATE TABLE told (
    story_id    INTEGER NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    destination TEXT NOT NULL,
    hit_id      INTEGER NOT NULL REFERENCES hits (id) ON DELETE CASCADE,  -- the first that was told
    severity    INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 4),  -- the highest that was told
    outlets     INTEGER NOT NULL,  -- how many carried it then, as their feeds' weights count them
    delivery_id INTEGER REFERENCES deliveries (id) ON DELETE SET NULL,  -- told it last; NULL: long ago
    PRIMARY KEY (story_id, destination)
) STRICT, WITHOUT ROWID;

-- what goes with a hit
CREATE INDEX told_of_hit ON told (hit_id);
-- what a delivery tells
CREATE INDEX told_of_delivery ON told (delivery_id) WHERE delivery_id IS NOT NULL;

CREATE TABLE silences (
    id         INTEGER PRIMARY KEY,
    subject    TEXT NOT NULL CHECK (subject IN ('actor', 'rule')),
    name       TEXT NOT NULL,
    author     TEXT NOT NULL,
    why        TEXT NOT NULL,
    created_at TEXT NOT NULL,
    until      TEXT NOT NULL,
    ended_by   TEXT  -- who ended it before its time; NULL: nobody
) STRICT;

-- which silences hold
CREATE INDEX silences_until ON silences (until);

CREATE TABLE triages (
    id     INTEGER PRIMARY KEY,
    hit_id INTEGER NOT NULL REFERENCES hits (id) ON DELETE CASCADE,
    triage TEXT NOT NULL CHECK (triage IN ('relevant', 'noise', 'ack')),
    author TEXT NOT NULL,
    at     TEXT NOT NULL
) STRICT;

-- what people said of a hit
CREATE INDEX triages_of_hit ON triages (hit_id);
"""

_HEALTH = """
CREATE TABLE troubles (
    topic    TEXT PRIMARY KEY,  -- "feed wire"
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,  -- the feed or the destination; empty: there is but one
    title    TEXT NOT NULL,
    over     TEXT NOT NULL,
    cause    TEXT NOT NULL,
    remedy   TEXT NOT NULL,
    since    TEXT NOT NULL,
    told_at  TEXT,  -- NULL: nobody was told
    ended_at TEXT,  -- NULL: it goes on; else that is to be told still
    covered  INTEGER NOT NULL CHECK (covered IN (0, 1))  -- 1: told with many others, and not by its name
) STRICT;

CREATE TABLE canaries (
    asked_at   TEXT PRIMARY KEY,
    planted_at TEXT,  -- NULL: not yet, or never
    hit_id     INTEGER REFERENCES hits (id) ON DELETE CASCADE,  -- NULL: it was not found
    failure    TEXT NOT NULL  -- why it was not found; empty: it was, or has not been looked for
) STRICT;

-- which canary belongs to a hit that is deleted
CREATE INDEX canaries_of_hit ON canaries (hit_id) WHERE hit_id IS NOT NULL;
-- what was given up
CREATE INDEX deliveries_dead ON deliveries (destination) WHERE state = 'dead';
-- what was said of our own health
CREATE INDEX deliveries_health ON deliveries (created_at) WHERE kind = 'health';
"""


def _execute_script(db: Database, script: str) -> None:
    """Execute the statements of *script*, each of which ends at the end of a line, in the caller's transaction.

    ``sqlite3.Connection.executescript`` does the same, but checks after every character whether the statement is
    complete, which took three quarters of the time needed to create a database.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if line.rstrip().endswith(";") and sqlite3.complete_statement(statement):
            db.conn.execute(statement)
            statement = ""
    assert not statement.strip(), f"no statement: {statement}"  # noqa: S101 - a mistake in a constant of this module


@MIGRATIONS(name="0001 first tables")
def _first_tables(db: Database) -> None:
    tables = (_FEEDS, _STORIES, _ENTRIES, _WATCHLISTS, _MENTIONS, _HITS, _OUTBOX, _TIMERS, _PEOPLE)
    for script in (*tables, _SEARCH, _CHAIN, _RETRACTIONS, _HEALTH):
        _execute_script(db, script)


# Tables are made anew under another name, filled, and put in place of the old ones, children first: SQLite changes no
# CHECK of a table, and dropping a parent would delete the rows that refer to it.
_STRUCTURED_REASONS = """
CREATE TABLE deliveries_new (
    id               INTEGER PRIMARY KEY,
    destination      TEXT NOT NULL,
    kind             TEXT NOT NULL CHECK (kind IN ('alert', 'follow-up', 'summary', 'digest', 'escalation',
                                                   'correction', 'health', 'heartbeat', 'canary')),
    group_by         TEXT NOT NULL CHECK (group_by IN
                     ('story', 'hit', 'digest', 'missed', 'summary', 'outage', 'nothing')),
    group_id         INTEGER NOT NULL,  -- of the story or the hit; 0: the group is one of a kind
    state            TEXT NOT NULL CHECK (state IN
                     ('open', 'pending', 'in flight', 'sent', 'dead', 'dropped')),
    created_at       TEXT NOT NULL,
    due_at           TEXT NOT NULL,
    attempts         INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    first_attempt_at TEXT,  -- NULL: not tried yet, or a person asked for a retry
    lease_until      TEXT,  -- NULL: not in flight
    sent_at          TEXT,  -- NULL: not accepted yet
    possible_repeat  INTEGER NOT NULL DEFAULT 0 CHECK (possible_repeat IN (0, 1)),
    late             INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1)),  -- 1: its moment was missed
    cause            TEXT NOT NULL DEFAULT '',  -- of the last failure; empty: none, or it was sent
    end_reason       TEXT CHECK (end_reason IS NULL OR json_valid(end_reason)),  -- JSON {code, ...}; NULL: not ended so
    annotation       TEXT CHECK (annotation IS NULL OR json_valid(annotation)),  -- JSON {title, reasons, lines}
    CHECK ((state = 'in flight') = (lease_until IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK ((state IN ('dead', 'dropped')) = (end_reason IS NOT NULL))
) STRICT;

CREATE TABLE delivery_hits_new (
    delivery_id INTEGER NOT NULL REFERENCES deliveries_new (id) ON DELETE CASCADE,
    hit_id      INTEGER NOT NULL REFERENCES hits (id) ON DELETE CASCADE,
    PRIMARY KEY (delivery_id, hit_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts_new (
    delivery_id INTEGER NOT NULL REFERENCES deliveries_new (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL,  -- counts from 1 within the delivery
    started_at  TEXT NOT NULL,
    ended_at    TEXT,  -- NULL: in flight
    outcome     TEXT CHECK (outcome IN ('ok', 'fail', 'unknown')),  -- NULL: in flight
    detail      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (delivery_id, number),
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
) STRICT;

CREATE TABLE decisions_new (
    hit_id      INTEGER NOT NULL REFERENCES hits (id) ON DELETE CASCADE,
    destination TEXT NOT NULL,
    verdict     TEXT NOT NULL CHECK (verdict IN ('send', 'join', 'hold', 'suppress')),
    reasons     TEXT NOT NULL CHECK (json_valid(reasons)),  -- JSON [{code, ...}, ...], see model/reason.py
    decided_at  TEXT NOT NULL,
    due_at      TEXT,  -- NULL: with 'suppress'
    delivery_id INTEGER REFERENCES deliveries_new (id),  -- NULL: with 'suppress', and only then
    PRIMARY KEY (hit_id, destination),
    CHECK ((verdict = 'suppress') = (delivery_id IS NULL)),
    CHECK ((verdict = 'suppress') = (due_at IS NULL))
) STRICT;

CREATE TABLE notified_stories (
    story_id    INTEGER NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    destination TEXT NOT NULL,
    hit_id      INTEGER NOT NULL REFERENCES hits (id) ON DELETE CASCADE,  -- the first it was notified of
    severity    INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 4),  -- the highest it was notified of
    outlets     INTEGER NOT NULL,  -- how many reported it then, as their feeds' weights count them
    delivery_id INTEGER REFERENCES deliveries_new (id) ON DELETE SET NULL,  -- the last about it; NULL: long ago
    PRIMARY KEY (story_id, destination)
) STRICT, WITHOUT ROWID;

-- a reason that an earlier version stored in words keeps them
INSERT INTO deliveries_new
SELECT id, destination,
       CASE WHEN kind = 'health' AND group_key GLOB 'heartbeat *' THEN 'heartbeat'
            WHEN kind = 'follow-up' AND group_key GLOB 'edit *' THEN 'correction'
            ELSE kind END,
       CASE WHEN group_key GLOB 'story *' THEN 'story'
            WHEN group_key GLOB 'hit *' THEN 'hit'
            WHEN group_key IN ('digest', 'missed', 'summary') THEN group_key
            WHEN group_key = 'unreachable' THEN 'outage'
            ELSE 'nothing' END,
       CASE WHEN group_key GLOB 'story *' OR group_key GLOB 'hit *'
            THEN CAST(substr(group_key, instr(group_key, ' ') + 1) AS INTEGER) ELSE 0 END,
       state, created_at, due_at, attempts, first_attempt_at, lease_until, sent_at, possible_repeat, late,
       iif(state IN ('dead', 'dropped'), '', reason),
       iif(state IN ('dead', 'dropped'), json_object('code', 'recorded', 'text', reason), NULL),
       iif(payload IS NULL, NULL, json_object(
           'title', json_extract(payload, '$.title'),
           'reasons', json(iif(json_extract(payload, '$.why') = '', json_array(), json_array(json_object(
               'code', 'recorded', 'text', json_extract(payload, '$.why'))))),
           'lines', json(json_extract(payload, '$.lines'))))
FROM deliveries;
INSERT INTO delivery_hits_new SELECT * FROM delivery_hits;
INSERT INTO attempts_new SELECT * FROM attempts;
INSERT INTO decisions_new
SELECT hit_id, destination, CASE verdict WHEN 'now' THEN 'send' WHEN 'no' THEN 'suppress' ELSE verdict END,
       iif(reason = '', json_array(), json_array(json_object('code', 'recorded', 'text', reason))),
       decided_at, due_at, delivery_id
FROM decisions;
INSERT INTO notified_stories SELECT * FROM told;

DROP TABLE told;
DROP TABLE decisions;
DROP TABLE attempts;
DROP TABLE delivery_hits;
DROP TABLE deliveries;
ALTER TABLE deliveries_new RENAME TO deliveries;
ALTER TABLE delivery_hits_new RENAME TO delivery_hits;
ALTER TABLE attempts_new RENAME TO attempts;
ALTER TABLE decisions_new RENAME TO decisions;

-- the delivery that a hit may still join: at most one
CREATE UNIQUE INDEX deliveries_open ON deliveries (destination, kind, group_by, group_id)
WHERE state = 'open' AND group_by <> 'nothing';
-- the next delivery for a destination
CREATE INDEX deliveries_due ON deliveries (destination, due_at, id) WHERE state IN ('open', 'pending');
-- leases that expired
CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE state = 'in flight';
-- how many messages a destination got recently
CREATE INDEX deliveries_sent ON deliveries (destination, sent_at) WHERE state = 'sent';
-- deliveries that ended long ago
CREATE INDEX deliveries_over ON deliveries (created_at) WHERE state IN ('sent', 'dead', 'dropped');
-- dead letters
CREATE INDEX deliveries_dead ON deliveries (destination) WHERE state = 'dead';
-- the last heartbeat
CREATE INDEX deliveries_heartbeat ON deliveries (created_at) WHERE kind = 'heartbeat';
-- which deliveries contain a hit
CREATE INDEX deliveries_of_hit ON delivery_hits (hit_id);
-- which decisions led to a delivery
CREATE INDEX decisions_of_delivery ON decisions (delivery_id) WHERE delivery_id IS NOT NULL;
-- what is deleted with a hit
CREATE INDEX notified_by_hit ON notified_stories (hit_id);
-- which stories a delivery is about
CREATE INDEX notified_by_delivery ON notified_stories (delivery_id) WHERE delivery_id IS NOT NULL;

CREATE TABLE timers_new (
    kind       TEXT NOT NULL,
    story_id   INTEGER NOT NULL,  -- whose escalation it is; 0: of a timer that recurs
    rule       TEXT NOT NULL,  -- whose escalation it is; empty: of a timer that recurs
    set_at     TEXT NOT NULL,
    due_at     TEXT NOT NULL,
    spec       TEXT NOT NULL,  -- the recurrence as written in the configuration; empty: it runs once
    escalation TEXT CHECK (escalation IS NULL OR json_valid(escalation)),  -- JSON {after_s, to}; NULL: see the rule
    PRIMARY KEY (kind, story_id, rule)
) STRICT, WITHOUT ROWID;
INSERT INTO timers_new
SELECT kind, iif(kind = 'escalation', CAST(substr(key, 1, instr(key, ' ') - 1) AS INTEGER), 0),
       iif(kind = 'escalation', substr(key, instr(key, ' ') + 1), ''), set_at, due_at, spec, NULL
FROM timers;
DROP TABLE timers;
ALTER TABLE timers_new RENAME TO timers;

-- which timers are due
CREATE INDEX timers_due ON timers (due_at);

ALTER TABLE triages ADD COLUMN why TEXT NOT NULL DEFAULT '';

CREATE TABLE incidents (
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,  -- the feed or the destination; empty: there is only one
    number      INTEGER NOT NULL,  -- of the newest delivery that was given up; 0: of any other kind
    category    TEXT NOT NULL,  -- of a feed that fails: its state; else empty
    title       TEXT NOT NULL,
    recovery    TEXT NOT NULL,  -- the title of the message that it has ended
    cause       TEXT NOT NULL,
    remedy      TEXT NOT NULL,
    since       TEXT NOT NULL,
    notified_at TEXT,  -- NULL: nobody was notified
    ended_at    TEXT,  -- NULL: it goes on; else nobody was notified of its end
    covered     INTEGER NOT NULL CHECK (covered IN (0, 1)),  -- 1: notified as one of many, not by its name
    PRIMARY KEY (kind, subject, number)
) STRICT;
INSERT INTO incidents
SELECT kind, subject,
       iif(kind = 'given up', CAST(substr(topic, length('given up ' || subject || ' ') + 1) AS INTEGER), 0),
       iif(kind = 'feed' AND instr(cause, ':') > 0, substr(cause, 1, instr(cause, ':') - 1), ''),
       title, over, cause, remedy, since, told_at, ended_at, covered
FROM troubles;
DROP TABLE troubles;
"""


@MIGRATIONS(name="0002 structured reasons")
def _structured_reasons(db: Database) -> None:
    _execute_script(db, _STRUCTURED_REASONS)


@MIGRATIONS(name="0003 feeds: standard names")
def _standard_names_of_feeds(db: Database) -> None:
    # the reason was prose; the next poll of each feed determines it again
    db.execute("UPDATE feeds SET due_why = 'http every'")
    db.execute("ALTER TABLE feeds RENAME COLUMN due_why TO due_reason")
    # [refresh_s, hours, days] becomes [ttl_s, update_period_s, hours, days]
    db.execute("UPDATE feeds SET pace = json_array(pace -> 0, NULL, pace -> 1, pace -> 2)")
    db.execute("ALTER TABLE feeds RENAME COLUMN pace TO update_hints")
    db.execute("ALTER TABLE feeds ADD COLUMN fresh_by TEXT")  # the header that fresh_s comes from
    db.execute("UPDATE feeds SET fresh_by = 'cache-control' WHERE fresh_s IS NOT NULL")
    db.execute("ALTER TABLE host_rests RENAME TO paused_hosts")


def apply_to(connection: sqlite3.Connection) -> None:
    """Apply the migrations that the database does not have yet, in the transaction of the caller."""
    MIGRATIONS.apply(Database(connection, execute_plugins=False))


@MIGRATIONS(name="0006 feeds: truncated documents")
def _truncated_documents(db: Database) -> None:
    db.execute("ALTER TABLE feeds ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0 CHECK (left_out >= 0)")
    db.execute("ALTER TABLE feeds ADD COLUMN cut_off INTEGER NOT NULL DEFAULT 0 CHECK (cut_off IN (0, 1))")


@MIGRATIONS(name="0007 feeds: entries of web pages")
def _entries_of_pages(db: Database) -> None:
    db.execute("ALTER TABLE feeds ADD COLUMN page_entries INTEGER NOT NULL DEFAULT 0 CHECK (page_entries >= 0)")
    db.execute("ALTER TABLE feeds ADD COLUMN usual_entries INTEGER NOT NULL DEFAULT 0 CHECK (usual_entries >= 0)")


_CONFIGURATIONS = """
CREATE TABLE configurations (
    id              INTEGER PRIMARY KEY,
    hash            TEXT NOT NULL UNIQUE,  -- SHA-256 of the files as stored
    main            TEXT NOT NULL,  -- absolute path of the main file
    files           BLOB NOT NULL,  -- JSON {texts, matches}, compressed by zlib; secrets are ***
    first_active_at TEXT NOT NULL
) STRICT;

-- NULL: the version is older than this column
ALTER TABLE watchlists ADD COLUMN configuration INTEGER REFERENCES configurations (id);

-- when its feed was last read before the text was seen; NULL: never, or the text is older than this column
ALTER TABLE entries ADD COLUMN unread_since TEXT;
ALTER TABLE entry_versions ADD COLUMN unread_since TEXT;
"""


@MIGRATIONS(name="0008 configuration versions")
def _configuration_versions(db: Database) -> None:
    _execute_script(db, _CONFIGURATIONS)


_ACTORS_NOTIFIED = """
UPDATE notified_stories SET actors = (
    SELECT json_group_array(DISTINCT m.actor)
    FROM entries e
    JOIN hits h ON h.entry_id = e.id
    JOIN decisions d ON d.hit_id = h.id AND d.destination = notified_stories.destination AND d.verdict <> 'suppress'
    JOIN mentions m ON m.entry_id = h.entry_id AND m.version = h.version AND m.actor IS NOT NULL
    WHERE e.story_id = notified_stories.story_id)
"""


@MIGRATIONS(name="0009 notified stories: actors")
def _actors_notified(db: Database) -> None:
    db.execute(
        "ALTER TABLE notified_stories ADD COLUMN actors TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(actors))"
    )  # JSON [id, ...]: the tracked actors that it was notified of
    db.execute(_ACTORS_NOTIFIED)


_STORY_EVIDENCE = """
-- of entries that joined a story or opened one that follows another; older entries have none
CREATE TABLE story_evidence (
    entry_id INTEGER PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
    score    REAL NOT NULL,  -- the higher, the surer that it belongs to the story
    evidence TEXT NOT NULL CHECK (json_valid(evidence))  -- JSON, the fields of StoryEvidence
) STRICT;
"""


@MIGRATIONS(name="0010 evidence of stories")
def _evidence_of_stories(db: Database) -> None:
    db.executescript(_STORY_EVIDENCE)


_ADDRESS_MENTIONS = """
CREATE TABLE mentions_new (
    id       INTEGER PRIMARY KEY,  -- within one text, in reading order
    entry_id INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    version  INTEGER NOT NULL,
    actor    TEXT,  -- NULL: of a keyword
    keyword  TEXT,  -- NULL: of an actor
    alias    TEXT NOT NULL,
    text     TEXT NOT NULL,
    field    TEXT NOT NULL CHECK (field IN ('title', 'summary', 'content')),
    start    INTEGER NOT NULL,
    "end"    INTEGER NOT NULL,
    edits    INTEGER NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('exact', 'folded', 'fuzzy', 'ending', 'regex', 'address')),
    word     INTEGER NOT NULL,
    words    INTEGER NOT NULL,
    sentence INTEGER NOT NULL,
    CHECK ((actor IS NULL) <> (keyword IS NULL)),
    CHECK (0 <= start AND start < "end")
) STRICT;
INSERT INTO mentions_new SELECT * FROM mentions ORDER BY id;
DROP TABLE mentions;
ALTER TABLE mentions_new RENAME TO mentions;

-- what is mentioned in this text
CREATE INDEX mentions_of_text ON mentions (entry_id, version);
-- how often an actor is mentioned
CREATE INDEX mentions_of_actor ON mentions (actor, entry_id) WHERE actor IS NOT NULL;

-- JSON [{actor, list_id, title, date, ...}, ...]: the actors that come from published lists, as the watchlist had them
ALTER TABLE hits ADD COLUMN lists TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(lists));
"""


@MIGRATIONS(name="0011 mentions by address")
def _mentions_by_address(db: Database) -> None:
    _execute_script(db, _ADDRESS_MENTIONS)


_PAGE = """
-- how many entries and hits a feed has, without canaries: counting them takes a second in a large database
CREATE TABLE feed_counts (
    feed    TEXT PRIMARY KEY,
    entries INTEGER NOT NULL,
    hits    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO feed_counts
SELECT e.feed, count(DISTINCT e.id), count(h.id)
FROM entries e LEFT JOIN hits h ON h.entry_id = e.id AND h.canary = 0
WHERE e.canary = 0 GROUP BY e.feed;

CREATE TRIGGER feed_counts_entry_added AFTER INSERT ON entries WHEN new.canary = 0 BEGIN
    INSERT INTO feed_counts VALUES (new.feed, 1, 0) ON CONFLICT (feed) DO UPDATE SET entries = entries + 1;
END;
CREATE TRIGGER feed_counts_entry_deleted AFTER DELETE ON entries WHEN old.canary = 0 BEGIN
    UPDATE feed_counts SET entries = entries - 1 WHERE feed = old.feed;
END;
CREATE TRIGGER feed_counts_entry_moved AFTER UPDATE OF feed ON entries
WHEN new.canary = 0 AND new.feed <> old.feed BEGIN
    INSERT INTO feed_counts VALUES (
        new.feed, 1, (SELECT count(*) FROM hits WHERE entry_id = new.id AND canary = 0))
    ON CONFLICT (feed) DO UPDATE SET entries = entries + 1, hits = hits + excluded.hits;
    UPDATE feed_counts
    SET entries = entries - 1, hits = hits - (SELECT count(*) FROM hits WHERE entry_id = new.id AND canary = 0)
    WHERE feed = old.feed;
END;
CREATE TRIGGER feed_counts_hit_added AFTER INSERT ON hits WHEN new.canary = 0 BEGIN
    UPDATE feed_counts SET hits = hits + 1 WHERE feed = (SELECT feed FROM entries WHERE id = new.entry_id);
END;
-- a hit is deleted before its entry
CREATE TRIGGER feed_counts_hit_deleted AFTER DELETE ON hits WHEN old.canary = 0 BEGIN
    UPDATE feed_counts SET hits = hits - 1 WHERE feed = (SELECT feed FROM entries WHERE id = old.entry_id);
END;

-- the newest hits, with what the page counts of them
DROP INDEX hits_newest;
CREATE INDEX hits_newest ON hits (seen_at, id, severity, triage, canary, entry_id, version);
-- the hits of a triage
CREATE INDEX hits_triaged ON hits (triage) WHERE triage IS NOT NULL;
-- the hits of a rule
CREATE INDEX hits_of_rule ON hit_rules (rule, hit_id);
-- what is mentioned in this text
DROP INDEX mentions_of_text;
CREATE INDEX mentions_of_text ON mentions (entry_id, version, actor);
-- where an actor is mentioned
DROP INDEX mentions_of_actor;
CREATE INDEX mentions_of_actor ON mentions (actor, entry_id, version) WHERE actor IS NOT NULL;
-- what was dropped
CREATE INDEX deliveries_dropped ON deliveries (destination) WHERE state = 'dropped';
-- the newest deliveries
CREATE INDEX deliveries_created ON deliveries (created_at);
-- the newest decisions, of all destinations and of one
CREATE INDEX decisions_newest ON decisions (decided_at);
CREATE INDEX decisions_of_destination ON decisions (destination, decided_at);

CREATE TABLE saved_searches (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    query      TEXT NOT NULL,  -- of the address of the list, as urlencode writes it
    author     TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
"""


@MIGRATIONS(name="0012 page")
def _page(db: Database) -> None:
    _execute_script(db, _PAGE)


_FORGETTINGS = """
-- deletions of a person's data on request; a record does not say whose data it was
CREATE TABLE forgettings (
    id         INTEGER PRIMARY KEY,
    hit_id     INTEGER NOT NULL UNIQUE,  -- its number in the hash chain; refers to no hit
    kind       TEXT NOT NULL CHECK (kind IN ('actor', 'text')),
    entries    INTEGER NOT NULL,
    hits       INTEGER NOT NULL,
    deliveries INTEGER NOT NULL,  -- that contained nothing else
    texts      INTEGER NOT NULL,  -- texts in other rows that were replaced
    author     TEXT NOT NULL,
    why        TEXT NOT NULL,
    at         TEXT NOT NULL
) STRICT;

-- entries that must not be stored again while their feed lists them
CREATE TABLE forgotten_entries (
    feed       TEXT NOT NULL,
    identity   BLOB NOT NULL,  -- SHA-256 of a key, or of link and title
    forgetting INTEGER NOT NULL REFERENCES forgettings (id),
    PRIMARY KEY (feed, identity)
) STRICT, WITHOUT ROWID;

-- of a link whose hit was forgotten, and of the link of the record itself; NULL: of any other
ALTER TABLE hit_links ADD COLUMN forgetting INTEGER REFERENCES forgettings (id);
"""


@MIGRATIONS(name="0013 forgetting")
def _forgetting(db: Database) -> None:
    _execute_script(db, _FORGETTINGS)


_RESTORED_FEEDS = """
-- feeds that were not read since the database was restored from a copy: what they list may have been notified before
CREATE TABLE restored_feeds (
    feed TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
"""


@MIGRATIONS(name="0014 restored feeds")
def _restored_feeds(db: Database) -> None:
    _execute_script(db, _RESTORED_FEEDS)


def names() -> tuple[str, ...]:
    """Return the names of all migrations of this version, in the order in which they are applied."""
    return tuple(change.name for change in MIGRATIONS._migrations)  # noqa: SLF001 - the library has no public list
