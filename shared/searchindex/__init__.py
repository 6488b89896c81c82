"""One narrow interface to search, two engines behind it: tantivy in this process, OpenSearch as a server."""
