"""What stands at an instant: articles appear, are edited and withdrawn by a script that starts at the anchor.

Times in the script are seconds after the anchor at pace 1; at pace 0.5 everything takes twice as long.
"""

import random
from datetime import datetime, timedelta, timezone

from msgspec import Struct

from services.newsroom.articles import Article, Block, block, blocks

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
JITTER_MINUTES = 25  # by which the seed makes an early article older


class Standing(Struct, frozen=True):
    """An article as it stands at an instant."""

    article: Article
    revision: int  # 1 as first published
    title: str
    blocks: tuple[Block, ...]  # all that the page shows: of a teaser, the first few
    words: tuple[str, ...]
    published: datetime  # with the article's own offset, whole seconds
    changed: datetime  # of the last revision or withdrawal
    withdrawn: bool = False


class Timeline(Struct, frozen=True):
    """What turns the script's seconds into instants."""

    anchor: datetime
    pace: float
    seed: int

    def instant(self, seconds: float) -> datetime:
        """The instant of a moment of the script: a whole second, because HTTP dates know no fractions."""
        return self.anchor + timedelta(seconds=round(seconds / self.pace))

    def published(self, article: Article) -> datetime:
        """When the article was first published, with its own offset."""
        hours, minutes = article.offset[1:].split(":")
        zone = timezone(timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if article.offset[0] == "-" else 1))
        if article.appears:
            return self.instant(article.appears).astimezone(zone)
        dice = random.Random(f"{self.seed} age {article.site} {article.slug}")  # noqa: S311 - dates, not secrets
        age = timedelta(seconds=round(3600 * article.age_hours) + dice.randrange(60 * JITTER_MINUTES))
        return (self.anchor - age).astimezone(zone)

    def moments(self, article: Article) -> list[datetime]:
        """Every instant at which something about the article changes."""
        withdrawn = [] if article.withdrawn is None else [article.withdrawn]
        return [self.instant(at) for at in (article.appears, *(edit.at for edit in article.edits), *withdrawn)]


def _dated(text: str, day: datetime) -> str:
    month = MONTHS[day.month - 1]
    return text.replace("{day}", str(day.day)).replace("{month}", str(day.month)).replace("{mon}", month)


def standing(article: Article, timeline: Timeline, now: datetime) -> Standing | None:
    """The article as it stands at `now`, or None before it appears."""
    if article.appears and now < timeline.instant(article.appears):
        return None
    published = timeline.published(article)
    title, words, changed, revision = article.title, article.words, published, 1
    shown = list(blocks(_dated(article.body, published)))
    for edit in article.edits:
        if now < timeline.instant(edit.at):
            break
        revision += 1
        title, words, changed = edit.title or title, edit.words, timeline.instant(edit.at)
        for number, text in edit.replace.items():
            shown[number - 1] = block(_dated(text, published))
        shown += [block(_dated(text, published)) for text in edit.append]
    withdrawn = article.withdrawn is not None and now >= timeline.instant(article.withdrawn)
    if article.withdrawn is not None and withdrawn:
        changed = timeline.instant(article.withdrawn)
    if article.access == "teaser":
        del shown[article.teaser :]
    changed = changed.astimezone(published.tzinfo)
    return Standing(article, revision, title, tuple(shown), words, published, changed, withdrawn)
