"""Bytes to text: which charset, and is what comes out still the text that somebody wrote?

Looked at in this order: byte order mark, HTTP header, the page's own meta element or XML declaration, and only where
nothing is declared a detector. A byte order mark comes first because it is never there by accident (WHATWG Encoding
Standard, section 6). Declarations that contradict each other are settled by the bytes: servers are often set up with a
default that their pages do not keep to. A declaration that the bytes give the lie to is passed over: they are UTF-8 and
it says otherwise, most of the text would be lost, or a Latin charset would turn whole words into accented letters.
"""

import re

from charset_normalizer import from_bytes
from w3lib.encoding import read_bom, to_unicode

from services.fetcher.charset_labels import CODECS, REFUSED, canonical
from services.fetcher.decode import Undecodable
from shared.outcomes import Refusal

LOST = "\ufffd"  # what stands where bytes could not be decoded
LOST_SHARE = 0.05  # of the characters; beyond it the text is not the author's any more
HEAD = 4096  # bytes searched for a declaration: the standard says 1024, many sites write more before it
DETECTED = 256 * 1024  # bytes the detector sees
COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
META = re.compile(rb"<meta\s[^>]*?charset\s*=\s*[\"']?\s*([^\"'\s/>;]+)", re.IGNORECASE)
XML = re.compile(rb"^\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"'>]+)", re.IGNORECASE)
MARKUP = re.compile(rb"<[^<>]*>|&#?\w+;")
# What the detector chooses from: charsets that pages without a declaration are really written in. With the whole list
# it finds Celtic and Macintosh texts where there are none.
DETECTABLE = (
    "windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 windows-1255 windows-1256 windows-1257 "
    "windows-874 koi8-r ibm866 gb18030 big5 shift_jis euc-jp iso-2022-jp euc-kr utf-8"
).split()
# Between look-alikes it is often undecided, within these distances of its favourite. Then windows-1252 is the likelier
# one, as the default of the web, unless the language needs letters that it lacks.
MESS, COHERENCE = 0.005, 0.02
NOT_1252 = frozenset("Croatian Czech Hungarian Polish Romanian Slovak Slovene".split())
# Where windows-1250 has letters of every such language and iso-8859-2 has none.
HIGH_CONTROLS = re.compile(rb"[\x80-\x9f]")
SURE_UTF8 = 12  # bytes over ASCII that are all good UTF-8 by chance in one legacy text of many thousands
BROKEN_SHARE = 0.3  # of what is not ASCII; a charset that loses so much is not the one it was written in
LATIN = frozenset("windows-1250 windows-1252 windows-1254 windows-1257 iso-8859-2 iso-8859-15".split())
# No language in Latin letters has four accented ones in a row; where half of them stand so, they are other letters.
RUN, RUN_LETTERS, RUN_SHARE, FEWEST_IN_RUNS = re.compile(rb"[\x80-\xff]{4,}"), 3, 0.5, 24
NULS = 0.05  # share of zero bytes, nearly all on one side, from which on it is UTF-16 that nobody has marked


def declared_in(body: bytes) -> str:
    """The charset label that a page or feed declares itself; empty when it declares none."""
    head = COMMENT.sub(b"", body[:HEAD])
    found = XML.search(head) or META.search(head)
    return found[1].decode("latin-1") if found else ""


def _decoded(body: bytes, name: str) -> str:
    return str(to_unicode(body, CODECS[name]))


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\x1b" not in body  # the ASCII bytes of iso-2022-jp would pass as well


def _fits(text: str) -> bool:
    """Whether what is not ASCII came out whole: the wrong charset breaks most of it, a slip of the author little."""
    return text.count(LOST) <= LOST_SHARE * (len(text) - len(text.encode("ascii", "ignore")))


def _detect(body: bytes) -> str:
    """The likeliest charset by the text between the markup. Raises Undecodable."""
    text = MARKUP.sub(b" ", body[:DETECTED])
    names = {CODECS[name].replace("-", "_"): name for name in DETECTABLE}
    matches = from_bytes(text, cp_isolation=list(names))
    best = matches.best()
    if best is None:
        raise Undecodable(Refusal.CHARSET, "no charset declared and none recognised")
    if best.language not in NOT_1252 and any(
        names[match.encoding] == "windows-1252"
        and match.chaos - best.chaos < MESS
        and best.coherence - match.coherence <= COHERENCE
        for match in matches
    ):
        return "windows-1252"
    if names[best.encoding] == "windows-1250" and not HIGH_CONTROLS.search(text):
        return "iso-8859-2"
    return names[best.encoding]


def _utf16(body: bytes) -> str:
    """UTF-16 without a byte order mark, told by the zero bytes that its markup is half made of; empty for others."""
    head = body[:HEAD]
    first, second = head[::2].count(0), head[1::2].count(0)
    if first + second <= NULS * len(head) or min(first, second) * 10 > max(first, second):
        return ""
    return "utf-16le" if second > first else "utf-16be"


def _believable(body: bytes, name: str) -> bool:
    """Whether the bytes may have been written in the charset that they are said to be in."""
    if name.startswith("utf-16"):
        return True
    high = len(body) - len(body.translate(None, bytes(range(0x80, 0x100))))
    if name != "utf-8" and high >= SURE_UTF8 and _is_utf8(body):
        return False
    text = _decoded(body, name)
    if text.count(LOST) > BROKEN_SHARE * (len(text) - len(text.encode("ascii", "ignore"))):
        return False
    in_runs = sum(len(run) for run in RUN.findall(body) if len(set(run)) >= RUN_LETTERS) if name in LATIN else 0
    return in_runs < max(FEWEST_IN_RUNS, RUN_SHARE * high)


def _real(body: bytes, declared: str) -> str:
    """What the bytes are in, where they are not in what is declared; that, where nothing else explains them."""
    if _is_utf8(body):
        return "utf-8"
    try:
        found = _detect(body)
    except Undecodable:
        return declared
    return found if _fits(_decoded(body, found)) else declared


def _choose(body: bytes, labels: list[str]) -> str:
    """The charset to decode with, by what is declared and what the bytes allow. Raises Undecodable."""
    names = list(dict.fromkeys(name for name in map(canonical, labels) if name))
    if unmarked := _utf16(body):
        return unmarked
    if len(names) > 1:
        if "utf-8" in names and _is_utf8(body):
            return "utf-8"
        return next((name for name in names if _fits(_decoded(body, name))), names[0])
    if names:
        return names[0] if _believable(body, names[0]) else _real(body, names[0])
    if _is_utf8(body):
        return "utf-8"
    if labels:
        raise Undecodable(Refusal.CHARSET, f"unknown charset {labels[0][:80]!r}")
    return _detect(body)


def to_text(body: bytes, declared: str = "") -> tuple[str, str]:
    """The text of a page, feed or file and the name of its charset (WHATWG's, in lower case).

    Args:
        body: bytes with Content-Encoding already undone.
        declared: the charset of the HTTP header, or of whatever else says it from outside; empty when nothing does.

    Raises:
        Undecodable: `Refusal.CHARSET` for UTF-7 and its like, for an unknown charset that nothing else explains, and
            when more than 5 % of the characters could not be decoded.
    """
    marked, mark = read_bom(body)
    inside = declared_in(body)
    labels = [label for label in (declared, inside) if label.strip()]
    for label in labels:
        if label.strip(" \t\r\n\f\"'").lower() in REFUSED:
            raise Undecodable(Refusal.CHARSET, f"refused charset {label[:80]!r}")
    if marked is not None and mark is not None:
        name = marked.replace("-be", "be").replace("-le", "le")
        text = body[len(mark) :].decode(marked, "replace")
    else:
        if inside and (canonical(inside) or "").startswith("utf-16"):
            labels[-1] = "utf-8"  # whoever can read the declaration byte by byte is not reading UTF-16
        name = _choose(body, labels)
        text = _decoded(body, name)
    if text.count(LOST) > LOST_SHARE * len(text):
        raise Undecodable(Refusal.CHARSET, f"over {LOST_SHARE:.0%} of the characters are not {name}")
    return text, name
