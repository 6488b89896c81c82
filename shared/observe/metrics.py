"""The catalogue of metrics: every name, its type, its labels, and when it moves.

Labels come from closed sets (`shared.topology`, `shared.outcomes`, and the tuples below); never a URL, host or feed.
Every histogram has a bucket bound exactly at each threshold that an objective names.
"""

from prometheus_client import Counter, Gauge, Histogram

STAGE_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
JOURNEY_SECONDS = (1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 21600.0, 86400.0)

MESSAGES = Counter(
    "wireroom_messages_total",
    "Messages that a stage finished with; outcome is passed or rejected.",
    ["stage", "outcome"],
)
REJECTED = Counter(
    "wireroom_rejected_total", "Messages parked, by reason (shared.outcomes.Reason).", ["stage", "reason"]
)
STAGE_DURATION = Histogram(
    "wireroom_stage_duration_seconds", "Wall time of one message in one stage.", ["stage"], buckets=STAGE_SECONDS
)
LAST_SUCCESS = Gauge(
    "wireroom_last_success_timestamp_seconds", "When a stage last passed a message, in Unix time.", ["stage"]
)
IN_FLIGHT = Gauge(
    "wireroom_in_flight_messages", "Messages that a stage has taken in and not yet finished with.", ["stage"]
)
PAUSED = Gauge(
    "wireroom_stage_paused",
    "1 while a stage holds everything because most of its messages fail, or because what it writes to is away.",
    ["stage"],
)
CONSUMER_LAG_MESSAGES = Gauge(
    "wireroom_consumer_lag_messages",
    "Messages after the committed offset of a partition that this process owns; a partition that moves to another "
    "process takes its series along.",
    ["stage", "topic", "partition"],
)
CONSUMER_LAG_SECONDS = Gauge(
    "wireroom_consumer_lag_seconds",
    "Age of the oldest message that a stage has taken in and not finished with, by the time it came to its topic; 0 "
    "when there is none.",
    ["stage"],
)
SERVER_REACHABLE = Gauge(
    "wireroom_server_reachable",
    "1 while a server that this process needs can be used, 0 while it cannot; server is kafka or search.",
    ["server"],
)
PROFILES = Gauge(
    "wireroom_host_profiles",
    "Hosts that this process knows: in the profiler's store, or read from its topic by a cleaner or enricher.",
)
PROFILES_PUBLISHED = Counter(
    "wireroom_host_profiles_published_total", "Host profiles that the broker acknowledged; forgotten hosts included."
)
FEEDS = Gauge(
    "wireroom_feeds",
    "Feeds and sitemaps by state: fresh, failing, overdue (due and not asked) or silent (nothing new for a week).",
    ["state"],
)
FEED_POLLS = Counter(
    "wireroom_feed_polls_total",
    "Feeds and sitemaps asked; outcome is changed, unchanged, not_modified, refused, failed or gone.",
    ["outcome"],
)
URLS = Counter(
    "wireroom_urls_total",
    "Fates that article URLs met: fetched, unchanged, refused, gone, redirected, withdrawn or failed (asked again).",
    ["fate"],
)
REFUSALS = Counter("wireroom_refusals_total", "URLs refused, by reason (shared.outcomes.Refusal).", ["reason"])
ENTRIES_DROPPED = Counter(
    "wireroom_feed_entries_dropped_total",
    "Feed entries not followed; reason is no_link, over_limit or too_old.",
    ["reason"],
)
SHARDS = Gauge("wireroom_shards", "Parts that the fetcher's store is split in.")
SHARDS_HELD = Gauge("wireroom_shards_held", "Parts of the fetcher's store that this process works on.")
OUTBOX = Gauge("wireroom_outbox_messages", "Raw articles fetched and not yet acknowledged.")
INDEX_ITEMS = Counter(
    "wireroom_index_items_total",
    "Documents offered to the search index, by verdict (shared.searchindex.index.Verdict).",
    ["verdict"],
)
INDEX_BATCHES = Histogram(
    "wireroom_index_batch_duration_seconds", "Wall time of one write to the search index.", buckets=STAGE_SECONDS
)
INDEX_DOCUMENTS = Gauge("wireroom_index_documents", "Live documents in the search index.")
GARBLED = Counter(
    "wireroom_garbled_articles_total",
    "Articles indexed whose text was read in the wrong charset, at least in part (quality.mojibake).",
)
FETCH_TO_INDEX = Histogram(
    "wireroom_fetch_to_index_seconds",
    "From the fetch of an article to its being searchable: our own part of the delay.",
    buckets=JOURNEY_SECONDS,
)
PUBLISH_TO_INDEX = Histogram(
    "wireroom_publish_to_index_seconds",
    "From the publication time that the page gave (to the minute or better, original) to its being searchable.",
    buckets=JOURNEY_SECONDS,
)
SEARCHES = Counter(
    "wireroom_searches_total", "Searches answered; outcome is ok, bad_query or unavailable.", ["outcome"]
)
SEARCH_DURATION = Histogram("wireroom_search_duration_seconds", "Wall time of one search.", buckets=STAGE_SECONDS)
CANARY_WAITING = Gauge(
    "wireroom_canary_waiting_seconds",
    "Age of the oldest article of the newsroom that a search does not find yet; 0 when all are found.",
)
CANARY_SEARCHABLE = Histogram(
    "wireroom_canary_publish_to_search_seconds",
    "From the publication of an article by the newsroom to a search that finds it, measured from outside.",
    buckets=JOURNEY_SECONDS,
)
