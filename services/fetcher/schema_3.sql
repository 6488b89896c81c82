-- Version 3: a store may be one of several shards. What a shard finds on the hosts of another is handed over to it.

ALTER TABLE urls ADD COLUMN hops INTEGER NOT NULL DEFAULT 0;

-- Found here, kept elsewhere. The record leaves when its shard has it; the key stays, so that it is news only once.
CREATE TABLE handed (
    kind     TEXT NOT NULL CHECK (kind IN ('url', 'feed')),
    key      TEXT NOT NULL,
    shard    INTEGER NOT NULL,
    found_at REAL NOT NULL,
    record   BLOB, -- NULL once it was taken
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE INDEX handed_waiting ON handed (shard, found_at) WHERE record IS NOT NULL;
CREATE INDEX handed_by_age ON handed (found_at);

-- A feed whose turn has come is found behind a long backlog of pages without reading the rows of those.
DROP INDEX queue_by_origin;
CREATE INDEX queue_by_origin ON queue (origin, due_at, kind); -- and, as every index here, by order of arrival
