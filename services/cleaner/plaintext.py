"""Pages that come as plain text: archives of already extracted pages, and feeds without markup."""

from services.cleaner import unicode
from services.cleaner.blocks import Line
from services.cleaner.choice import Candidate, provenance
from services.cleaner.draft import Draft
from services.cleaner.lines.context import Context
from services.cleaner.lines.cut import cut
from services.cleaner.settings import CleanerSettings
from services.cleaner.sitefacts import declared_langs
from shared.messages import HostProfile, RawArticle
from shared.outcomes import Reason, Reject


def draft(raw: RawArticle, profile: HostProfile, settings: CleanerSettings) -> Draft:
    """The article in a plain text page: its first line is the title unless the feed names one.

    Raises:
        Reject: `html_limits` where the page is over the size limit.
    """
    if len(raw.content) > settings.max_page_chars:
        raise Reject(Reason.HTML_LIMITS, f"page_chars: {len(raw.content)} where {settings.max_page_chars} are allowed")
    texts = [text for part in unicode.tidy(raw.content).split("\n") if (text := unicode.line(part))]
    made = Draft(declared_langs=declared_langs(None, raw), rights=raw.rights)
    if not texts:
        return made
    made.title = texts[0]
    made.provenance["title"] = provenance(Candidate("text", made.title), (), 0.7)
    lines = [Line(text, "paragraph", n) for n, text in enumerate(texts[1:])]
    made.lines, made.removed = cut(lines, Context(titles=(made.title,), profile=profile))
    return made
