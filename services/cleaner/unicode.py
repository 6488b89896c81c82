"""Text as the contract wants it: NFC, no controls, no direction overrides, every joiner of a script kept.

Zero-width non-joiner and joiner are letters' business in Persian, Hindi and emoji and always stay. Direction marks
(U+200E, U+200F) stay; embeddings, overrides and isolates (UAX #9) can make text read other than it is and go.
Zero-width space stays only between letters of scripts that write without spaces (Thai, Lao, Burmese, Khmer).
"""

import re
from unicodedata import is_normalized, normalize

_GONE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"  # C0 and C1 but tab, line feed, carriage return, next line
    "\xad"  # soft hyphen
    "\u180e\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"  # invisible format characters
    "\u202a-\u202e\u2066-\u2069"  # direction embeddings, overrides, isolates
    "\ud800-\udfff\U000e0000-\U000e007f]"  # lone surrogates, tag characters
)
_SPACED_BY_ZWSP = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_ZERO_WIDTH_SPACE = re.compile(f"(?<![{_SPACED_BY_ZWSP}])\u200b|\u200b(?![{_SPACED_BY_ZWSP}])")
# The first byte of a two- or three-byte sequence and a second one, as windows-1252 shows them; quotes and dashes, which
# may follow any letter, are left out.
_MISREAD = re.compile(
    "[\u00c2-\u00c5\u00d0\u00d1\u00d8\u00d9][\u00a0-\u00bf\u0152-\u0192\u02c6\u02dc\u2020-\u2122]|\u00e2\u20ac."
)
_LINE_BREAK = re.compile("\r\n?|[\x85\u2028\u2029]")


def tidy(text: str) -> str:
    """`text` in NFC without what readers never see; line breaks are line feeds, other white space is kept."""
    if text.isprintable():  # none of what goes is printable
        return text if text.isascii() or is_normalized("NFC", text) else normalize("NFC", text)
    text = _LINE_BREAK.sub("\n", text)
    text = _GONE.sub("", text)
    if "\u200b" in text:
        text = _ZERO_WIDTH_SPACE.sub("", text)
    return text if is_normalized("NFC", text) else normalize("NFC", text)


def line(text: str) -> str:
    """`text` on one line, tidy, runs of white space as one space."""
    return " ".join(tidy(text).split())


def lines(text: str) -> str:
    """`text` with its line breaks kept, each line tidy and trimmed, empty lines out."""
    kept = (" ".join(part.split()) for part in tidy(text).split("\n"))
    return "\n".join(part for part in kept if part)


def mojibake(text: str) -> int:
    """How many characters look like UTF-8 read as a legacy charset, or could not be decoded at all (U+FFFD)."""
    return text.count("\ufffd") + (0 if text.isascii() else len(_MISREAD.findall(text)))
