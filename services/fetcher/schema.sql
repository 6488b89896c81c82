-- The store of one fetcher, version 1. Columns are the fields of `records.py`; times are Unix seconds.

CREATE TABLE sources (
    id     TEXT PRIMARY KEY,
    config BLOB NOT NULL -- as JSON, so that an open URL keeps its source when the operator removes it
) WITHOUT ROWID;

CREATE TABLE feeds (
    url              TEXT PRIMARY KEY,
    source_id        TEXT NOT NULL,
    kind             TEXT NOT NULL CHECK (kind IN ('feed', 'sitemap')),
    parent           TEXT NOT NULL,
    title            TEXT NOT NULL,
    etag             TEXT NOT NULL,
    last_modified    TEXT NOT NULL,
    content_hash     TEXT NOT NULL,
    wishes           BLOB NOT NULL,
    interval_seconds REAL NOT NULL,
    failures         INTEGER NOT NULL,
    outcome          TEXT NOT NULL,
    detail           TEXT NOT NULL,
    asked_at         REAL,
    new_at           REAL,
    moved_to         TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE urls (
    key           TEXT PRIMARY KEY,
    url           TEXT NOT NULL,
    source_id     TEXT NOT NULL,
    channel       TEXT NOT NULL,
    entry         BLOB NOT NULL,
    discovered_at REAL NOT NULL,
    fate          TEXT NOT NULL CHECK (fate IN ('open', 'fetched', 'refused', 'gone', 'redirected')),
    reason        TEXT NOT NULL,
    detail        TEXT NOT NULL,
    attempts      INTEGER NOT NULL,
    target        TEXT NOT NULL,
    CHECK ((fate = 'refused') = (reason <> '')),
    CHECK ((fate = 'redirected') = (target <> ''))
) WITHOUT ROWID;
CREATE INDEX urls_by_source ON urls (source_id, fate, reason);

CREATE TABLE articles (
    article_id    TEXT PRIMARY KEY,
    url           TEXT NOT NULL,
    final_url     TEXT NOT NULL,
    source_id     TEXT NOT NULL,
    channel       TEXT NOT NULL,
    entry         BLOB NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('live', 'withdrawn')),
    revision      INTEGER NOT NULL,
    content_hash  TEXT NOT NULL,
    etag          TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    first_seen_at REAL NOT NULL,
    discovered_at REAL NOT NULL,
    misses        INTEGER NOT NULL,
    missed_at     REAL
) WITHOUT ROWID;

-- What is asked next, where and when. A row here is a promise to ask; what is not here is never asked again.
CREATE TABLE queue (
    kind   TEXT NOT NULL CHECK (kind IN ('feed', 'page', 'look')),
    key    TEXT NOT NULL,
    origin TEXT NOT NULL,
    due_at REAL NOT NULL,
    UNIQUE (kind, key)
);
CREATE INDEX queue_by_origin ON queue (origin, due_at); -- and, as every index here, by order of arrival

CREATE TABLE origins (
    origin   TEXT PRIMARY KEY,
    ready_at REAL NOT NULL,
    refusals INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE robots (
    origin   TEXT PRIMARY KEY,
    status   INTEGER NOT NULL,
    body     BLOB NOT NULL,
    asked_at REAL NOT NULL,
    good_at  REAL
) WITHOUT ROWID;

-- Messages made and not yet acknowledged, in the order in which they were made.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    message    BLOB NOT NULL
);
