"""A page becomes readable text and metadata: `RawArticle` to `CleanArticle`."""
