"""Articles in the formats of other people: pure mappings, written and never read."""
