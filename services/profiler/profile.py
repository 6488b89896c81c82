"""The state of a host, what an article adds to it, and the profile that it makes: three plain functions.

A state is the newest articles of the host, each once, in its newest revision. So it does not matter in which order
articles come, or how often: the same articles make the same state, and a message that comes twice counts once.
"""

from collections import Counter
from math import ceil

import msgspec
from msgspec import Struct

from services.profiler.observation import UNKNOWN, Observation, observation
from services.profiler.settings import ProfilerSettings
from services.profiler.signals import signals
from shared.codec import encode
from shared.identity import digest
from shared.messages import CleanArticle, HostProfile

OWN = 0.5  # share of the articles from which on even what opens a text is the host's line
FEWEST_BRAND_ARTICLES = 3
BRAND_SHARE = {"<": 0.5, ">": 0.3}  # a kicker before a headline recurs too: more is asked there
FEWEST_DAYS = 3  # articles that show how the host writes days, before that is known
VERSION_DIGITS = 12  # hexadecimal: 48 bits, exact in every reader of JSON


class State(Struct, frozen=True):
    """What is remembered of one host: its newest articles, oldest first."""

    articles: tuple[Observation, ...] = ()

    @property
    def newest(self) -> int:
        """When the newest article was first seen, in epoch milliseconds; 0 without any."""
        return self.articles[-1].first_seen if self.articles else 0


EMPTY = State()


def observe(state: State, article: CleanArticle, settings: ProfilerSettings) -> State:
    """The state after `article`: of one article the newest revision stays, of all articles the newest ones."""
    new = observation(article, settings)
    known = {one.article_id: one for one in state.articles}
    old = known.get(new.article_id)
    if old is not None and _rank(old) >= _rank(new):
        return state
    known[new.article_id] = new
    ordered = sorted(known.values(), key=lambda one: (one.first_seen, one.article_id))
    return State(tuple(ordered[-settings.profile_articles :]))


def _rank(one: Observation) -> tuple[object, ...]:
    """Generation and revision first, then what is enriched; the rest decides between two of one revision, and always
    alike."""
    return one.generation, one.revision, one.agency != UNKNOWN, msgspec.structs.astuple(one)


def profile(host: str, state: State, settings: ProfilerSettings) -> HostProfile:
    """What the state says of its host; the version is a function of all the rest."""
    shown = _distinct(state.articles)
    brands = _brands(shown, settings)
    made = HostProfile(
        host=host,
        articles=len(shown),
        lines=_lines(shown, settings),
        titles=_titles(shown, settings),
        brands=brands,
        day_first=_day_first(shown),
        signals=signals(shown, brands),
    )
    version = int(digest(encode(made))[:VERSION_DIGITS], 16) or 1
    return msgspec.structs.replace(made, version=version)


def _distinct(articles: tuple[Observation, ...]) -> list[Observation]:
    """Without what shows nothing, and articles of one title (its print page, its mobile page) as one."""
    found: dict[str, Observation] = {}
    for one in articles:
        if one.lines or one.titles:
            key = one.titles[0] if one.titles else one.article_id
            before = found.pop(key, one)
            found[key] = msgspec.structs.replace(one, lines=tuple(sorted({*before.lines, *one.lines})))
    return list(found.values())


def _lines(articles: list[Observation], settings: ProfilerSettings) -> tuple[str, ...]:
    """Lines that recur, the most frequent first while they are chosen.

    What opens a text is the article's own: a standing introduction recurs in every weather report. It counts as the
    host's line only if it stands on half of all its articles, or elsewhere in most places.
    """
    found = Counter(line for one in articles for line in one.lines)
    openings = Counter(one.lead for one in articles if one.lead)
    fewest = max(settings.recurring_articles, ceil(settings.recurring_share * len(articles)))
    recurring = [
        (-count, line)
        for line, count in found.items()
        if count >= fewest and (2 * openings[line] < count or count >= OWN * len(articles))
    ]
    return tuple(sorted(line.hex() for _, line in sorted(recurring)[: settings.profile_lines]))


def _titles(articles: list[Observation], settings: ProfilerSettings) -> tuple[str, ...]:
    newest = dict.fromkeys(title for one in reversed(articles) for title in one.titles)
    return tuple(sorted([*newest][: settings.profile_titles]))


def _brands(articles: list[Observation], settings: ProfilerSettings) -> tuple[str, ...]:
    found = Counter(brand for one in articles for brand in one.brands)
    names = {
        brand[1:]: count
        for brand, count in sorted(found.items())
        if count >= FEWEST_BRAND_ARTICLES and count >= BRAND_SHARE[brand[0]] * len(articles)
    }
    chosen = sorted(names, key=lambda name: (-names[name], name))[: settings.profile_brands]
    return tuple(sorted(chosen))


def _day_first(articles: list[Observation]) -> bool | None:
    votes = Counter(one.days for one in articles)
    first, last = votes[1], votes[-1]
    if max(first, last) < FEWEST_DAYS or min(first, last) * 10 > max(first, last):
        return None
    return first > last
