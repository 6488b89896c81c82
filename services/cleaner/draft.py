"""The article while it is being put together: what HTML and plain text pages have in common."""

from dataclasses import dataclass, field
from hashlib import blake2b

from services.cleaner import blocks, suspicion, unicode
from services.cleaner.blocks import Line
from services.cleaner.lines.cut import within
from services.cleaner.settings import CleanerSettings
from shared.fold import fold
from shared.messages import Article, CleanArticle, Provenance, RawArticle, Removed, RightsSignal, text_of
from shared.outcomes import Reason, Reject


@dataclass
class Draft:
    """Fields of a `CleanArticle` as they are decided."""

    title: str = ""
    lines: list[Line] = field(default_factory=list)
    authors: tuple[str, ...] = ()
    published_at: str | None = None
    modified_at: str | None = None
    site_name: str = ""
    image: str = ""
    section: str = ""
    description: str = ""
    canonical_url: str = ""
    declared_langs: dict[str, str] = field(default_factory=dict)
    rights: tuple[RightsSignal, ...] = ()
    removed: tuple[Removed, ...] = ()
    provenance: dict[str, Provenance] = field(default_factory=dict)
    quality: dict[str, float] = field(default_factory=dict)
    link_texts: frozenset[str] = frozenset()  # of the page, for the doubts
    withheld: bool = False  # the publisher's reservation keeps the text back


def finish(raw: RawArticle, draft: Draft, profile_version: int, settings: CleanerSettings) -> CleanArticle:
    """The message that a draft makes, with the version of the host profile that it was made with.

    Raises:
        Reject: `empty` without any text, `no_article` where it is shorter than the settings allow.
    """
    made = () if draft.withheld else blocks.to_blocks(draft.lines)
    text = text_of(made)
    if not draft.withheld and not text:
        raise Reject(Reason.EMPTY, "no text found")
    if not draft.withheld and len(text) < settings.shortest_text:
        raise Reject(Reason.NO_ARTICLE, f"{len(text)} characters of text where {settings.shortest_text} are the least")
    if misread := unicode.mojibake(text):
        draft.quality["mojibake"] = float(misread)
    if not draft.withheld:
        _doubt(draft, settings)
    words = " ".join(line.folded for line in draft.lines if blocks.in_text(line)) if text else ""
    folded = f"{fold(draft.title)}\n{words}"
    carried = {name: getattr(raw, name) for name in Article.__struct_fields__}
    return CleanArticle(
        **carried,
        title=draft.title,
        text=text,
        blocks=made,
        authors=draft.authors,
        published_at=draft.published_at,
        modified_at=draft.modified_at,
        site_name=draft.site_name,
        image=draft.image,
        section=draft.section,
        description=draft.description,
        canonical_url=draft.canonical_url,
        declared_langs=draft.declared_langs,
        rights=draft.rights,
        removed=() if draft.withheld else within(draft.removed, settings.max_removed_bytes),
        text_hash=blake2b(folded.encode(), digest_size=16).hexdigest(),
        content_hash=raw.content_hash,
        final_url="" if raw.final_url == raw.url else raw.final_url,
        profile_version=profile_version,
        provenance=dict(sorted(draft.provenance.items())),
        quality=dict(sorted(draft.quality.items())),
    )


def _doubt(draft: Draft, settings: CleanerSettings) -> None:
    """Notes how likely the extraction is bad, and parks it where the operator wants that.

    Raises:
        Reject: `no_article`, the detail names the signs.
    """
    lines = [line for line in draft.lines if line.kind != "caption"]
    found = suspicion.doubts(draft.title, lines, draft.link_texts, draft.description)
    draft.quality["bad_extraction"] = suspicion.score(found)
    draft.quality.update({f"doubt_{name}": weight for name, weight in found.items()})
    if settings.bad_extraction == "reject" and suspicion.score(found) >= settings.bad_extraction_threshold:
        raise Reject(Reason.NO_ARTICLE, f"probably not the article: {', '.join(sorted(found))}")
