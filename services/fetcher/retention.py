"""What the store forgets, so that it stays bounded however long it runs.

An article and its URL stay for as long as the index may hold the month in which it was first seen: forgotten sooner, an
address that is still in a feed would be news again. What is queued is never forgotten, nor what waits in the outbox.
"""

import sqlite3

DAY = 86_400.0
HOST_SECONDS = 35 * DAY  # an origin not asked for so long; the last good robots.txt counts for 30 days
AT_ONCE = 1000  # rows of a table in one go: the event loop waits for us


def forget(connection: sqlite3.Connection, now: float, keep_seconds: float) -> int:
    """Deletes up to `AT_ONCE` rows a table that are older than `keep_seconds`. Returns how many it deleted."""
    old, unused = now - keep_seconds, now - HOST_SECONDS
    statements = (
        (
            "DELETE FROM articles WHERE article_id IN (SELECT article_id FROM articles WHERE first_seen_at < ? "
            "AND article_id NOT IN (SELECT key FROM queue WHERE kind = 'look') "
            "AND article_id NOT IN (SELECT article_id FROM outbox) LIMIT ?)",
            old,
        ),
        (
            "DELETE FROM urls WHERE key IN (SELECT key FROM urls WHERE discovered_at < ? AND fate <> 'open' "
            "AND NOT EXISTS (SELECT 1 FROM articles WHERE article_id = urls.key) LIMIT ?)",
            old,
        ),
        (
            "DELETE FROM handed WHERE (kind, key) IN (SELECT kind, key FROM handed WHERE found_at < ? "
            "AND record IS NULL LIMIT ?)",
            old,
        ),
        (
            "DELETE FROM feeds WHERE url IN (SELECT url FROM feeds WHERE asked_at < ? AND outcome <> 'gone' "
            "AND url NOT IN (SELECT key FROM queue WHERE kind = 'feed') LIMIT ?)",
            old,
        ),
        (
            "DELETE FROM origins WHERE origin IN (SELECT origin FROM origins WHERE ready_at < ? "
            "AND origin NOT IN (SELECT origin FROM queue) LIMIT ?)",
            unused,
        ),
        ("DELETE FROM robots WHERE origin IN (SELECT origin FROM robots WHERE asked_at < ? LIMIT ?)", unused),
        (
            "DELETE FROM reservations WHERE origin IN (SELECT origin FROM reservations WHERE asked_at < ? LIMIT ?)",
            unused,
        ),
    )
    return sum(connection.execute(statement, (before, AT_ONCE)).rowcount for statement, before in statements)
