"""Who, where and what: `TaggedArticle` to `EnrichedArticle`."""
