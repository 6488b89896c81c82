"""What the line rules may know about the article: facts, all handed in."""

from dataclasses import dataclass
from functools import cached_property

from shared.fold import fold
from shared.messages import EMPTY_PROFILE, HostProfile


@dataclass(frozen=True)
class Context:
    """Facts about one article that its lines are judged by."""

    titles: tuple[str, ...] = ()  # every title candidate, with and without the site's name
    site_names: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    description: str = ""
    link_texts: frozenset[str] = frozenset()  # the text of every link of the page
    news: bool = False  # the page says that it is an article
    profile: HostProfile = EMPTY_PROFILE

    @cached_property
    def folded_titles(self) -> frozenset[str]:
        return frozenset(map(fold, self.titles)) - {""}

    @cached_property
    def folded_authors(self) -> frozenset[str]:
        return frozenset(map(fold, self.authors)) - {""}

    @cached_property
    def folded_sites(self) -> frozenset[str]:
        return frozenset(map(fold, self.site_names)) - {""}
