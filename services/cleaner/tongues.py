"""Whether a paragraph is in another language than its article: by script, then by function words.

No language identification (that is the tagger's work): only the question "surely another one?", answered from the
commonest words of the languages that share a script.
"""

from unicodedata import name

from services.cleaner.wordlists import by_language, languages_of

ENOUGH_HITS = 3  # function words of the other language in the paragraph
MOST_WORDS = 300  # of a text, that are looked at
SURE = 2.5  # times as many as of the article's own
KIN = (frozenset({"da", "no", "sv"}), frozenset({"cs", "sk"}), frozenset({"hr", "sl"}), frozenset({"id", "ms"}),
       frozenset({"es", "pt", "ca"}), frozenset({"af", "nl"}))  # fmt: skip


def script(folded: str) -> str:
    """The script of most letters, by the first word of their Unicode names; Han and kana are one, as in Japanese."""
    counts: dict[str, int] = {}
    head = folded[:120]
    if head.isascii():
        return "LATIN" if any(map(str.isalpha, head)) else ""
    for char in head:
        if char.isalpha():
            first = name(char, "?").split()[0]
            first = "CJK" if first in ("HIRAGANA", "KATAKANA") else first
            counts[first] = counts.get(first, 0) + 1
    return max(counts, key=lambda key: (counts[key], key), default="")


def _hits(folded: str) -> dict[str, int]:
    hits = dict.fromkeys(by_language("function"), 0)
    known = languages_of("function")
    for word in folded.split(maxsplit=MOST_WORDS)[:MOST_WORDS]:
        for lang in known.get(word, ()):
            hits[lang] += 1
    return hits


def guess(folded: str) -> str | None:
    """The script, and the language of most function words where the script has several (`LATIN en`)."""
    own = script(folded)
    if own != "LATIN":
        return own or None
    hits = _hits(folded)
    best = max(hits, key=lambda lang: (hits[lang], lang))
    return f"LATIN {best}" if hits[best] >= ENOUGH_HITS else "LATIN"


def differs(folded: str, own: str) -> bool:
    """Whether the text is surely not in the language that `guess` gave for its article."""
    written, _, lang = own.partition(" ")
    if script(folded) != written:
        return bool(script(folded))
    if not lang:
        return False
    hits = _hits(folded)
    best = max(hits, key=lambda code: (hits[code], code))
    kin = any({best, lang} <= family for family in KIN)
    return best != lang and not kin and hits[best] >= ENOUGH_HITS and hits[best] >= SURE * max(1, hits[lang])
