"""The word lists that tell persons, organisations and places apart, loaded once."""

from dataclasses import dataclass
from functools import cache

from services.enricher.folding import fold
from services.enricher.wordlists import words


@dataclass(frozen=True, eq=False)  # one per worker, hashed by identity
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
    peoples: frozenset[str]  # demonyms: no person, organisation or place by themselves
    no_entities: frozenset[str]  # demonyms, days, months and other capitalised words

    def lists(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """The lists of single words by the short names that the sequence model knows them by."""
        return (
            ("given", self.given_names),
            ("sur", self.surnames),
            ("east", self.eastern_surnames),
            ("title", self.titles),
            ("org", self.organisation_words),
            ("place", self.place_words),
            ("none", self.no_entities),
        )


@cache  # tables never change while a process runs
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
        peoples=words("demonyms.txt"),
        no_entities=words("demonyms.txt") | words("capitals.txt"),
    )
