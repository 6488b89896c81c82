"""The sink: `EnrichedArticle` into the search index."""
