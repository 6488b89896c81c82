"""From the label that won to the canonical BCP 47 tag: its script variant, and nothing the text does not show."""

import re
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
