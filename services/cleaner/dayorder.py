"""3/4/2026 is a day in March or in April: the page does not say which, its host's other pages do."""

import re
from datetime import date

_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2((?:19|20)\d\d)(?!\d)")


def as_the_host_writes(found: str, text: str, day_first: bool | None) -> str:
    """The day that was read out of the page, read the host's way round where the page writes it in digits only.

    Args:
        found: the day, `YYYY-MM-DD`, the order of its parts a guess.
        text: what the page shows.
        day_first: the host's habit; None where it is not known.
    """
    if day_first is None:
        return found
    for one, _, other, year in _NUMERIC.findall(text):
        day, month = (one, other) if day_first else (other, one)
        swapped = f"{year}-{int(day):02}-{int(month):02}"
        if swapped == found and _is_day(meant := f"{year}-{int(month):02}-{int(day):02}"):
            return meant
    return found


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
