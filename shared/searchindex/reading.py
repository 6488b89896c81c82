"""Title and text as index terms, field by field, the same for every engine: terms stand with spaces between.

`title` and `text` hold folded words and pairs of dense letters, `*_letters` the same by single letters where a text has
dense ones, `*_stem` stems as `en:elect`. A second value of a field, apart from the first, holds joined words.
"""

from shared.searchindex import words
from shared.searchindex.document import Document
from shared.searchindex.query import TEXT_FIELDS, Phrase, Word
from shared.searchindex.stems import STEMMERS, language, stems

LETTERS = "_letters"
STEM = "_stem"
TITLE_BOOST = 2.0  # a word in the title says more about the article than one in its text
FIELDS = tuple(f"{name}{kind}" for name in TEXT_FIELDS for kind in ("", LETTERS, STEM))


def read(document: Document) -> dict[str, list[str]]:
    """The values of every field of FIELDS that has any."""
    code = language(document.lang)
    values: dict[str, list[str]] = {}
    for name, text in (("title", document.title), ("text", document.text)):
        atoms = words.atoms(text)
        joined = [one.term for one in words.compounds(text, atoms)]
        values[name] = [" ".join(words.terms(atoms)), " ".join(joined)]
        values[name + LETTERS] = [" ".join(words.letters(atoms))]
        values[name + STEM] = [" ".join(f"{code}:{stem}" for stem in stems(text, atoms, code) if stem)]
    return {field: kept for field, given in values.items() if (kept := [value for value in given if value])}


Way = tuple[str, list[str]]  # a field, and the terms that stand there one behind the other


def ways(leaf: Word | Phrase, name: str) -> list[Way]:
    """Every way in which a word or phrase can stand in a title or a text (`name`), exact ones first.

    A word matches as written and folded, joined or apart, or where its stem in the document's own language is the stem
    of a word there. A phrase matches as written only, so that quotation marks ask for the exact form.
    """
    found = words.atoms(leaf.text)
    by_letter, terms = words.sought(found)
    exact: list[Way] = [(name + LETTERS if by_letter else name, terms)] if terms else []
    if isinstance(leaf, Phrase):
        return exact
    if whole := words.joined_form(leaf.text, found):
        exact.append((name, [whole]))
    if len(found) != 1 or found[0].dense:
        return exact
    return exact + [(name + STEM, [f"{lang}:{stems(leaf.text, found, lang)[0]}"]) for lang in sorted(STEMMERS)]
