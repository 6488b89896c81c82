"""Fills the passages of our own writing with names, so that the model meets names of the whole world in news.

Each passage is filled several times from the tables of this folder (given and family names, towns, countries) and from
patterns for what no table lists: companies, clubs, ministries, papers. Deterministic by seed.
"""

import random
import re
from collections.abc import Callable
from pathlib import Path

from services.enricher.build.corpora import Document
from services.enricher.gazetteer import Gazetteer
from services.enricher.lexicon import Lexicon
from services.enricher.wordlists import words

FILE = Path(__file__).parent / "templates.txt"
LATIN = "\u024f"  # the last letter of the alphabet that the names are drawn from
SLOT = re.compile(r"\{([A-Z])(\d)\}|\[([^\]|]+)\|([OLP])\]")
LETTER = {"P": "P", "S": "P", "C": "L", "L": "L", "R": "L", "O": "O", "A": "O", "B": "O", "T": "O", "N": "O", "U": "O"}
SYLLABLES = """ba be bi bo ca ce co da de di do fa fe fi fo ga go gu ha he ho ja jo ka ke ki ko la le li lo lu ma me
mi mo na ne ni no pa pe po ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo wa we ya yo za ze zi zo xi
qu""".split()
EASTERN = """a bin bo byung chang cheol chul dong eun fei gang gi guo ha hae hee ho hong hui hwa hye hyun il in ja jae
ji jia jie jin jing jong joo jun kai kang ki kyu kyung lan lei li lin ling long man mei min ming mun myong na nam ok pei
ping qiang qing rong rui seok seung shan shu soo sook su suk sun tae tao ting uk un wan wei woo xia xin xiu yan yang yi
ying yong yoo young yu yuk yun ze zhen zhi""".split()
AREAS = """Health Finance Education Defence Justice Labour Transport Agriculture Energy Tourism Culture Environment
Interior Trade Housing Justice Planning Fisheries Mines Sports Women Youth Information Communications""".split()
FIELDS = """Trade Aviation Maritime Football Cricket Athletics Medical Nurses Teachers Farmers Bankers Railway Water
Electricity Meteorological Space Statistics Human Rights Press Consumer Wildlife Disaster Cyber Customs Border Tax
Coffee Cocoa Rice Textile Shipping Fishing Forest Peace Students Engineers Doctors Miners Journalists
Hoteliers""".split()
BODIES = """Association Authority Agency Board Commission Council Federation Union Society Institute Bureau Service
Committee Organisation Organization Network Alliance Forum Fund Corps Department Directorate Trust Centre""".split()
PARTY = """National Democratic People's Liberal Progressive United New Workers Justice Freedom Unity Reform Labour
Republican Social Christian Green Peasants Independence Salvation Patriotic Liberation""".split()
FIRMS = """Group Holdings Bank Energy Motors Technologies Pharma Foods Airlines Capital Mining Steel Media Telecom
Logistics Partners Labs Industries Solutions Electronics Insurance Systems Oil Gas Cement Ventures Games Studios
Inc Ltd Corp""".split()
CLUBS = "United City FC Rovers Athletic Stars Wanderers Tigers Lions Kings Eagles SC Sporting Rangers Dynamo".split()
PAPERS = (
    "Times Post News Herald Daily Tribune Mail Star Observer Standard Gazette Today Chronicle TV Radio Journal".split()
)
REGIONS = """{} Province|{} district|{} County|{} River|Lake {}|Mount {}|{} Valley|{} Islands|{} National Park|{} region
|{} state|{} Mountains|Gulf of {}|{} Bay|{} Desert|{} Peninsula|Cape {}|{} Hills""".replace("\n", "").split("|")


class Names:
    """Draws names with one random source."""

    def __init__(self, seed: int, gazetteer: Gazetteer, lexicon: Lexicon) -> None:
        self.random = random.Random(seed)  # noqa: S311  # names, not secrets
        self.given = sorted(name for name in lexicon.given_names if name[0] <= LATIN)
        self.family = sorted(name for name in lexicon.surnames if name[0] <= LATIN)
        self.eastern = sorted(lexicon.eastern_surnames)
        self.towns = [line.split("\t")[1] for line in gazetteer.table if "(" not in line]
        self.countries = sorted({place.name for place in gazetteer.by_iso.values() if "(" not in place.name})
        self.peoples = sorted(word for word in words("demonyms.txt") if " " not in word)

    def invented(self) -> str:
        """A word that no list holds."""
        return "".join(self.random.choices(SYLLABLES, k=self.random.choice((2, 2, 3, 3)))).capitalize()

    def person(self) -> tuple[str, str]:
        """(full name, the name that later mentions use)."""
        draw = self.random
        given, family = draw.choice(self.given), draw.choice(self.family)
        if draw.random() < 0.2:
            family = self.invented()
        if draw.random() < 0.15:
            given = self.invented()
        pattern = draw.random()
        if pattern < 0.18:
            surname, first, second = draw.choice(self.eastern), draw.choice(EASTERN), draw.choice(EASTERN)
            form = draw.choice(("{0}-{1}", "{0} {2}", "{0}{1}", "{0}"))
            return f"{surname} {form.format(first.capitalize(), second, second.capitalize())}", surname
        if pattern < 0.24:
            family = draw.choice(("al-", "Al-", "el-", "Al ")) + family
        elif pattern < 0.29:
            family = (
                draw.choice(("van ", "de ", "van der ", "von ", "da ", "dos ", "bin ", "Ould ", "Mc", "O'")) + family
            )
        elif pattern < 0.37:
            family = f"{family}{draw.choice((' ', '-', ' '))}{draw.choice(self.family)}"
        elif pattern < 0.42:
            given = f"{given} {draw.choice('ABCDEFGHJKLMNPRSTW')}."
        elif pattern < 0.50:
            given = f"{given} {draw.choice(self.given)}"
        elif pattern < 0.52:
            return given, given
        return f"{given} {family}", family

    def town(self) -> str:
        """Mostly a real town, sometimes one that no list holds."""
        draw = self.random
        if draw.random() < 0.15:
            return self.invented()
        # Two draws, the more populous wins: news is made where people are.
        return self.towns[min(draw.randrange(len(self.towns)), draw.randrange(len(self.towns)))]

    def country(self) -> str:
        """A country by its English name."""
        return self.random.choice(self.countries)

    def region(self) -> str:
        """A region, river, lake or park."""
        return self.random.choice(REGIONS).format(self.random.choice((self.invented(), self.town())))

    def company(self) -> str:
        """A firm."""
        draw = self.random
        name = draw.choice((self.invented, self.invented, lambda: draw.choice(self.family), self.town))()
        pattern = draw.random()
        if pattern < 0.35:
            return name
        if pattern < 0.42:
            return f"{name} & {draw.choice(self.family)}"
        if pattern < 0.47:
            return "".join(draw.choices("ABCDEFGHIKLMNOPRSTUVWXYZ", k=draw.choice((3, 3, 4))))
        return f"{name} {draw.choice(FIRMS)}"

    def club(self) -> str:
        """A sports club."""
        draw = self.random
        pattern = draw.random()
        if pattern < 0.4:
            return self.town()
        if pattern < 0.5:
            return f"{draw.choice(('Real', 'FC', 'AC', 'Al', 'CD', 'Club', 'Dynamo', 'SC'))} {self.town()}"
        return f"{self.town()} {draw.choice(CLUBS)}"

    def paper(self) -> str:
        """A newspaper, agency or broadcaster."""
        draw = self.random
        start = draw.choice((self.town, self.country, self.invented, lambda: draw.choice(self.peoples)))()
        return draw.choice(
            (
                f"The {start} {draw.choice(PAPERS)}",
                f"{start} {draw.choice(PAPERS)}",
                start + "News",
                "".join(draw.choices("ABCDKLMNRSTV", k=3)),
            )
        )

    def body(self) -> str:
        """A ministry, authority, party or society."""
        draw = self.random
        pattern = draw.random()
        if pattern < 0.25:
            area = draw.choice(AREAS)
            second = f" and {draw.choice(AREAS)}" if draw.random() < 0.3 else ""
            return draw.choice((f"Ministry of {area}{second}", f"{area} Ministry", f"Department of {area}{second}"))
        if pattern < 0.4:
            party = " ".join(draw.sample(PARTY, draw.choice((1, 2))))
            return f"{party} {draw.choice(('Party', 'Party', 'Alliance', 'Movement', 'Front', 'Congress'))}"
        field, kind = draw.choice(FIELDS), draw.choice(BODIES)
        if pattern < 0.6:
            return f"{draw.choice((self.country, self.town, lambda: draw.choice(self.peoples)))()} {field} {kind}"
        if pattern < 0.75:
            return (
                f"{kind} of {field} and {draw.choice(FIELDS)}"
                if draw.random() < 0.3
                else f"{field} {kind} of {self.country()}"
            )
        return draw.choice(
            (f"National {field} {kind}", f"{self.town()} Police", f"{self.invented()} Foundation", f"{field} {kind}")
        )

    def university(self) -> str:
        """A university or school."""
        town = self.town()
        return self.random.choice((f"University of {town}", f"{town} University", f"{town} Institute of Technology"))


def initials(name: str) -> str:
    """`Ministry of Health` -> `MH`, at least three letters."""
    letters = "".join(word[0] for word in re.split(r"[\s-]+", name) if word[0].isupper())
    return letters if len(letters) > 2 else letters + name[1:3].upper()


def filled(passage: str, names: Names) -> Document:
    """One passage with every slot filled, and where the names stand."""
    draws: dict[str, Callable[[], str]] = {
        "C": names.country,
        "L": names.town,
        "R": names.region,
        "O": names.body,
        "B": names.company,
        "T": names.club,
        "N": names.paper,
        "U": names.university,
        "D": lambda: names.random.choice(names.peoples),
    }
    people: dict[str, tuple[str, str]] = {}
    drawn: dict[str, str] = {}
    text, spans, at, length = [], [], 0, 0
    for slot in SLOT.finditer(passage):
        kind, number = slot[1], slot[2]
        if slot[3]:  # a fixed name, which may hold a slot: [{L1} General Hospital|O]
            kind = slot[4]
            name = SLOT.sub(lambda inner: drawn.setdefault(inner[1] + inner[2], draws[inner[1]]()), slot[3])
        elif kind in "PS":
            people.setdefault(number, names.person())
            name = people[number][kind == "S"]
        elif kind == "A":
            name = initials(drawn.setdefault("O" + number, names.body()))
        else:
            name = drawn.setdefault(kind + number, draws[kind]())
        between = passage[at : slot.start()]
        text += [between, name]
        start = length + len(between)
        length = start + len(name)
        if kind in LETTER:
            spans.append((start, length, LETTER[kind]))
        at = slot.end()
    text.append(passage[at:])
    return Document("".join(text), spans)


def load(times: int, seed: int, gazetteer: Gazetteer, lexicon: Lexicon) -> list[Document]:
    """Every passage, filled `times` times."""
    names = Names(seed, gazetteer, lexicon)
    blocks = [block.strip() for block in FILE.read_text(encoding="utf-8").split("\n\n")]
    passages = [block for block in blocks if block and not block.startswith("#")]
    return [filled(passage, names) for _ in range(times) for passage in passages]
