"""Which news agency is credited: its name as printed, found in brackets, bylines and end credits.

`data/agencies.tsv` lists agencies with the forms that stand in print. A form counts only where a credit stands: an
agency that is quoted in the text (`Yonhap reported`) is a source, not the agency of the article.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.enricher.wordlists import rows

CREDIT_TAIL = 300  # code points of the end of the text in which a credit may stand
CREDIT_LINE = 80  # a credit line is short
MIXED_BYLINE = re.compile(r"\s*(?:[,;/|&+]|\bet\b|\band\b|\bund\b|\by\b|\be\b|\bavec\b|\bwith\b|\bmit\b|\bvon\b)\s*")
LEAD_IN = re.compile(
    r"^(?:by|from|source|sources|quelle|fuente|fonte|źródło|kaynak|sumber|nguồn|источник|来源|來源|المصدر|منبع|por|par|von|via"
    r"|©|\(c\)|copyright|©️)\s*:?\s*(?:\d{4}\s*)?",
    re.IGNORECASE,
)
RIGHTS = re.compile(
    r"(?:©|copyright|\(c\))\s*(?:\d{4}\s+)?(?:by\s+)?(?:the\s+)?(?P<name>[^\W\d_][^.,|\n]{1,40})", re.IGNORECASE
)
TRAILING = re.compile(r"(?:\(|\[|—|–|--|\s-\s|/|【)\s*(?P<name>[^()\[\]—–/【】\n]{2,40}?)\s*(?:[)\]/】.])?\s*$")


@dataclass(frozen=True)
class Agencies:
    """Form as printed -> the agency's name. Forms without a lower-case letter are compared as they are printed."""

    by_form: dict[str, str]
    folded: dict[str, str]

    def named(self, printed: str) -> str:
        """The agency that `printed` names, or ''."""
        form = printed.strip(" .,:;-–—*_\u200f\u200e")
        return self.by_form.get(form) or self.folded.get(form.casefold(), "")

    def among(self, printed: str) -> str:
        """The form of the first agency in a byline like `Jane Roe with AFP` or `Le Figaro et AFP`; '' without one."""
        bare = LEAD_IN.sub("", printed.strip())
        for part in [bare, *MIXED_BYLINE.split(bare)]:
            if self.named(part):
                return part.strip(" .,:;-–—*_")
        return ""


def load() -> Agencies:
    """Reads the table."""
    by_form, folded = {}, {}
    for name, _, forms in rows("agencies.tsv"):
        for form in forms.split("|"):
            by_form[form] = name
            if len(form) > 5 or not form.isascii():  # a short form in other letters is another word
                folded[form.casefold()] = name
    return Agencies(by_form, folded)


def credited_by(authors: Iterable[str], agencies: Agencies) -> str:
    """The agency in the byline, as printed there."""
    for author in authors:
        form = agencies.among(author)
        if form:
            return form
    return ""


def credited_at_end(text: str, agencies: Agencies) -> str:
    """The agency in an end credit: a short last line, a bracket or dash that closes the text, a copyright line."""
    tail = text[-CREDIT_TAIL:].rstrip()
    lines = [line.strip() for line in tail.splitlines() if line.strip(" _*-—")]
    for line in reversed(lines[-3:]):
        if len(line) <= CREDIT_LINE and (form := agencies.among(line.strip("()[]【】 "))):
            return form
        rights = RIGHTS.search(line)
        if rights and (form := agencies.among(_first_words(rights["name"], agencies))):
            return form
    closing = TRAILING.search(lines[-1]) if lines else None
    return agencies.among(closing["name"]) if closing else ""


def _first_words(name: str, agencies: Agencies) -> str:
    """The longest beginning of `name` that is an agency: `Associated Press All rights reserved`."""
    words = name.split()
    for count in range(min(5, len(words)), 0, -1):
        if agencies.named(" ".join(words[:count])):
            return " ".join(words[:count])
    return ""
