"""Dates as datelines print them, in any language: `Nov. 22, 2026`, `12 мая`, `27.6.2025`, `12 MAG`."""

import re
from dataclasses import dataclass

from services.enricher.folding import fold
from services.enricher.wordlists import rows

FULL = re.compile(r"^(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|(?:\d{1,2}月)?\d{1,2}日)\.?$")
NUMBER = re.compile(
    r"^(?:\d{1,4}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}(?:st|nd|rd|th|er|º|ª|日|月)|[٠-٩۰-۹]{1,4})\.?$"
)
DATE_WORDS = frozenset("de del di of le den dne г года р року a.m. p.m. on the".split())


@dataclass(frozen=True)
class Months:
    """Folded month and weekday names and their abbreviations in any language."""

    names: frozenset[str]

    def is_date(self, words: str) -> bool:
        """Whether a phrase is nothing but a date: `Nov. 22, 2026`, `12 мая`, `27.6.2025`, `domingo 3`."""
        parts = [part for part in re.split(r"[\s,]+", words.strip(" ,.")) if part]
        if not 0 < len(parts) <= 7:
            return False
        named = [fold(part) in self.names for part in parts]
        full = [bool(FULL.match(part)) for part in parts]
        known = [bool(NUMBER.match(part)) or part in DATE_WORDS for part in parts]
        return any(one or other for one, other in zip(named, full, strict=True)) and all(
            any(one) for one in zip(named, full, known, strict=True)
        )

    def is_day(self, words: str) -> bool:
        """A bare day of the month, which is a date only beside an agency: `MADRID, 12 (EUROPA PRESS)`."""
        return bool(NUMBER.match(words.strip()))


WEEKDAYS = """monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag
samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves viernes sabado domingo
lunedi martedi mercoledi giovedi venerdi""".split()


def load_months() -> Months:
    """Reads `data/months.tsv`."""
    names = {fold(name) for _, _, name in rows("months.tsv") if not name.isdigit()}
    return Months(frozenset(names | set(WEEKDAYS) | {"sept", "okt", "ags"}))
