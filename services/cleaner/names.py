"""Names out of bylines: prefixes, roles, places and joining words off, agencies, sites and addresses out."""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from services.cleaner.unicode import line
from services.cleaner.wordlists import rows, terms
from shared.fold import fold

MOST_WORDS = 6
LONGEST = 60  # characters of one name
_ADDRESS = re.compile(r"https?:\S*|www\.\S+|\S+@\S+|@\w+", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[(\[（][^()\[\]（）]*[)\]）]")
_SURE_AND = re.compile(r"\s(?:and|und|et|&)\s")
_DATE = re.compile(
    r"\b\d{1,2}\.? [^\W\d]\w+\.?,? (?:19|20)\d\d.*$"
    r"|\b(?:19|20)\d\d-\d\d.*$"
    r"|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*$"
    r"|\b\w+\.? \d{1,2},? (?:19|20)\d\d.*$"
    r"|[|•·].*\d.*$"
)
_NOT_NAME = re.compile(r"[<>{}=\d_#%$€£]|[a-z]+-[a-z]+-[a-z]+-[a-z]+|\.(?:com|org|net|de|fr|it|es|uk|tr|jp)\b")
_ACRONYM = re.compile(r"[A-Z]{2,4}")
_SPLIT = re.compile(r"\s*[;/|、·•●\n]\s*|\s*,\s*")
_MONTH = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?$",
    re.IGNORECASE,
)


@cache
def _joining() -> re.Pattern[str]:
    words = sorted((row[-1] for row in rows("and")), key=len, reverse=True)
    return re.compile(r"\s+(?:" + "|".join(map(re.escape, words)) + r")\s+", re.IGNORECASE)


@cache
def _prefix() -> re.Pattern[str]:
    words = sorted(terms("byline") | {"author", "authors", "autor", "autore"}, key=len, reverse=True)
    return re.compile(r"^(?:" + "|".join(map(re.escape, words)) + r")\b\s*[:：]?\s*(?=\S)", re.IGNORECASE)


def _parts(text: str) -> Iterator[str]:
    for part in _SPLIT.split(text):
        pieces = _joining().split(part)
        sure = len(pieces) > 1 and bool(_SURE_AND.search(part)) and len(pieces[0].split()) < 3
        if sure or (len(pieces) > 1 and all(" " in piece.strip() for piece in pieces)):
            yield from pieces
        else:
            yield part


def unprefixed(byline: str) -> str:
    """A byline without the words that introduce it."""
    return _prefix().sub("", line(byline))


def _bare(name: str) -> str:
    name = _prefix().sub("", name.strip(" ,;:-–—.·|*“”\"'"))
    name = _MONTH.sub("", name.strip())
    for role in (" 기자", " 특파원", " 記者", "記者"):
        name = name.removesuffix(role)
    words = name.split()
    name = " ".join(words[: next((n for n, word in enumerate(words) if n > 1 and _is_told(word)), len(words))])
    return name.strip(" ,;:-–—·|*“”\"'")


def _is_told(word: str) -> bool:
    """Whether the word after a name says something about the person: a verb or a role."""
    return (word.islower() and len(word) > 3) or fold(word) in terms("roles")


def _is_organisation(folded: str, sites: frozenset[str]) -> bool:
    squeezed = folded.replace(" ", "")
    if folded in terms("agencies") or folded in terms("organisations"):
        return True
    if any(squeezed == site or (len(site) > 2 and squeezed.startswith(site)) for site in sites):
        return True
    words = folded.split()
    return words[0] in terms("organisations") or words[-1] in terms("organisations") or words[-1] in terms("agencies")


def _is_person(name: str, sites: frozenset[str]) -> bool:
    folded = fold(name)
    if not folded or len(name) > LONGEST or len(folded.split()) > MOST_WORDS or _NOT_NAME.search(name):
        return False
    if name[0].islower() or folded in terms("roles") or _is_organisation(folded, sites):
        return False
    return not _all_roles(folded.split())


def _all_roles(words: list[str]) -> bool:
    return any(word in terms("roles") for word in words) and (
        len(words) > 3
        or all(word in terms("roles") for word in words)
        or words[-1] in terms("roles")
        or (words[0] in terms("roles") and words[1] in ("of", "at", "for"))
    )


@lru_cache(maxsize=16)  # asked for each place that may name authors
def _squeezed(site_names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(name).replace(" ", "") for name in site_names) - {""}


def people(bylines: Iterable[str], site_names: Iterable[str]) -> tuple[str, ...]:
    """The persons that some bylines name, each once, in their order. What follows an organisation is its address."""
    sites = _squeezed(tuple(site_names))
    found: dict[str, str] = {}
    for byline in bylines:
        text = _DATE.sub("", _IN_BRACKETS.sub(" ", _ADDRESS.sub(" ", line(byline))))
        for number, part in enumerate(_parts(_prefix().sub("", text.strip()))):
            name = _bare(part)
            if _is_person(name, sites):
                found.setdefault(fold(name), name)
            elif fold(name) and (_is_organisation(fold(name), sites) if number else _NOT_NAME.search(name)):
                break
    whole = [name for name in found if not any(name != other and f" {name} " in f" {other} " for other in found)]
    named = [found[name] for name in whole]
    return tuple(name for name in named if not _ACRONYM.fullmatch(name)) or tuple(named)  # where she works, or alone


def credits(stated: Iterable[str]) -> tuple[str, ...]:
    """What a publisher states as author where no person is named: an agency, a desk, the paper; no addresses."""
    kept = (line(name) for name in stated)
    return tuple(dict.fromkeys(name for name in kept if _is_credit(name)))


def _is_credit(name: str) -> bool:
    return any(map(str.isalpha, name)) and len(name) <= LONGEST and not _ADDRESS.search(name) and not _DATE.search(name)
