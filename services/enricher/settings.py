"""Limits of the enricher."""

from typing import Annotated

from msgspec import Meta, Struct


class EnricherSettings(Struct, frozen=True, kw_only=True):
    """Every limit with its default; read from `WIREROOM_...`."""

    enrich_max_entities: Annotated[
        int, Meta(description="Entities kept per article, the most mentioned first.", gt=0)
    ] = 100
    enrich_max_keyphrases: Annotated[int, Meta(description="Keyphrases per article.", gt=0)] = 10
    enrich_summary_sentences: Annotated[int, Meta(description="Sentences of the lead that make the summary.", gt=0)] = 2
    enrich_summary_characters: Annotated[int, Meta(description="Longest summary, in code points.", gt=50)] = 500
    enrich_alias_table: Annotated[
        str, Meta(description="File of people's and organisations' names with Wikidata ids; empty: they stay local.")
    ] = ""
    enrich_models: Annotated[
        tuple[str, ...],
        Meta(description="Installed models for languages: `de=spacy:de_core_news_sm,ru=natasha`; empty: none."),
    ] = ()
    enrich_text_characters: Annotated[
        int,
        Meta(description="Code points from the start of the text that are read for entities and keyphrases.", gt=1000),
    ] = 200_000
