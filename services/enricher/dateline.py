"""The opening `SEOUL, South Korea (AP) —` of an agency report: place, country, date and agency.

The head up to the mark that ends it (a dash, a bracket, a colon, or in German papers a full stop) is taken apart: the
agency stands in brackets or between slashes, a date is made of numbers and month names, the rest is a place with its
state or country. Only a head of which every part is understood is a dateline; so a sentence that merely begins with a
city is none. Conventions of wires in 20 languages are in the tests.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from services.enricher.agencies import Agencies, credited_at_end, credited_by
from services.enricher.datewords import Months
from services.enricher.folding import fold
from services.enricher.gazetteer import Gazetteer, Place
from services.enricher.placenames import names, resolved, trimmed
from shared.messages import Dateline

HEAD = 120  # code points in which a dateline ends
PARAGRAPHS = 4  # of the opening in which one may stand: copiers put furniture above it
MARK = re.compile(r"\s*(?:—|–|―|--+|\.-|\.–|-(?=\s)|\s-(?=\S)|=(?=\s)|:(?=\s)|：|\.(?=\s)|\)(?=\s)|/(?=\s)|\n|$)")
BRACKET = re.compile(
    r"[(（\[［](?P<round>[^()（）\[\]［］]{2,60})[)）\]］]|(?:^|(?<=[\s.,]))/(?P<slash>[^/\s][^/]{1,40}?)/"
)
EAST_ASIAN = (
    # 新华社北京11月22日电, 中新社東京22日電
    re.compile(
        r"^\W{0,2}(?P<agency>\w{2,6}?社)(?P<place>[\u4e00-\u9fff]{2,8}?)(?P<date>(?:\d{1,2}月)?\d{1,2}日)[电電]"
    ),
    # 【ワシントン共同】, 【ソウル聯合ニュース】, 【ニューヨーク時事】
    re.compile(
        r"^[【［\[](?P<place>[^\]】］=＝\s]{2,12}?)[=＝\s]?(?P<agency>共同|時事|聯合ニュース|ロイター|AFP時事|AFP)[】］\]]"
    ),
    # ［東京　２２日　ロイター］
    re.compile(r"^[［\[](?P<place>\S{2,10}?)[\s　]+(?P<date>\S{1,8}日)[\s　]+(?P<agency>[^\s］\]]{2,10})[］\]]"),
    # (서울=연합뉴스), [서울=뉴시스]
    re.compile(r"^[(\[](?P<place>[\uac00-\ud7a3·]{2,12})=(?P<agency>[\uac00-\ud7a3\w]{2,10})[)\]]"),
    # （路透社北京22日電）, （中央社記者王小明台北22日電）
    re.compile(
        r"^[（(](?P<agency>中央社|路透社?|法新社|美联社|美聯社)(?:記者\w{2,4})?(?P<place>[\u4e00-\u9fff]{2,6}?)(?P<date>(?:\d{1,2}月)?\d{1,2}日)[电電][)）]"
    ),
)
PARTS = re.compile(r"[,;،、]|\s[-–—]+\s?|(?<=\w\.)\s(?=/|$)|\.-")
ABBREVIATED = re.compile(r"\b\w{1,3}\.(?:\w\.)*$")  # N.Y., Mich.
CLOSING = re.compile(r"【(?P<inside>[^】]{3,40})】$")
STATION = re.compile(r"^[A-Z]{2,6}(?:[-. ][A-Za-z]+)?$")  # a credit of somebody who is no agency: (WABC)
DASHES = ("—", "–", "―", "-", "--", "---", ".-", ".–")
BULLET = re.compile(r"^[\W_]+")
SMALL = frozenset(
    "de del la las los le les el al of am an der den di da do dos du und upon sur im in bei y e et".split()
)


@dataclass(frozen=True)
class _Found:
    """A head that was understood."""

    place: Place | None
    printed: str
    date: str
    agency: str


def read(
    text: str,
    authors: tuple[str, ...],
    lang: str,
    gazetteer: Gazetteer,
    agencies: Agencies,
    months: Months,
    repeated: Iterable[str] = (),
) -> Dateline | None:
    """The dateline of an article: from its opening, else its byline, the agency also from its end credit.

    `text` is the article's own text without foreign runs. `repeated` are lines that were cut from it because the host
    repeats them: of a host that prints one agency day by day its credit is among them. Returns None where neither place
    nor agency is found.
    """
    opening: _Found | None = None
    for paragraph in [line for line in text[:2000].splitlines() if line.strip()][:PARAGRAPHS]:
        opening = _east_asian(paragraph, lang, gazetteer, agencies) or _head(
            paragraph, lang, gazetteer, agencies, months
        )
        if opening is not None:
            break
    agency = opening.agency if opening else ""
    agency = agency or credited_by(authors, agencies) or credited_at_end(text, agencies)
    agency = agency or next(filter(None, (credited_at_end(line, agencies) for line in repeated)), "")
    if opening is None:
        opening = _byline(authors, lang, gazetteer, agencies) or _closing(text, gazetteer)
    if opening is None:
        return Dateline(agency=agency) if agency else None
    place = opening.place
    if place is None:
        return Dateline(place=opening.printed, date=opening.date, agency=agency)
    return Dateline(
        place=opening.printed,
        place_id=place.id,
        country=place.country,
        latitude=place.latitude,
        longitude=place.longitude,
        date=opening.date,
        agency=agency,
    )


def _closing(text: str, gazetteer: Gazetteer) -> _Found | None:
    """`【エルサレム松岡大地】`: Japanese papers close with the reporters and where they are."""
    credit = CLOSING.search(text.rstrip()[-80:])
    if credit is None:
        return None
    for length in range(min(10, len(credit["inside"])), 1, -1):
        cities = gazetteer.city(credit["inside"][:length])
        if cities:
            return _Found(cities[0], credit["inside"][:length], "", "")
    return None


def _byline(authors: tuple[str, ...], lang: str, gazetteer: Gazetteer, agencies: Agencies) -> _Found | None:
    """`AFP, MANILA` and `Reuters in Nairobi` name the place in the byline."""
    for author in authors:
        parts = [part.strip() for part in re.split(r",|\s+(?:in|à|a|en|aus)\s+|/", author) if part.strip()]
        for agency, place in pairwise(parts):
            found = resolved([place], lang, gazetteer) if agencies.named(agency) else None
            if found is not None:
                return _Found(found, place, "", agency)
    return None


def _east_asian(paragraph: str, lang: str, gazetteer: Gazetteer, agencies: Agencies) -> _Found | None:
    for pattern in EAST_ASIAN:
        match = pattern.match(paragraph.strip())
        if match and agencies.named(match["agency"]):
            groups = match.groupdict()
            place = match["place"].split("·")[0]
            return _Found(resolved([place], lang, gazetteer), place, groups.get("date") or "", match["agency"])
    return None


def _head(paragraph: str, lang: str, gazetteer: Gazetteer, agencies: Agencies, months: Months) -> _Found | None:
    line = BULLET.sub("", paragraph) if not paragraph.lstrip().startswith(("(", "/", "[", "（")) else paragraph.lstrip()
    window = line[:HEAD]
    best: _Found | None = None
    for mark in MARK.finditer(window):
        sign = mark[0].strip() or "\n"
        if sign == "\n" and mark.end() == len(window) < len(line):
            break  # the window ends, not the line
        closing = sign in (")", "/")
        head = window[: mark.start() + (len(mark[0].rstrip()) if closing else 0)]
        found = _understood(head, sign, window[mark.end() :].lstrip(), lang, gazetteer, agencies, months)
        if found is not None and (best is None or (found.agency and not best.agency) or (found.date and not best.date)):
            best = found
        elif best is not None and found is None and sign not in (".", "-", ".-"):
            break
    return best


def _understood(
    head: str, sign: str, rest: str, lang: str, gazetteer: Gazetteer, agencies: Agencies, months: Months
) -> _Found | None:
    """The parts of `head`, where each is a place, a date or an agency and the mark is strong enough for them."""
    agency, dates, places = "", [], []
    bare = head
    for bracket in BRACKET.finditer(head):
        inside = bracket["round"] or bracket["slash"] or ""
        for part in (part.strip() for part in inside.split(",")):
            if not agency and agencies.among(part):
                agency = agencies.among(part)
            elif months.is_date(part):
                dates.append(part)
        if not agency and not dates and not (STATION.match(inside) and sign in DASHES):
            return None  # a bracket that is no credit: the opening of a sentence
        bare = bare.replace(bracket[0], ", ", 1)
    if "(" in bare or ")" in bare:
        return None
    for piece in PARTS.split(bare):
        part = piece.strip(" -–—/" if ABBREVIATED.search(piece.strip()) else " .-–—/")
        if months.is_date(part) or months.is_day(part):
            dates.append(part)
        elif part and not agency and agencies.named(part):
            agency = part
        elif part:
            place, date = _split_date(part, months)
            places.append(place)
            dates += [date] if date else []
    if not agency and not any(months.is_date(date) for date in dates) and dates:
        return None  # a bare number is a day only beside an agency or a month
    if not places:
        return _Found(None, "", ", ".join(dates), agency) if agency and sign != "\n" else None
    return _placed(places, ", ".join(dates), agency, sign, rest, lang, gazetteer)


def _split_date(part: str, months: Months) -> tuple[str, str]:
    """`Praha 12. května` -> (`Praha`, `12. května`)."""
    words = part.split()
    for count in range(1, len(words)):
        if months.is_date(" ".join(words[count:])):
            return " ".join(words[:count]), " ".join(words[count:])
    return part, ""


def _placed(
    places: list[str], date: str, agency: str, sign: str, rest: str, lang: str, gazetteer: Gazetteer
) -> _Found | None:
    """The place that is named, if it is one, and if what stands around it makes a dateline of it."""
    if len(places) > 3 or any(not _name_like(place) for place in places):
        return None
    whole = places[0]
    place = resolved(places, lang, gazetteer)
    if place is None:
        unknown = _shouted(whole) or not whole.isascii() or bool(date)
        small = len(places) <= 2 and len(whole.split()) <= 3 and sign not in (".", "\n", ":")
        return _Found(None, whole, date, agency) if (agency or date) and unknown and small else None
    spellings = (name for part in places for name in trimmed(part) if names(name, place, lang, gazetteer))
    printed = next(spellings, whole)
    if not (agency or date) and not _strong(place, whole, printed, sign, rest, len(places)):
        return None
    return _Found(place, printed, date, agency)


def _strong(place: Place, whole: str, printed: str, sign: str, rest: str, count: int) -> bool:
    """Whether a place with neither date nor agency is a dateline by its mark and what follows."""
    if rest[:1].islower() and whole[:1] != rest[:1]:
        return False
    if place.kind != "city":
        return _shouted(whole) and sign in DASHES
    if sign in DASHES:
        return True
    if printed != whole:
        return False
    if sign == ":":
        return _shouted(whole) or (len(whole.split()) <= 2 and rest[:1].isupper())
    if sign == ".":
        return not _shouted(whole) and count == 1 and bool(rest)
    return _shouted(whole)


def _shouted(name: str) -> bool:
    return name.isupper() and len(name) > 2


def _name_like(place: str) -> bool:
    """A few words that all begin with a capital, or a script without case."""
    words = [word for word in re.split(r"[\s/]+", place) if word]
    return 0 < len(words) <= 5 and all(
        (not word[0].islower() and not word[0].isdigit()) or fold(word) in SMALL for word in words
    )
