"""Rules that cut lines which are no part of the article, one idea a file."""
