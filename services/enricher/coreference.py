"""Which mentions are the same person, organisation or place.

`Kim Jong-un`, `Kim Jong Un` and `Kim` are one person; `KCNA` is the Korean Central News Agency that was spelled out;
places are one when they link to one identifier. The local id is a hash of type and folded full name, so one name has
one id in every article.
"""

import math
import re
from collections import Counter
from hashlib import blake2b

from services.enricher.folding import fold
from services.enricher.gazetteer import Gazetteer
from services.enricher.lexicon import Lexicon
from services.enricher.linking import Context, Link, bare, link
from services.enricher.mentions import Kind, Mention
from shared.messages import Entity, Span

HONORIFICS = frozenset("mr mrs ms miss dr sir dame lord lady prof herr frau".split())


def local_id(kind: Kind, name: str) -> str:
    """`local:` and 16 hex digits of a hash of type and folded name, a person's without honorifics."""
    folded = person_key(name) if kind == "person" else fold(name)
    return "local:" + blake2b(f"{kind}:{folded}".encode(), digest_size=8).hexdigest()


def same_kind(mentions: list[Mention]) -> list[Mention]:
    """One name, one type: the type that the surest mentions of a name say, in the whole article."""
    votes: dict[str, dict[Kind, float]] = {}
    names = [fold(bare(mention.text)) for mention in mentions]
    for name, mention in zip(names, mentions, strict=True):
        count = votes.setdefault(name, {})
        count[mention.kind] = count.get(mention.kind, 0.0) + mention.score
    best = {name: max(sorted(count), key=count.__getitem__) for name, count in votes.items()}
    return [
        mention if mention.kind == best[name] else mention._replace(kind=best[name])
        for name, mention in zip(names, mentions, strict=True)
    ]


def person_key(name: str) -> str:
    """The folded name without honorifics."""
    words = fold(name).split()
    while len(words) > 1 and words[0] in HONORIFICS:
        words = words[1:]
    return " ".join(words)


def _full_names(mentions: list[Mention]) -> dict[str, int]:
    """Folded full name -> where it first stands."""
    full: dict[str, int] = {}
    for mention in mentions:
        key = person_key(mention.text)
        if mention.kind == "person" and " " in key:
            full.setdefault(key, mention.start)
    return full


def _is_part(short: str, full: str, eastern: bool) -> bool:
    """`putin` of `vladimir putin`, `kim` of `kim jong un`, `al assad` of `bashar al assad`."""
    if full.endswith(" " + short):
        return True
    return (eastern or " " in short) and full.startswith(short + " ")


def people(mentions: list[Mention], lexicon: Lexicon) -> dict[str, str]:
    """Folded person name in the article -> the folded full name that it stands for."""
    full = _full_names(mentions)
    eastern = {key for key in full if key.split()[0].capitalize() in lexicon.eastern_surnames}
    meant: dict[str, str] = {}
    for mention in mentions:
        if mention.kind != "person":
            continue
        key = person_key(mention.text)
        longer = [name for name in full if name != key and _is_part(key, name, name in eastern)]
        if not longer:  # a given name alone, where only one bears it
            longer = [name for name in full if name != key and name.startswith(key + " ")]
            longer = longer if len(longer) == 1 and key not in full else []
        before = [name for name in longer if full[name] < mention.start]
        if longer:
            nearest = max(before, key=full.__getitem__) if before else min(longer, key=full.__getitem__)
            meant.setdefault(key, meant.get(nearest, nearest))
    return meant


def last_names(text: str, mentions: list[Mention], runs: list[tuple[int, int]], lexicon: Lexicon) -> list[Mention]:
    """Further mentions: the bare family names of people whose full names stand in the article."""
    full = _full_names(mentions)
    taken = [(mention.start, mention.end) for mention in mentions]
    names: set[str] = set()
    for mention in mentions:
        words = mention.text.split()
        if mention.kind == "person" and person_key(mention.text) in full and len(words) > 1:
            eastern = words[0] in lexicon.eastern_surnames
            names.add(words[0] if eastern else words[-1])
    names = {name for name in names if len(name) > 2 and name[0].isupper() and name not in lexicon.no_entities}
    if not names:
        return []
    found = []
    for name in sorted(names, key=lambda name: (-len(name), name)):  # O'Brien before Brien
        for start, end in runs:
            at = text.find(name, start, end)
            while at >= 0:
                stop = at + len(name)
                alone = not _goes_on(text, at - 1) and not _goes_on(text, stop)
                if alone and all(stop <= left or right <= at for left, right in taken):
                    found.append(Mention(at, stop, "person", name, 0.6))
                    taken.append((at, stop))
                at = text.find(name, stop, end)
    return found


def _goes_on(text: str, at: int) -> bool:
    """Whether the character there belongs to the word beside it."""
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] in "_-")


def _initials(name: str) -> str:
    return "".join(word[0] for word in re.split(r"[\s-]+", name) if word[:1].isupper())


def organisations(mentions: list[Mention]) -> dict[str, str]:
    """Folded organisation name -> the folded longer name in the article that it is short for."""
    names = {fold(bare(one.text)): bare(one.text) for one in mentions if one.kind == "organisation"}
    meant: dict[str, str] = {}
    for key, name in names.items():
        longer = [
            other
            for other, printed in names.items()
            if other != key
            and (
                (name.isupper() and len(name) > 2 and _initials(printed) == name)
                or (len(name) > 3 and " " in other and other.startswith(key + " "))
            )
        ]
        if len(longer) == 1:
            meant[key] = longer[0]
    return meant


def entities(
    mentions: list[Mention], lang: str, context: Context, gazetteer: Gazetteer, lexicon: Lexicon, most: int
) -> tuple[Entity, ...]:
    """The mentions gathered by what they name, the most mentioned first, at most `most`."""
    persons, firms = people(mentions, lexicon), organisations(mentions)
    links: dict[str, Link | None] = {}
    groups: dict[tuple[str, str], list[Mention]] = {}
    for mention in mentions:
        key = fold(bare(mention.text))
        if mention.kind == "person":
            key = person_key(mention.text)
            key = persons.get(key, key)
        elif mention.kind == "organisation":
            key = firms.get(key, key)
        else:
            if key not in links:
                links[key] = link(mention.text, lang, context, gazetteer)
            linked = links[key]
            if linked is not None and linked.place.id:
                key = linked.place.id
        groups.setdefault((mention.kind, key), []).append(mention)
    found = [_entity(kind, group, links) for (kind, _), group in groups.items()]
    found.sort(key=lambda entity: (-len(entity.spans), entity.spans[0].start))
    return tuple(found[:most])


def _entity(kind: str, group: list[Mention], links: dict[str, Link | None]) -> Entity:
    counts = Counter(mention.text for mention in group)
    if kind == "person":
        name = max(counts, key=lambda text: (len(person_key(text).split()), counts[text], -len(text), text))
    else:
        name = max(counts, key=lambda text: (counts[text], len(text), text))
    spans = tuple(Span(start=one.start, end=one.end) for one in sorted(group))
    seen = 1.0
    for mention in group:
        seen *= 1 - min(mention.score, 0.95)
    sure = round(1 - seen, 2)
    linked = links.get(fold(bare(name))) if kind == "place" else None
    typed: Kind = "person" if kind == "person" else "organisation" if kind == "organisation" else "place"
    if linked is None:
        return Entity(text=name, type=typed, id=local_id(typed, name), spans=spans, confidence=sure)
    return Entity(
        text=name,
        type="place",
        id=linked.place.id or local_id("place", name),
        spans=spans,
        country=linked.place.country,
        confidence=round(math.sqrt(sure) * linked.confidence, 2),  # that the gazetteer lists it speaks for it, too
    )
