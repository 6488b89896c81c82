"""One spelling for lookups: `Kim Jong-un` and `KIM JONG UN`, `São Paulo` and `Sao Paulo` fold to the same key."""

import re
import unicodedata
from functools import lru_cache

LATIN_MARKS = re.compile("[\u0300-\u036f]")  # not the vowel signs of Indic scripts, which carry meaning
APOSTROPHES = str.maketrans("’ʼ‘`´", "'''''")
GAPS = re.compile(r"[\s\-‐‑–·・‧]+")  # also the middle dots that part foreign names in Chinese and Japanese


@lru_cache(maxsize=65_536)
def fold(name: str) -> str:
    """Casefolded, without diacritics and full stops; hyphens, dots and runs of white space become one space."""
    if not name.isascii():
        name = unicodedata.normalize("NFC", LATIN_MARKS.sub("", unicodedata.normalize("NFKD", name)))
        name = name.translate(APOSTROPHES)
    return GAPS.sub(" ", name.casefold().replace(".", "")).strip()
