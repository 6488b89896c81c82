"""Article files: TOML front matter between `+++` lines, then the body.

The body is paragraphs between blank lines. `## ` opens a heading, `> ` a quotation, `- ` the lines of a list, and
`*stars*` emphasise. `{day}`, `{month}` (numbers) and `{mon}` (`Nov`) are filled with the local day of publication, for
datelines.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

ARTICLES = Path(__file__).parent / "articles"
Access = Literal["open", "teaser", "private", "noindex"]
Seconds = Annotated[float, Meta(ge=0)]


class ArticleError(ValueError):
    """An article file cannot be used. The message names the file and what is wrong."""


class Edit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change to a published article."""

    at: Seconds  # after the anchor, at pace 1
    title: str = ""
    replace: dict[int, str] = {}  # number of a block, from 1 -> its new text
    append: tuple[str, ...] = ()
    words: tuple[str, ...]  # to search for from now on


class Article(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One article with its whole life, as its file tells it."""

    site: str  # the folder
    slug: str  # in the address; the file's name unless the front matter gives another
    language: str  # BCP 47
    title: str
    authors: tuple[str, ...]
    section: str
    offset: Annotated[str, Meta(pattern=r"^[+-]\d{2}:\d{2}$")]  # of the publication time from UTC
    words: tuple[str, ...]  # of the text, distinctive enough to search for
    body: str
    caption: str = ""
    age_hours: Annotated[float, Meta(gt=0)] = 1.0  # at the anchor, for an article that is there from the first second
    appears: Seconds = 0  # after the anchor, at pace 1; 0: there from the first second
    withdrawn: Seconds | None = None
    access: Access = "open"
    teaser: int = 2  # blocks shown where `access` is teaser
    declared_language: str = ""  # what the page says it is, where that is wrong
    charset: str = "utf-8"
    charset_declared: Literal["both", "header", "meta"] = "both"
    moved_from: str = ""  # the address that the feed still lists; it redirects
    edits: tuple[Edit, ...] = ()


class Block(Struct, frozen=True):
    """A piece of the body; `marked` still has its stars."""

    kind: Literal["paragraph", "heading", "quote", "list"]
    marked: str

    @property
    def text(self) -> str:
        """As a reader sees it; list items are one line each."""
        return re.sub(r"\*(.+?)\*", r"\1", self.marked)


def block(source: str) -> Block:
    """One block from its lines in the file."""
    lines = [line.strip() for line in source.strip().splitlines()]
    if lines[0].startswith("- "):
        return Block("list", "\n".join(line.removeprefix("- ") for line in lines))
    if lines[0].startswith("> "):
        return Block("quote", " ".join(line.removeprefix("> ") for line in lines))
    if lines[0].startswith("## "):
        return Block("heading", lines[0].removeprefix("## "))
    return Block("paragraph", " ".join(lines))


def blocks(body: str) -> tuple[Block, ...]:
    """The body's blocks in reading order."""
    return tuple(block(part) for part in re.split(r"\n\s*\n", body.strip()))


def read(path: Path) -> Article:
    """One article file.

    Raises:
        ArticleError: names the file and what is wrong with it.
    """
    try:
        _, front, body = path.read_text(encoding="utf-8").split("+++\n", 2)
        given = {"slug": path.stem, **tomllib.loads(front), "site": path.parent.name, "body": body.strip()}
        return msgspec.convert(given, Article, str_keys=True)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise ArticleError(f"{path}: {error}") from None
    except ValueError:
        raise ArticleError(f"{path}: no front matter between two `+++` lines") from None


def read_all(folder: Path = ARTICLES) -> tuple[Article, ...]:
    """Every article under `folder`, by site and file name.

    Raises:
        ArticleError: as `read`.
    """
    return tuple(read(path) for path in sorted(folder.glob("*/*.md")))
