"""Which language is it: `CleanArticle` to `TaggedArticle`."""
