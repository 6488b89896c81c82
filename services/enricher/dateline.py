"""The opening `SEOUL, South Korea (AP) —` of an agency report: place, country, date and agency.

The head up to the mark that ends it (a dash, a bracket, a colon, or in German papers a full stop) is taken apart: the
agency stands in brackets or between slashes, a date is made of numbers and month names, the rest is a place with its
state or country. Only a head of which every part is understood is a dateline; so a sentence that merely begins with a
city is none. Conventions of wires in 20 languages are in the tests.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from services.enricher.agencies import Agencies, credited_at_end, credited_by
from services.enricher.folding import fold
from services.enricher.gazetteer import Gazetteer, Place
from services.enricher.wordlists import rows
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
NUMBER = re.compile(
    r"^(?:\d{1,4}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}(?:st|nd|rd|th|er|º|ª|日|月)|[٠-٩۰-۹]{1,4})\.?$"
)
DATE_WORDS = frozenset("de del di of le den dne г года р року a.m. p.m. on the".split())
BULLET = re.compile(r"^[\W_]+")
SMALL = frozenset(
    "de del la las los le les el al of am an der den di da do dos du und upon sur im in bei y e et".split()
)


@dataclass(frozen=True)
class Months:
    """Folded month and weekday names and their abbreviations in any language."""

    names: frozenset[str]

    def is_date(self, words: str) -> bool:
        """Whether a phrase is nothing but a date: `Nov. 22, 2026`, `12 мая`, `27.6.2025`, `domingo 3`."""
        parts = [part for part in re.split(r"[\s,]+", words.strip(" ,.")) if part]
        if not 0 < len(parts) <= 7:
            return False
        known = [bool(NUMBER.match(part)) or fold(part) in self.names or part in DATE_WORDS for part in parts]
        return all(known) and not all(part in DATE_WORDS for part in parts)


WEEKDAYS = """monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag
samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves viernes sabado domingo
lunedi martedi mercoledi giovedi venerdi""".split()


def load_months() -> Months:
    """Reads `data/months.tsv`."""
    names = {fold(name) for _, _, name in rows("months.tsv") if not name.isdigit()}
    return Months(frozenset(names | set(WEEKDAYS) | {"sept", "okt", "ags"}))


@dataclass(frozen=True)
class _Found:
    """A head that was understood."""

    place: Place | None
    printed: str
    date: str
    agency: str


def read(
    text: str, authors: tuple[str, ...], lang: str, gazetteer: Gazetteer, agencies: Agencies, months: Months
) -> Dateline | None:
    """The dateline of an article: from its opening, else its byline, the agency also from its end credit.

    `text` is the article's own text without foreign runs. Returns None where neither place nor agency is found.
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
    if opening is None:
        opening = _byline(authors, lang, gazetteer, agencies)
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
        found = _understood(head, sign, window[mark.end() :], lang, gazetteer, agencies, months)
        if found is not None and (best is None or (found.agency and not best.agency) or (found.date and not best.date)):
            best = found
        elif best is not None and found is None and sign not in (".", "-", ".-"):
            break
    return best


def _understood(
    head: str, sign: str, rest: str, lang: str, gazetteer: Gazetteer, agencies: Agencies, months: Months
) -> _Found | None:
    """The parts of `head` where each is a place, a date or an agency, and the mark is strong enough for them."""
    agency, dates = "", []
    bare = head
    for bracket in BRACKET.finditer(head):
        inside = bracket["round"] or bracket["slash"] or ""
        parts = [part.strip() for part in inside.split(",")]
        for part in parts:
            if not agency and agencies.among(part):
                agency = agencies.among(part)
            elif months.is_date(part):
                dates.append(part)
        if not agency and not (re.fullmatch(r"[A-Z]{2,6}(?:[-. ][A-Za-z]+)?", inside) or dates):
            return None  # a bracket that is no credit: the opening of a sentence
        bare = bare.replace(bracket[0], ", ", 1)
    if "(" in bare or ")" in bare:
        return None
    places: list[str] = []
    for piece in re.split(r"[,;،、]|\s[-–—]+\s?|(?<=\w\.)\s(?=/|$)|\.-", bare):
        abbreviated = re.search(r"\b\w{1,3}\.(?:\w\.)*$", piece.strip())  # N.Y., Mich.
        part = piece.strip(" -–—/" if abbreviated else " .-–—/")
        if not part:
            continue
        if months.is_date(part):
            dates.append(part)
        elif not agency and agencies.named(part):
            agency = part
        else:
            place, date = _split_date(part, months)
            places += [place] if place else []
            dates += [date] if date else []
    if not places:
        return _Found(None, "", ", ".join(dates), agency) if agency and sign != "\n" else None
    return _placed(places, dates, agency, sign, rest, lang, gazetteer)


def _split_date(part: str, months: Months) -> tuple[str, str]:
    """`Praha 12. května` -> (`Praha`, `12. května`)."""
    words = part.split()
    for count in range(1, len(words)):
        if months.is_date(" ".join(words[count:])):
            return " ".join(words[:count]), " ".join(words[count:])
    return part, ""


def _placed(
    places: list[str], dates: list[str], agency: str, sign: str, rest: str, lang: str, gazetteer: Gazetteer
) -> _Found | None:
    if len(places) > 3 or any(not _name_like(place) for place in places):
        return None
    place = resolved(places, lang, gazetteer)
    shouted = places[0].isupper() and len(places[0]) > 2
    printed = places[0]
    backed = bool(agency or dates)
    if place is None:
        unknown = shouted or not places[0].isascii() or bool(dates)
        ok = backed and unknown and len(places) <= 2 and len(printed.split()) <= 3 and sign not in (".", "\n", ":")
        return _Found(None, printed, ", ".join(dates), agency) if ok else None
    whole = printed
    printed = next(
        (name for part in places for name in _trimmed(part) if _names(name, place, lang, gazetteer)), printed
    )
    if not backed:
        if (rest[:1].islower() and places[0][:1] != rest[:1]) or (not shouted and place.kind != "city"):
            return None
        if sign in (".", ":", "\n") and printed != whole:
            return None
        if sign in ("\n", "/", "=") and not shouted:
            return None
        if sign == ":" and not (
            place.kind == "city" and (shouted or (len(places[0].split()) <= 2 and rest[:1].isupper()))
        ):
            return None
        if sign == "." and not (
            place.kind == "city" and not shouted and len(places) == 1 and rest[:1] and not rest[0].islower()
        ):
            return None
    return _Found(place, printed, ", ".join(dates), agency)


def _name_like(place: str) -> bool:
    """A few words that all begin with a capital, or a script without case."""
    words = [word for word in re.split(r"[\s/]+", place) if word]
    return 0 < len(words) <= 5 and all(
        (not word[0].islower() and not word[0].isdigit()) or fold(word) in SMALL for word in words
    )


def resolved(places: list[str], lang: str, gazetteer: Gazetteer) -> Place | None:
    """The place that `[city, state or country ...]` names: the first part, where the others say in which country.

    Words that stand before or after a part and belong to no name (a brand that a copier injected) are left out.
    """
    parts = [part.split("/")[0].strip() for part in places]
    where: Place | None = None
    for part in parts[1:]:
        where = where or _area(part, lang, gazetteer)
    for name in _trimmed(parts[0]):
        cities = gazetteer.city(name)
        if where is not None:
            inside = [city for city in cities if city.country == where.country and where.admin in ("", city.admin)]
            inside = inside or [city for city in cities if city.country == where.country]
            if inside:
                return inside[0]
        country = gazetteer.country(name, lang)
        if country is not None and (where is None or len(parts) > 1):
            for part in parts[1:]:  # `Egypt, Cairo`: the country first
                first = [city for city in gazetteer.city(part) if city.country == country.country]
                if first:
                    return first[0]
            if not cities or cities[0].population < 1_000_000 or cities[0].country == country.country:
                return country if where is None or where.country == country.country else where
        if where is not None:
            return Place("", name, "city", where.country, where.admin)
        if cities:
            return cities[0]
        region = gazetteer.region(name)
        if region is not None:
            return region
    return None


def _names(name: str, place: Place, lang: str, gazetteer: Gazetteer) -> bool:
    return place in gazetteer.city(name) or place in (gazetteer.country(name, lang), gazetteer.region(name))


def _area(part: str, lang: str, gazetteer: Gazetteer) -> Place | None:
    for name in _trimmed(part):
        found = gazetteer.region(name) or gazetteer.country(name, lang)
        if found is not None and found.country:
            return found
    return None


def _trimmed(part: str) -> list[str]:
    """The part itself, then without one or two words at its beginning or end."""
    words = part.split()
    shorter = [words[cut:] for cut in (1, 2)] + [words[:-cut] for cut in (1, 2)]
    return [part] + [" ".join(few) for few in shorter if few and len(few) < len(words)]
