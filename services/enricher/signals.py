"""What the article says about its source, and the host's other articles about the host: numbers, never a verdict.

A signal is present only where there is something to measure: no dateline date, no `dateline_date_gap_days`. Those of
the host (`host_...`) come from its profile, which is made from the others and never from them.
"""

import re
from datetime import date

from services.enricher.wordlists import rows
from shared.messages import Dateline, HostProfile, TaggedArticle

YEAR = re.compile(r"\b(?:19|20)\d\d\b")
DAY = re.compile(r"\b([0-3]?\d)\b")
BRAND_MARK = re.compile(r"\s[|–—-]\s|\s::\s|:(?=\S)")


def months_by_name() -> dict[str, int]:
    """Casefolded month names of all languages, where they agree on the month."""
    numbers: dict[str, set[int]] = {}
    for _, number, name in rows("months.tsv"):
        numbers.setdefault(name.casefold().strip("."), set()).add(int(number))
    return {name: found.pop() for name, found in numbers.items() if len(found) == 1}


def signals(article: TaggedArticle, dateline: Dateline | None, months: dict[str, int]) -> dict[str, float]:
    """Numbers about the article and its source."""
    found: dict[str, float] = {"agency": float(bool(dateline and dateline.agency))}
    gap = date_gap(article, dateline, months)
    if gap is not None:
        found["dateline_date_gap_days"] = float(gap)
    if article.site_name:
        found["brand_in_title"] = float(brand_in_title(article.title, article.site_name))
    foreign = sum(segment.end - segment.start for segment in article.segments if segment.foreign)
    if article.text:
        found["foreign_share"] = round(foreign / len(article.text), 4)
    return found


def of_host(profile: HostProfile) -> dict[str, float]:
    """Numbers about the host of the article."""
    return {f"host_{name}": value for name, value in profile.signals.items()}


def brand_in_title(title: str, site: str) -> bool:
    """Whether the title still begins or ends with the site's name, set off by a mark."""
    parts = [part.strip().casefold() for part in BRAND_MARK.split(title)]
    return len(parts) > 1 and site.strip().casefold() in (parts[0], parts[-1])


def date_gap(article: TaggedArticle, dateline: Dateline | None, months: dict[str, int]) -> int | None:
    """Days from the dateline's date to the page's publication date; a copier's date is later. None without both."""
    if dateline is None or not dateline.date or not article.published_at:
        return None
    published = date.fromisoformat(article.published_at[:10])
    words = [word.strip(".,").casefold() for word in dateline.date.split()]
    month = next((months[word] for word in words if word in months), None)
    year = YEAR.search(dateline.date)
    day = DAY.search(YEAR.sub("", dateline.date))
    if month is None or day is None:
        return None
    try:
        if year:
            return (published - date(int(year[0]), month, int(day[1]))).days
        near = [date(published.year + shift, month, int(day[1])) for shift in (-1, 0, 1)]
    except ValueError:  # 31 February
        return None
    return min(((published - one).days for one in near), key=abs)
