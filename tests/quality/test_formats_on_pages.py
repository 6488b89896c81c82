"""Every page of `../shared/data/pages` through the stages, as valid ninjs 3.1 and NewsArticle (`make quality`)."""

import gzip
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.cleaner.work import prepare as prepare_cleaner
from services.enricher.work import prepare as prepare_enricher
from services.tagger.work import prepare as prepare_tagger
from shared.formats.newsarticle import newsarticle
from shared.formats.ninjs import ninjs
from shared.messages import RawArticle, Source
from shared.outcomes import Reject
from tests.fixtures.ninjs_schema import NEEDS_SCHEMA, NinjsSchema

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT.parent / "shared" / "data"
SETS = ("article-extraction-benchmark", "fundus-tests", "wcxb-articles", "htmldate")
THEN = datetime(2026, 11, 22, tzinfo=UTC)
# Of https://schema.org/NewsArticle and what it inherits: the properties that we write, and no other.
PROPERTIES = set(
    """@context @type @id url identifier version headline datePublished dateModified inLanguage author publisher
    sourceOrganization creditText dateline locationCreated articleSection description abstract keywords mentions image
    wordCount articleBody creativeWorkStatus""".split()
)
pytestmark = [pytest.mark.slow, NEEDS_SCHEMA]


def test_every_page_is_valid():
    schema = NinjsSchema()
    clean, tag, enrich = prepare_cleaner(), prepare_tagger(), prepare_enricher()
    passed, rejected, wrong = 0, 0, []
    for name in SETS:
        with gzip.open(DATA / "pages" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                page = json.loads(line)
                raw = RawArticle(
                    article_id="0" * 32,
                    revision=1,
                    url=page.get("url") or "urn:wireroom:file:page",
                    source=Source(id=name, channel="file"),
                    first_seen_at=THEN,
                    discovered_at=THEN,
                    fetched_at=THEN,
                    content=page["html"],
                )
                try:
                    article = enrich(tag(clean(raw)))
                except Reject:
                    rejected += 1
                    continue
                passed += 1
                wrong += [f"{page['id']}: {error}" for error in schema.errors(ninjs(article))]
                news = newsarticle(article)
                wrong += [f"{page['id']}: {name}" for name in news.keys() - PROPERTIES]
                wrong += [f"{page['id']}: no headline" for _ in [1] if article.title and "headline" not in news]
                json.dumps(news)
    print(f"formats: {passed} pages, {rejected} rejected, {len(wrong)} errors", file=sys.__stderr__)
    assert not wrong, "\n".join(wrong[:20])
    assert passed > 1_000
