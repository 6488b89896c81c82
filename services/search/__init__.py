"""The read API and the web page over the search index."""
