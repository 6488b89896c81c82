"""From the label that won to the canonical BCP 47 tag: its script variant, and nothing the text does not show."""

import re
from collections.abc import Iterable
from functools import cache

HAN_SAMPLE = 500  # code points that decide simplified against traditional
_HAN = re.compile("[\u4e00-\u9fff]")


@cache  # a text has few distinct characters
def _side(character: str) -> int:
    """+1 for a character of the simplified standard only, -1 for one of the traditional standard only, 0 for both.

    GB 2312 (1980) is the character set of simplified Chinese, Big5 (1984) that of traditional Chinese; Python's codecs
    carry both.
    """

    def within(charset: str) -> bool:
        try:
            character.encode(charset)
        except UnicodeEncodeError:
            return False
        return True

    return within("gb2312") - within("big5")


def han(text: str) -> str:
    """`Hans`, `Hant`, or an empty string where the characters do not tell."""
    balance = sum(map(_side, _HAN.findall(text, 0, HAN_SAMPLE)))
    return "Hans" if balance > 0 else "Hant" if balance < 0 else ""


# Spellings and words of one standard only, of our own writing: the 1990 orthography keeps two spellings of the stressed
# nasal vowels (econômico, económico), and everyday things have different names.
_BRAZIL = re.compile(
    r"\b(?:você|vocês|ônibus|equipes?|bilhões|bilhão|contatos?|fatos?|registros?|usuári[oa]s?|celular(?:es)?|trem|trens|gols?"
    r"|esportes?|esportiv[oa]s?|planejamento|mídia|caminhão|torcedor(?:es)?|gêner\w*|prêmi\w*|bebês?|\w*[ôê][mn][ie]\w*)\b",
    re.IGNORECASE,
)
_PORTUGAL = re.compile(
    r"\b(?:equipas?|autocarros?|comboios?|telemóve(?:l|is)|contactos?|factos?|registos?|utilizador(?:es)?|golos?|desport\w*"
    r"|planeamento|camião|adeptos|actual\w*|direcç\w*|projecto\w*|géner\w*|prémi\w*|bebés?|\w*[óé]m[ie]c\w*|\w*[óé]ni[oac]\w*)\b",
    re.IGNORECASE,
)
REGION_EVIDENCE = 2  # more words of one standard than of the other; one is enough where the page declares the same
REGION_SAMPLE = 4_000  # code points


def region(text: str, declared: Iterable[str] = ()) -> str:
    """`BR`, `PT`, or an empty string where the words do not tell: the standard of a Portuguese text.

    Args:
        declared: BCP 47 tags that were declared; they confirm the text's evidence and are none themselves.
    """
    sample = text[:REGION_SAMPLE]
    balance = len(_BRAZIL.findall(sample)) - len(_PORTUGAL.findall(sample))
    found = "BR" if balance > 0 else "PT"
    confirmed = any(tag.replace("_", "-").lower() == f"pt-{found.lower()}" for tag in declared)
    return found if abs(balance) >= (1 if confirmed else REGION_EVIDENCE) else ""


def tag_of(label: str, script: str, text: str) -> str:
    """The minimal BCP 47 tag of a text in language `label`, mostly written in `script` (ISO 15924).

    Scripts are named where a language is commonly written in two (`zh`, `sr`, and `yue` in Hans); `no` becomes `nb`.
    """
    if label == "no":
        return "nb"
    if label == "zh":
        return "-".join(filter(None, ("zh", han(text))))
    if label == "yue":
        return "yue-Hans" if han(text) == "Hans" else "yue"
    if label == "sr":
        return "sr-Cyrl" if script == "Cyrl" else "sr-Latn"
    return label
