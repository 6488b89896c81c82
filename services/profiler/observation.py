"""What one article shows of its host: its lines as digests, what stands around its title, how it writes days, and, once
it is enriched, whether it is an agency's and how far its date is from its dateline's.

The cleaner cuts what a profile names, so a later article shows it no more in its blocks; it stands in `removed`, and
counts from there. Blocks and removed lines together are the same lines whatever the profile was, and so the next
profile does not depend on the last one.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from services.profiler.settings import ProfilerSettings
from shared.fold import digest, fold
from shared.messages import CleanArticle, EnrichedArticle

# Bytes of the folded text, so that a line of Han characters may be shorter than one of letters.
SHORTEST_LINE = 16  # below it stand agencies, places and one-word headings, which are nobody's promotion
SHORTEST_TITLE = 20  # "Weather" is a title, and as a line in another article a heading
SHORTEST_LEAD = 60
MOST_TITLES = 2  # of one article
LONGEST_BRAND = 40  # characters
MOST_BRAND_WORDS = 5
FEWEST_HEADLINE_WORDS = 2
_DATELINE = re.compile(r"[-–—]\s*$")  # "WASHINGTON (AFP) -"
_QUOTED = re.compile(r"^[\"'“„«»‹「『].*[\"'”“»«›」』][.,]?$")
_GAP = re.compile(r"\s+[|\-–—·•»«~/]+\s+|\s*[|｜]\s*|\s+::\s+")
_NUMERIC_DAY = re.compile(r"(?<!\d)(\d{1,2})[/.](\d{1,2})[/.](?:19|20)\d\d(?!\d)")
MONTHS = 12
TAB = "title"  # where the page names itself for the browser's tab: the brand belongs there
UNKNOWN = -1


class Observation(Struct, frozen=True, array_like=True):
    """One article as its host's state remembers it; no text of it is kept but what stands around its title."""

    first_seen: int  # epoch milliseconds
    article_id: str
    generation: int
    revision: int
    titles: tuple[str, ...] = ()  # digests of its title with and without what stands around it, the barest first
    lead: bytes = b""  # digest of the line that opens the text
    lines: tuple[bytes, ...] = ()  # digests, sorted
    brands: tuple[str, ...] = ()  # "<x" before the headline, ">x" after it, folded
    days: int = 0  # numeric dates that can only be day first, less those that can only be month first: its sign
    agency: int = UNKNOWN  # 1: an agency's, 0: not; UNKNOWN: nobody has looked, it is not enriched
    gaps: tuple[int, ...] = ()  # days from the dateline's date to the publication date; empty without both
    branded: bool = False  # a headline carries the site's name for itself, or did until the cleaner took it off
    headed: tuple[str, ...] = ()  # what else stands around its headlines, folded


def observation(article: CleanArticle, settings: ProfilerSettings) -> Observation:
    """What `article` shows. A withdrawn one shows nothing any more."""
    offered = [article.title, *_candidates(article)]
    titles = [digest(title) for title in _bare(offered)]
    own = {*titles, *(digest(title) for title in offered)}
    kept = [line for line in _kept(article) if _counts(line)]
    lines = kept + [item.text for item in article.removed if _counts(item.text)]
    digests = {digest(line) for line in lines} - own
    names = {part[1:] for headline in _headlines(article) for part in around(headline)}
    site = fold(article.site_name)
    told = article.signals if isinstance(article, EnrichedArticle) else {}
    opening = next((block.text for block in article.blocks if block.kind == "paragraph"), "").split("\n")[0]
    return Observation(
        first_seen=_milliseconds(article.first_seen_at),
        article_id=article.article_id,
        generation=article.generation,
        revision=article.revision,
        titles=tuple(dict.fromkeys(titles))[:MOST_TITLES],
        lead=bytes.fromhex(digest(opening)) if len(fold(opening).encode()) >= SHORTEST_LEAD else b"",
        # The smallest digests are a sample that falls on the same lines in every article.
        lines=tuple(bytes.fromhex(one) for one in sorted(digests)[: settings.profile_article_lines]),
        brands=tuple(sorted({brand for title in offered for brand in around(title)})),
        days=_days(lines),
        agency=int(told.get("agency", UNKNOWN)),
        gaps=tuple(int(told[name]) for name in ("dateline_date_gap_days",) if name in told),
        branded=site in names or bool(article.quality.get("injected_brand")),
        headed=tuple(sorted(names - {site})),
    )


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _candidates(article: CleanArticle, but: str = "") -> Iterator[str]:
    """The titles that the page offered, as it wrote them: a brand that the cleaner took off still stands there.

    Args:
        but: a source of titles that does not count.
    """
    if decided := article.provenance.get("title"):
        offered = (candidate.partition("=") for candidate in decided.candidates)
        yield from (title for source, _, title in offered if source != but)


def _headlines(article: CleanArticle) -> Iterator[str]:
    """The titles that are shown to readers, here or by who links to the page."""
    decided = article.provenance.get("title")
    if decided is None or decided.source != TAB:
        yield article.title
    yield from _candidates(article, but=TAB)


def _bare(offered: list[str]) -> list[str]:
    """The titles as they are, and without their first or last part, the shortest first.

    Other pages name an article without the site's name; whether the cleaner knew that name yet must not matter here.
    """
    bare = {rest for whole in offered for _, _, rest in _parts(whole) if 3 * len(rest) >= 2 * len(whole)}
    found = {*offered, *bare}
    return sorted((one for one in found if len(fold(one).encode()) >= SHORTEST_TITLE), key=lambda one: (len(one), one))


def _kept(article: CleanArticle) -> Iterator[str]:
    """The lines that may be the host's; what is quoted, a table or a caption is the article's."""
    for block in article.blocks:
        if block.kind in ("paragraph", "heading", "list"):
            yield from block.text.split("\n")


def _counts(line: str) -> bool:
    return not _DATELINE.search(line) and not _QUOTED.match(line) and len(fold(line).encode()) >= SHORTEST_LINE


def around(title: str) -> Iterator[str]:
    """The first and last part of a title that has several, if the rest can still be a headline."""
    for side, part, rest in _parts(title):
        folded = fold(part)
        short = folded and len(folded) <= LONGEST_BRAND and folded.count(" ") < MOST_BRAND_WORDS
        if short and (fold(rest).count(" ") + 1 >= FEWEST_HEADLINE_WORDS or not rest.isascii()):
            yield side + folded


def _parts(title: str) -> Iterator[tuple[str, str, str]]:
    """(side, part, rest) of the last and the first part. A colon parts nothing: before it stands what it is about."""
    gaps = [*_GAP.finditer(title)]
    if gaps:
        last, first = gaps[-1], gaps[0]
        yield ">", title[last.end() :], title[: last.start()]
        yield "<", title[: first.start()], title[first.end() :]


def _days(lines: list[str]) -> int:
    sign = 0
    for line in lines:
        for one, other in _NUMERIC_DAY.findall(line):
            sign += (int(one) > MONTHS >= int(other)) - (int(other) > MONTHS >= int(one))
    return (sign > 0) - (sign < 0)
