"""Pages that come as HTML: one parse, metadata first, then the body and the line rules."""

from urllib.parse import urlsplit

from services.cleaner import (
    article_node,
    authors,
    blocks,
    body,
    captions,
    dates,
    jsonld,
    page,
    rights,
    sitefacts,
    standfirst,
    stated,
    titles,
)
from services.cleaner.choice import provenance
from services.cleaner.draft import Draft
from services.cleaner.lines.context import Context
from services.cleaner.lines.cut import cut
from services.cleaner.settings import CleanerSettings
from shared.messages import HostProfile, RawArticle

_PLAIN_FACTS = {
    "canonical_url": sitefacts.canonical_url,
    "description": sitefacts.description,
    "image": sitefacts.image,
    "section": sitefacts.section,
    "site_name": sitefacts.site_name,
}


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # an address that no browser would open names no site
        return ""


def _host_names(host: str) -> tuple[str, ...]:
    bare = host.removeprefix("www.")
    return (host, bare, bare.split(".")[0]) if bare else ()


def _domains(host: str) -> tuple[str, ...]:
    """What `news.courier.example` is a part of, as titles name it: `courier.example`, and `courier`."""
    labels = host.split(".")
    return tuple(name for n in range(1, len(labels) - 1) for name in (".".join(labels[n:]), labels[n]))


def draft(raw: RawArticle, profile: HostProfile, settings: CleanerSettings) -> Draft:
    """The article in an HTML page.

    Raises:
        Reject: `html_limits`, `empty`, `policy_noindex`, `policy_tdm`.
    """
    url = raw.final_url or raw.url
    whole = page.parse(raw.content, url, settings)
    made = Draft(rights=raw.rights + rights.in_page(whole), declared_langs=sitefacts.declared_langs(whole, raw))
    made.withheld = not rights.allows_text(made.rights, raw.source.channel, settings)

    canonical = sitefacts.canonical_url(whole, None)
    addresses = (url, canonical.value if canonical else "")
    titled = (whole.meta("og:title"), *whole.texts(".//h1"), *whole.texts(".//head/title"))
    article = article_node.choose(whole.linked, addresses, titled)
    for name, read in _PLAIN_FACTS.items():
        if found := read(whole, article):
            setattr(made, name, found.value)
            made.provenance[name] = provenance(found)

    host = _host(url)
    site_names = (made.site_name, *_host_names(host), *profile.brands)
    offered = titles.candidates(whole, article, raw.feed_entry.title if raw.feed_entry else "")
    news = article is not None and jsonld.is_news(article)
    if decided := titles.decide(offered, (*site_names, *_domains(host)), news):
        winner, confidence = decided
        made.title = winner.value
        made.provenance["title"] = provenance(winner, offered, confidence)
    if written := authors.decide(whole, article, raw.feed_entry, site_names):
        made.authors, made.provenance["authors"] = written
    if published := dates.published(whole, article, raw.feed_entry, raw.fetched_at, profile.day_first):
        made.published_at, made.provenance["published_at"] = published
    if modified := dates.modified(whole, article, raw.fetched_at):
        made.modified_at, made.provenance["modified_at"] = modified
    paywalled = sitefacts.paywalled(whole, article)
    if paywalled is not None:
        made.quality["paywalled"] = float(paywalled)
    if whole.unread_data:
        made.quality["unread_data"] = float(whole.unread_data)

    context = Context(
        titles=tuple(value for c in offered for value in (c.value, titles.without_brand(c.value, site_names))),
        site_names=site_names,
        authors=made.authors,
        description=made.description,
        link_texts=whole.link_texts,
        news=article is not None or whole.meta("og:type").lower() == "article",
        profile=profile,
    )
    made.link_texts = context.link_texts
    pictures = captions.find(whole.tree)
    summary = standfirst.find(whole, article)
    extracted, cascade = body.extract(whole)
    made.quality["cascade"] = float(cascade)
    lines = stated.complete(blocks.from_tree(extracted), whole, article)
    made.lines, made.removed = cut(lines, context)
    made.lines = captions.place(standfirst.lead(made.lines, summary), pictures)
    return made
