"""`RawArticle` to `CleanArticle`: readable text, metadata with provenance, and what was cut."""

from services.cleaner import htmlpage, plaintext
from services.cleaner.draft import finish
from services.cleaner.settings import CleanerSettings
from shared.messages import EMPTY_PROFILE, CleanArticle, HostProfile, RawArticle
from shared.outcomes import Reason, Reject

DEFAULTS = CleanerSettings()


def clean(raw: RawArticle, profile: HostProfile = EMPTY_PROFILE, settings: CleanerSettings = DEFAULTS) -> CleanArticle:
    """The article that a page holds. Same page, code, profile and settings: same bytes.

    Raises:
        Reject: `empty`, `no_article`, `html_limits`, `policy_noindex` or `policy_tdm`.
    """
    if not raw.content.strip():
        raise Reject(Reason.EMPTY, "no content")
    read = plaintext.draft if raw.media_type == "text/plain" else htmlpage.draft
    return finish(raw, read(raw, profile, settings), profile.version, settings)
