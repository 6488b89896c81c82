"""The word lists that tell persons, organisations and places apart, loaded once."""

from dataclasses import dataclass

from services.enricher.folding import fold
from services.enricher.wordlists import words


@dataclass(frozen=True)
class Lexicon:
    """Sets of words as printed; `organisations` is folded."""

    given_names: frozenset[str]
    surnames: frozenset[str]
    eastern_surnames: frozenset[str]
    titles: frozenset[str]
    organisation_words: frozenset[str]
    place_words: frozenset[str]
    organisations: frozenset[str]
    acronyms: frozenset[str]  # organisations written without a lower-case letter: only ever compared as printed
    no_entities: frozenset[str]  # demonyms, days, months and other capitalised words


def load() -> Lexicon:
    """Reads the lists."""
    organisations = words("organisations.txt")
    return Lexicon(
        given_names=words("given_names.txt"),
        surnames=words("surnames.txt"),
        eastern_surnames=words("eastern_surnames.txt"),
        titles=words("titles.txt"),
        organisation_words=words("organisation_words.txt"),
        place_words=words("place_words.txt"),
        organisations=frozenset(fold(name) for name in organisations if not name.isupper()),
        acronyms=frozenset(name for name in organisations if name.isupper()),
        no_entities=words("demonyms.txt") | words("capitals.txt"),
    )
