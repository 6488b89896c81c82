"""The two example inputs that the cleaner was ordered with, held to what was asked. Their text stays outside."""

import json

import pytest

from services.cleaner.clean import clean
from shared.codec import decode
from shared.messages import CleanArticle, RawArticle
from shared.transport.jsonl import completed
from tests.quality.corpus import DATA

SEEDS = DATA / "seeds"
pytestmark = pytest.mark.skipif(not SEEDS.exists(), reason=f"no example inputs under {SEEDS}")


def read(name: str) -> tuple[list[str], CleanArticle]:
    """The filled lines of an example, and what the cleaner makes of it."""
    content = (SEEDS / name).read_text(encoding="utf-8")
    message = {"url": f"https://example.org/{name}", "media_type": "text/plain", "content": content}
    made = clean(decode(completed(json.dumps(message).encode()), RawArticle))
    return [line.strip() for line in content.splitlines() if line.strip()], made


def test_an_article_above_a_consent_notice_in_another_language() -> None:
    lines, article = read("000_609f0e1426808961.txt")
    end = lines.index("X")  # the button that closes the notice
    assert article.title == lines[0]
    assert [block.text for block in article.blocks] == lines[1:end]
    assert [item.text for item in article.removed] == lines[end:]
    assert {item.rule for item in article.removed} <= {"consent", "foreign"}


def test_a_scrapers_copy_between_its_own_lines_and_lists() -> None:
    lines, article = read("004_4abdb8e10c1763bf.txt")
    pushed, _, headline = lines[1].partition(":")
    assert article.title == headline
    assert pushed not in article.text
    assert article.blocks[0].text == lines[4].replace(f",{pushed} ", ", ")
    kept = {line for block in article.blocks for line in block.text.split("\n")}
    assert not kept & {lines[0], lines[1], lines[2], lines[3]}  # breadcrumb, title, site and date
    counter = next(n for n, line in enumerate(lines) if line.endswith(")") and line.rpartition("(")[2][:-1].isdigit())
    lists = [n for n, line in enumerate(lines) if line in ("Related", "Ranking", "Recommendation")]
    assert len(lists) == 3
    assert not kept & {lines[counter], *lines[lists[0] :]}
    assert kept - {article.blocks[0].text} <= set(lines[5 : lists[0]])
    assert len(article.text) > 0.9 * sum(map(len, lines[4:counter]))
    assert (article.published_at, article.provenance["published_at"].status) == (lines[3][5:15], "repost")
