"""Markup of strangers to plain text: nothing that renders, nothing that hides, nothing that turns a line around."""

import html
import re
import unicodedata

import nh3

MAX_CHARACTERS = 16_384  # of markup looked at: nh3's tree is quadratic in nesting depth, 5,000 levels take 0.1 s
_BREAKS = re.compile(r"</?(?:p|br|div|li|ul|ol|tr|td|th|h[1-6]|blockquote|section|article)\b", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!?]")
# C0 and C1 controls, bidirectional overrides and isolates, tag characters, the byte order mark, lone surrogates.
# U+200C and U+200D (joiners) stay: Persian and Hindi are written with them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


def plain_text(markup: str) -> str:
    """HTML, or text that may be HTML, as one line of NFC text without tags, character references or hidden characters.

    Tags that appear when references are resolved (markup escaped twice) go too: the answer never contains one.
    """
    text = markup[:MAX_CHARACTERS]
    if text.isascii() and text.isprintable() and "<" not in text and "&" not in text:
        return " ".join(text.split())  # most titles are such: there is nothing to undo
    text = _HIDDEN.sub("", text)
    for _ in range(3):
        if "<" in text:
            text = nh3.clean(_BREAKS.sub(r" \g<0>", text), tags=set())
        text = _HIDDEN.sub("", html.unescape(text))
        if not _TAG.search(text):
            break
    else:
        text = text.replace("<", "")
    return " ".join(unicodedata.normalize("NFC", text).split())
