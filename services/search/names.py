"""What people call a language or a country, and which way a piece of text runs."""

from babel import Locale
from babel.core import get_global

_ENGLISH = Locale("en")
_LIKELY = get_global("likely_subtags")  # CLDR: "fa" -> "fa_Arab_IR"
# Unicode scripts that run right to left (UAX 24 property values; W3C "Unicode Bidirectional Algorithm basics").
RTL_SCRIPTS = frozenset("Adlm Arab Aran Hebr Mand Mend Nkoo Rohg Samr Syrc Thaa Yezi".split())


def language_name(tag: str) -> str:
    """The English name of a BCP 47 tag (CLDR), or the tag itself where it has none."""
    if tag == "und":
        return "Unknown language"
    if tag == "zxx":
        return "No language"
    languages = _ENGLISH.languages
    return str(languages.get(tag.replace("-", "_")) or languages.get(tag.split("-")[0]) or tag)


def country_name(code: str) -> str:
    """The English name of an ISO 3166-1 alpha-2 code (CLDR), or the code itself where it has none."""
    return str(_ENGLISH.territories.get(code.upper(), code))


_FACETS = {"lang": language_name, "country": country_name}


def facet_name(facet: str, value: str) -> str:
    """What people call a value of a facet."""
    return _FACETS[facet](value) if facet in _FACETS else value


def direction(tag: str, script: str = "") -> str:
    """`rtl`, `ltr` or, without evidence, `auto`: a value of HTML's `dir` attribute.

    Args:
        tag: BCP 47 language tag.
        script: ISO 15924 code where one is known; it decides over the language, as it does for Kurdish.
    """
    subtags = tag.split("-")
    if not script:
        script = next((part.title() for part in subtags[1:] if len(part) == 4 and part.isalpha()), "")
    if not script and subtags[0] != "und":
        likely = _LIKELY.get(subtags[0], "").split("_")
        script = likely[1] if len(likely) > 1 else ""
    if not script:
        return "auto"
    return "rtl" if script in RTL_SCRIPTS else "ltr"


def html_lang(tag: str) -> str:
    """The value of HTML's `lang` attribute; empty says that the language is not known (HTML standard, `lang`)."""
    return "" if tag in ("und", "zxx") else tag
