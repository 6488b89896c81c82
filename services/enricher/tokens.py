"""Words and sentences with their places in the text.

Made for names in running text: `U.S.`, `Mr.`, `St.`, initials and `O'Brien` stay whole, `'s` and hyphens are tokens of
their own (`Tripoli-based` names Tripoli).
"""

import re

from msgspec import Struct

TOKEN = re.compile(
    r"""(?!vs\.)[a-z]+(?![\w'’\u0300-\u036f\u200c\u200d])                  # most words, out of the way
      | (?:[^\W\d_a-z]\.){2,}                                # U.S., N.Y., D.P.R.K.
      | (?:Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Gov|Rep|Rev|Hon|St|Ste|Lt|Col|Sgt|Maj|Capt|Adm|Jr|Sr|Inc|Corp|Co|Ltd|Bros
          |No|vs|Mt|Ft|Sra|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.
      | [^\W\d_a-z]\.(?=\s?[^\W\d_a-z])                      # an initial before a name
      | [’'][sS]\b
      | [^\W\d_](?:[^\W_]|[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u200c\u200d])*
        (?:[’'](?![sS]\b)[^\W_]+)*
      | \d+(?:[.,:]\d+)*
      | \S""",
    re.VERBOSE,
)
ENDS = frozenset(".!?…。！？؟।")
CLOSERS = "\"'”’»)]）」』"


class Token(Struct, frozen=True, gc=False):
    """Made by the hundred for each article, so the collector is told that it can be in no cycle."""

    text: str
    start: int  # code points, half-open
    end: int


def tokenise(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of `text[start:end]`."""
    stop = len(text) if end is None else end
    return [Token(match[0], match.start(), match.end()) for match in TOKEN.finditer(text, start, stop)]


def sentences(text: str, tokens: list[Token]) -> list[list[Token]]:
    """Splits at line ends, and after a full stop before a capital, a digit, a quote or a script without case."""
    found: list[list[Token]] = []
    current: list[Token] = []
    line_end = text.find("\n")
    for index, token in enumerate(tokens):
        if 0 <= line_end < token.start:
            if current:
                found.append(current)
                current = []
            line_end = text.find("\n", token.start)
        current.append(token)
        word = token.text
        if word[-1] not in ENDS or (len(word) > 1 and word[0].isalpha()):
            continue
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        if after is not None and after.text in CLOSERS and after.start == token.end:
            continue  # the closing quote still belongs to this sentence; the line end or the next stop parts it
        if after is None or not after.text[0].islower():
            found.append(current)
            current = []
    if current:
        found.append(current)
    return found
