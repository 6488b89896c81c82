"""The newsroom's sites as a `sources.toml` for the fetcher."""

from collections.abc import Sequence

from services.newsroom.sites import SITES

# Seconds; quick enough to see an edit while somebody watches.
INTERVAL_MIN, INTERVAL_MAX = 2, 5
RECHECK = (8, 16, 30)


def _quoted(values: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"


def sources_toml(bases: Sequence[str]) -> str:
    """One `[[source]]` a site; `bases` as in `Newsroom`."""
    tables = []
    for site, base in zip(SITES, bases, strict=True):
        rows = ["[[source]]", f'id = "{site.id}"', f'name = "{site.name}"']
        rows += [f"feeds = {_quoted([base + path for path in site.feeds])}"] if site.feeds else []
        rows += [f"sitemaps = {_quoted([base + path for path in site.sitemaps])}"] if site.sitemaps else []
        rows += [f'country = "{site.country}"', f'language = "{site.language}"', f"tags = {_quoted(site.tags)}"]
        rows += [f"interval_min_seconds = {INTERVAL_MIN}", f"interval_max_seconds = {INTERVAL_MAX}"]
        rows += [f"recheck_seconds = [{', '.join(map(str, RECHECK))}]"]
        tables.append("\n".join(rows) + "\n")
    return "\n".join(tables)
