"""TaggedArticle -> EnrichedArticle: dateline and agency, entities, keyphrases, lead, signals."""

from dataclasses import dataclass

from services.enricher import (
    agencies,
    aliases,
    coreference,
    dateline,
    datewords,
    entities,
    gazetteer,
    keyphrases,
    lead,
    lexicon,
    optional,
    scan,
    sequence,
    signals,
    versions,
)
from services.enricher.linking import Context, countries_named
from services.enricher.settings import EnricherSettings
from shared.messages import BLOCK_BREAK, EMPTY_PROFILE, EnrichedArticle, HostProfile, TaggedArticle

REPEATED = "host"  # the cleaner's rule for lines that a host profile names


@dataclass(frozen=True)
class Tables:
    """Everything the enricher knows, loaded once per worker and never changed."""

    gazetteer: gazetteer.Gazetteer
    agencies: agencies.Agencies
    months: datewords.Months
    month_numbers: dict[str, int]
    lexicon: lexicon.Lexicon
    model: sequence.Model
    scanner: scan.Scanner
    aliases: aliases.Aliases
    installed: dict[str, optional.Recogniser]
    versions: dict[str, str]


def load_tables(settings: EnricherSettings) -> Tables:
    """Reads the shipped tables, and the alias table and models that the operator named."""
    places = gazetteer.load()
    return Tables(
        gazetteer=places,
        agencies=agencies.load(),
        months=datewords.load_months(),
        month_numbers=signals.months_by_name(),
        lexicon=lexicon.load(),
        model=sequence.Model(entities.ENGLISH_MODEL),
        scanner=scan.load(places),
        aliases=aliases.load(settings.enrich_alias_table),
        installed=optional.load(settings.enrich_models),
        versions=versions.versions(entities.ENGLISH_MODEL, settings.enrich_alias_table, settings.enrich_models),
    )


def own_runs(article: TaggedArticle, most: int) -> list[tuple[int, int]]:
    """The runs of `text` that are not foreign, up to `most` code points from the start."""
    end = min(len(article.text), most)
    runs, at = [], 0
    for segment in sorted(article.segments, key=lambda one: one.start):
        if segment.foreign:
            runs.append((at, min(segment.start, end)))
            at = max(at, segment.end)
    runs.append((at, end))
    return [(start, stop) for start, stop in runs if start < stop]


def enrich(
    article: TaggedArticle, tables: Tables, settings: EnricherSettings, profile: HostProfile = EMPTY_PROFILE
) -> EnrichedArticle:
    """Adds who, where and what. Never rejects: an article without names has none.

    `profile` adds numbers about the host and changes nothing else: what this says of an article goes into the next
    profile.

    All spans are code points of `article.text`; foreign segments yield nothing.
    """
    lang = article.lang.split("-")[0]
    runs = own_runs(article, settings.enrich_text_characters)
    own = BLOCK_BREAK.join(article.text[start:end].strip() for start, end in runs)
    repeated = [one.text for one in article.removed if one.rule == REPEATED]
    place = dateline.read(own, article.authors, lang, tables.gazetteer, tables.agencies, tables.months, repeated)
    mentions = entities.mentions(
        article.text,
        runs,
        lang,
        tables.gazetteer,
        tables.lexicon,
        tables.model,
        tables.scanner,
        tables.installed,
    )
    context = Context(
        countries_named([one.text for one in mentions if one.kind == "place"], lang, tables.gazetteer),
        place.country if place else "",
        article.source.country,
    )
    found = coreference.entities(
        mentions, lang, context, tables.gazetteer, tables.lexicon, settings.enrich_max_entities
    )
    return EnrichedArticle(
        **{name: getattr(article, name) for name in article.__struct_fields__},
        dateline=place,
        entities=tuple(tables.aliases.linked(entity) for entity in found),
        keyphrases=keyphrases.keyphrases(
            article.title, article.text, runs, lang, found, settings.enrich_max_keyphrases
        ),
        summary=lead.lead(own, place, settings.enrich_summary_sentences, settings.enrich_summary_characters),
        signals=dict(
            sorted((signals.signals(article, place, tables.month_numbers) | signals.of_host(profile)).items())
        ),
        versions=versions.with_profile(tables.versions, profile.version),
    )
