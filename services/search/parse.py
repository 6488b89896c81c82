"""The query language: what a person types into the search box, as a tree.

    query  = any
    any    = all { "OR" all }
    all    = not { ["AND"] not }                words stand for AND; OR binds weaker than AND, NOT stronger
    not    = ("NOT" | "-") not | atom
    atom   = "(" any ")" | word | phrase | field ":" (word | phrase)

AND, OR and NOT count in capitals only; the names of fields in any case. A pasted `https://...` is the address of an
article. A headline pasted as it stands should search, so a lone dash or other word without a letter or a digit is
passed over, and a name before `: ` (`Exclusive: ...`) is a word.
"""

import re

from shared.searchindex.query import KEYWORD_FIELDS, TEXT_FIELDS, All, Keyword, Node, Not, Phrase, Some, Word

FIELDS = (*TEXT_FIELDS, *KEYWORD_FIELDS)
MAX_LENGTH = 1024  # code points
MAX_TERMS = 100  # words, phrases and field values; engines bound the clauses of a query, and each of ours makes several
MAX_DEPTH = 16  # of parentheses and negations

QUOTES = '"“”„‟＂'  # straight, and what phones and word processors put instead; any of them closes any other
_TOKEN = re.compile(
    rf"""\s*(?:
      (?P<paren>[()])
    | (?P<minus>-)(?=[^\s(){QUOTES}]*(?:[({QUOTES}]|[^\W_]))
    | (?P<field>[A-Za-z_]+):(?=[^\s()])(?!//)
    | (?P<quote>[{QUOTES}])
    | (?P<word>[^\s(){QUOTES}]+)
    )""",
    re.VERBOSE,
)
_CLOSE = re.compile(f"[{QUOTES}]")
_VALUE = re.compile(rf"[^\s(){QUOTES}]+")  # colons and hyphens belong to the value of a field
_BARE_FIELD = re.compile(r"([A-Za-z_]+):")


class BadQuery(ValueError):
    """The text is no query. `position` counts code points from 0; `parameter` is the URL parameter at fault."""

    def __init__(self, message: str, position: int = 0, parameter: str = "q") -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.parameter = parameter


def parse(text: str) -> Node | None:
    """The tree of a query text; None where it is blank.

    Raises:
        BadQuery: not a query; says where, and what would be.
    """
    if not text.strip():
        return None
    if len(text) > MAX_LENGTH:
        raise BadQuery(f"a query has at most {MAX_LENGTH} characters, this one {len(text)}", MAX_LENGTH)
    return _Parser(text).query()


def _searchable(text: str) -> bool:
    return any(character.isalnum() for character in text)


class _Parser:
    """Recursive descent over the text; `at` is where the next token starts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.terms = 0

    def query(self) -> Node:
        root = self.any(0)
        if self.peek() == ")":
            raise BadQuery("this ')' closes nothing: take it away or open it before", self.start())
        if root is None:
            raise BadQuery("there is no word to search for", self.start())
        return root

    def start(self) -> int:
        """Where the next token starts, or the end of the text."""
        return len(self.text) - len(self.text[self.at :].lstrip())

    def peek(self) -> str:
        """The next token when it is one of ( ) - AND OR NOT, else ''; steps over words without a letter or digit."""
        while found := _TOKEN.match(self.text, self.at):
            if found["paren"] or found["minus"]:
                return found["paren"] or found["minus"]
            if not found["word"] or _searchable(found["word"]):
                return found["word"] if found["word"] in ("AND", "OR", "NOT") else ""
            self.at = found.end()
        return ""

    def skip(self) -> int:
        """Steps over the next token and says where it started."""
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            raise AssertionError("peek saw a token here")
        started = self.start()
        self.at = found.end()
        return started

    def any(self, depth: int) -> Node | None:
        first = self.all(depth)
        parts = [first] if first else []
        while self.peek() == "OR":
            position = self.skip()
            following = self.all(depth)
            if not parts or following is None:
                side = "after" if parts else "before"
                raise BadQuery(f'OR needs a word {side} it; to search for the word itself write "or"', position)
            parts.append(following)
        return Some(tuple(parts)) if len(parts) > 1 else first

    def all(self, depth: int) -> Node | None:
        parts: list[Node] = []
        while True:
            position = self.skip() if self.peek() == "AND" else None
            part = None if position is not None and not parts else self.negation(depth)
            if position is not None and part is None:
                side = "after" if parts else "before"
                raise BadQuery(f'AND needs a word {side} it; to search for the word itself write "and"', position)
            if part is None:
                break
            parts.append(part)
        return All(tuple(parts)) if len(parts) > 1 else (parts[0] if parts else None)

    def negation(self, depth: int) -> Node | None:
        sign = self.peek()
        if sign not in ("-", "NOT"):
            return self.atom(depth)
        position = self.skip()
        self.check(depth + 1, position)
        part = self.negation(depth + 1)
        if part is None:
            raise BadQuery(f"{sign} needs a word, a phrase or a parenthesis after it", position)
        return Not(part)

    def check(self, depth: int, position: int) -> None:
        if depth > MAX_DEPTH:
            raise BadQuery(f"parentheses and exclusions go at most {MAX_DEPTH} deep", position)

    def atom(self, depth: int) -> Node | None:
        if self.peek() == "(":
            return self.group(depth)
        if self.peek() in (")", "OR", "AND"):
            return None
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            return None
        position = self.skip()
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise BadQuery(f"a query has at most {MAX_TERMS} words and phrases", position)
        if found["field"]:
            return self.fielded(found["field"], position)
        if found["quote"]:
            return Phrase(self.phrase(position))
        word = found["word"]
        if word.startswith(("https://", "http://")):
            return Keyword("url", word)
        bare = _BARE_FIELD.fullmatch(word)
        if bare and bare[1].lower() in FIELDS:
            raise BadQuery(f"{word} needs a value right after it, without a space", position)
        return Word(word)

    def group(self, depth: int) -> Node:
        position = self.skip()
        self.check(depth + 1, position)
        inside = self.any(depth + 1)
        if self.peek() != ")":
            raise BadQuery("this '(' is never closed: add a ')'", position)
        self.skip()
        if inside is None:
            raise BadQuery("there is no word between these parentheses", position)
        return inside

    def fielded(self, name: str, position: int) -> Node:
        field = name.lower()
        if field in ("since", "until"):
            raise BadQuery(f"dates are not part of the query text: use the parameter {field}=2026-11-22", position)
        if field not in FIELDS:
            known = ", ".join(f"{known}:" for known in FIELDS)
            raise BadQuery(
                f'unknown field {name}: the fields are {known}; quote the words to search for "{name}"', position
            )
        if self.text[self.at] in QUOTES:
            value = self.phrase(self.skip())
            return Phrase(value, field) if field in TEXT_FIELDS else Keyword(field, value)
        found = _VALUE.match(self.text, self.at)
        value = found[0] if found else ""
        self.at += len(value)
        if value.startswith("-"):
            raise BadQuery(f"the minus goes before the field: -{name}:{value[1:]}", position)
        if not _searchable(value):
            raise BadQuery(f"{name}: needs a word or a phrase, not {value!r}", position)
        return Word(value, field) if field in TEXT_FIELDS else Keyword(field, value)

    def phrase(self, opened: int) -> str:
        """The text up to the closing quote."""
        close = _CLOSE.search(self.text, self.at)
        if close is None:
            raise BadQuery("this quotation mark is never closed: add another one", opened)
        inside, self.at = self.text[self.at : close.start()].strip(), close.end()
        if not _searchable(inside):
            raise BadQuery("there is no word between these quotation marks", opened)
        return inside
