-- Version 2: feeds that move, sleep or answer "not modified" too often; how often each brings something new; text and
-- data mining reservations of whole sites.

ALTER TABLE feeds ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE feeds ADD COLUMN moved_seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN moved_since REAL;
ALTER TABLE feeds ADD COLUMN strikes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN doubted_at REAL;
ALTER TABLE feeds ADD COLUMN probe_at REAL NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN probe_seconds REAL NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN gap_seconds REAL NOT NULL DEFAULT 0;
CREATE INDEX feeds_by_source ON feeds (source_id);

CREATE TABLE reservations (
    origin   TEXT PRIMARY KEY,
    status   INTEGER NOT NULL,
    body     BLOB NOT NULL,
    asked_at REAL NOT NULL
) WITHOUT ROWID;

CREATE INDEX articles_by_age ON articles (first_seen_at);
CREATE INDEX urls_by_age ON urls (discovered_at);
