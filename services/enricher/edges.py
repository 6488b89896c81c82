"""Where a name begins and ends: with its Arabic article, without titles, quotation marks and stray hyphens."""

from services.enricher.lexicon import Lexicon
from services.enricher.mentions import Mention

STRAY = "-–—'’‘\"“”"
ARTICLES = frozenset("al el an ar as ash at ad adh az ul".split())  # `al-Tanf`; before sun letters as it is spoken
LONGEST_TITLE = 3  # words
REIGNS = frozenset("King Queen Prince Princess Pope Sultan Emir".split())  # `Pope Francis` is a name, `Francis` is not


def trimmed(text: str, mention: Mention, lexicon: Lexicon) -> Mention | None:
    """The mention between its right edges, or None where nothing is left."""
    start, end = mention.start, mention.end
    while start < end and text[start] in STRAY:
        start += 1
    while start < end and text[end - 1] in STRAY:
        end -= 1
    if start == end:
        return None
    start = _with_article(text, start)
    if mention.kind == "person":
        start = _after_titles(text[start:end].split(" "), start, lexicon)
    if (start, end) == (mention.start, mention.end):
        return mention
    return mention._replace(start=start, end=end, text=text[start:end])


def _with_article(text: str, start: int) -> int:
    """Where `al-` begins, if it stands before `start`."""
    if text[start - 1 : start] != "-":
        return start
    begin = start - 1
    while begin and text[begin - 1].isalnum():
        begin -= 1
    return begin if text[begin : start - 1].lower() in ARTICLES else start


def _after_titles(words: list[str], start: int, lexicon: Lexicon) -> int:
    """Where the name begins behind titles and offices; a title that is also a given name stays (Don Burnstick)."""
    done = 0
    while title := _title(words, done, lexicon):
        start += sum(len(word) + 1 for word in words[done:title])
        done = title
    return start


def _title(words: list[str], first: int, lexicon: Lexicon) -> int:
    """Past the last word of the title that begins there and that leaves a name; 0 for none."""
    if words[first] in lexicon.given_names or words[first] in REIGNS:
        return 0
    for end in range(min(first + LONGEST_TITLE, len(words) - 1), first, -1):
        if " ".join(words[first:end]) in lexicon.titles:
            return end
    return 0
