"""Pages that come as plain text: archives of already extracted pages, and feeds without markup.

The same line rules serve them. What HTML says by its tags is read from the order of lines: above the first running
text stand the title and what surrounds it.
"""

import re

from services.cleaner import brand, dates, pagetime, unicode
from services.cleaner.blocks import Line
from services.cleaner.choice import Candidate, Status, provenance
from services.cleaner.draft import Draft
from services.cleaner.lines import head, shape
from services.cleaner.lines.context import Context
from services.cleaner.lines.cut import cut
from services.cleaner.settings import CleanerSettings
from services.cleaner.sitefacts import declared_langs
from shared.fold import fold
from shared.messages import HostProfile, RawArticle, Removed
from shared.outcomes import Reason, Reject

HEAD_LINES = 8
SITE_WORDS = 5  # at most, in a line that only names a site or a section
_DATE = re.compile(r"\b(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?")
_LABEL = re.compile(r"^\s*[^\W\d_]{2,20}\s*[:：]\s*")
_AGENCY = re.compile(r"^[^.!?]{3,80}[(（]([^()（）]{2,30})[)）]\s*[—–-]")


def _lines(content: str) -> list[Line]:
    texts = (unicode.line(part) for part in unicode.tidy(content).split("\n"))
    return [Line(text, "paragraph", n) for n, text in enumerate(text for text in texts if text)]


def _head(lines: list[Line]) -> int:
    """How many lines stand before the first running text: a long line, or a finished sentence that is no headline."""
    for n, line in enumerate(lines[:HEAD_LINES]):
        if (len(line.text) > shape.HEADLINE and not _is_path(line)) or (n and shape.is_sentence(line)):
            return n
    return 1


def _is_path(line: Line) -> bool:
    """A breadcrumb, also one that the title is glued to."""
    return bool(head.breadcrumb([line], Context())) or head.starts_at_home(line)


def _title_at(lines: list[Line], count: int) -> int:
    """Which of the first `count` lines is the title: the first that is neither a path nor a date."""
    for n, line in enumerate(lines[:count]):
        if not _is_path(line) and not _DATE.search(line.text) and line.words > 1:
            return n
    return 0


def _shown_date(lines: list[Line], latest: str) -> tuple[str, pagetime.Precision] | None:
    for line in lines:
        match = _DATE.search(line.text)
        if match and len(_LABEL.sub("", line.text)) - len(match.group()) <= 20:
            normal = re.sub(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", _padded, match.group())
            parsed = pagetime.parse(normal)
            if parsed and parsed[0][:10] <= latest:
                return parsed
    return None


def _padded(match: re.Match[str]) -> str:
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"


def draft(raw: RawArticle, profile: HostProfile, settings: CleanerSettings) -> Draft:
    """The article in a plain text page.

    Raises:
        Reject: `html_limits` where the page is over the size limit.
    """
    if len(raw.content) > settings.max_page_chars:
        raise Reject(Reason.HTML_LIMITS, f"page_chars: {len(raw.content)} where {settings.max_page_chars} are allowed")
    made = Draft(declared_langs=declared_langs(None, raw), rights=raw.rights)
    lines = _lines(raw.content)
    if not lines:
        return made
    count = _head(lines)
    at = _title_at(lines, count)
    made.title, lines, pushed = brand.strip(lines[at].text, lines, count)
    above = [Removed(rule="breadcrumb" if _is_path(line) else "head", text=line.text) for line in lines[:at]]
    shown = _shown_date(lines[: count + 1], dates.latest_day(raw.fetched_at))
    beside = {
        n for n in range(at + 1, count)
        if lines[n].words <= SITE_WORDS or _DATE.search(lines[n].text) or fold(made.title) == lines[n].folded
    }  # fmt: skip
    above += [Removed(rule="head", text=lines[n].text) for n in sorted(beside)]
    body = [line for n, line in enumerate(lines) if n > at and n not in beside]
    made.lines, removed = cut(body, Context(titles=(made.title, lines[at].text), profile=profile))
    made.removed = (*above, *removed)
    copied = bool(pushed) or _is_copy(made, removed)
    made.quality["injected_brand"] = float(bool(pushed))
    made.provenance["title"] = provenance(Candidate("text", made.title), (), 0.8 if at or count > 1 else 0.7)
    entry = raw.feed_entry
    if entry and entry.published:
        made.published_at = entry.published
        made.provenance["published_at"] = provenance(Candidate("feed", entry.published), (), 0.8, "original", "second")
    elif shown:
        status: Status = "repost" if copied else "original"
        made.published_at = shown[0]
        made.provenance["published_at"] = provenance(
            Candidate("text", shown[0]), (), 0.2 if copied else 0.7, status, shown[1]
        )
    return made


def _is_copy(made: Draft, removed: tuple[Removed, ...]) -> bool:
    """An agency's report amid headline lists and counters is another's copy: its date is the copier's."""
    opening = made.lines[0].text if made.lines else ""
    junk = sum(1 for item in removed if item.rule in ("section", "counter"))
    return bool(_AGENCY.match(opening)) and junk >= 3
