"""The word lists beside this file: our own compilations, sorted data, read once."""

from functools import cache
from pathlib import Path

from shared.fold import fold

_FOLDER = Path(__file__).with_name("words")


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of `words/NAME.tsv`; lines that start with `#` are remarks."""
    text = (_FOLDER / f"{name}.tsv").read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))


@cache
def cues(group: str) -> frozenset[str]:
    """The folded phrases of one group of `words/cues.tsv`."""
    return frozenset(fold(phrase) for kind, _, phrase in rows("cues") if kind == group)


@cache
def openings() -> tuple[str, ...]:
    """How lines begin that lead elsewhere, lower case, punctuation kept."""
    return tuple(sorted({phrase.casefold() for kind, _, phrase in rows("cues") if kind == "opening"}))


@cache
def terms(name: str) -> frozenset[str]:
    """The folded terms of a list, whatever their language."""
    return frozenset(fold(row[-1]) for row in rows(name))


@cache
def by_language(name: str) -> dict[str, frozenset[str]]:
    """The folded terms of a list, by language."""
    found: dict[str, set[str]] = {}
    for lang, term in rows(name):
        found.setdefault(lang, set()).add(fold(term))
    return {lang: frozenset(words) for lang, words in sorted(found.items())}


@cache
def split_terms(name: str) -> tuple[frozenset[str], tuple[tuple[str, str], ...]]:
    """The terms of a list as single words, and as phrases with a space at both ends, each with its first word."""
    known = terms(name)
    phrases = sorted((f" {term} ", term.split()[0]) for term in known if " " in term)
    return frozenset(term for term in known if " " not in term), tuple(phrases)


@cache
def languages_of(name: str) -> dict[str, tuple[str, ...]]:
    """The languages of each folded term of a list."""
    found: dict[str, list[str]] = {}
    for lang, words in by_language(name).items():
        for word in words:
            found.setdefault(word, []).append(lang)
    return {word: tuple(langs) for word, langs in found.items()}
