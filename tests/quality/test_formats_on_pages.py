"""Every page of `../shared/data/pages` through the stages, as valid ninjs 3.1 and NewsArticle (`make quality`)."""

import gzip
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from services.cleaner.work import prepare as prepare_cleaner
from services.enricher.work import prepare as prepare_enricher
from services.tagger.work import prepare as prepare_tagger
from shared.formats.newsarticle import newsarticle
from shared.formats.ninjs import EXTENSION, ninjs
from shared.messages import RawArticle, Source
from shared.outcomes import Reject

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT.parent / "shared" / "data"
SCHEMA = DATA / "ninjs" / "ninjs-schema_3.1.json"
SETS = ("article-extraction-benchmark", "fundus-tests", "wcxb-articles", "htmldate")
THEN = datetime(2026, 11, 22, tzinfo=UTC)
# Of https://schema.org/NewsArticle and what it inherits: the properties that we write, and no other.
PROPERTIES = set(
    """@context @type @id url identifier version headline datePublished dateModified inLanguage author publisher
    sourceOrganization creditText dateline locationCreated articleSection description abstract keywords mentions image
    wordCount articleBody creativeWorkStatus""".split()
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SCHEMA.exists(), reason="no ../shared/data: no schema to validate against"),
]


def validators() -> tuple[Draft202012Validator, Draft202012Validator]:
    """For ninjs 3.1 as IPTC publishes it, and for ours; GeoJSON stands in as any object, it is not at hand."""
    plain = json.loads(SCHEMA.read_text(encoding="utf-8"))
    ours = json.loads((ROOT / "shared" / "formats" / "ninjs-wireroom.json").read_text(encoding="utf-8"))
    point = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": ["coordinates"]}
    registry: Registry = Registry().with_resources(
        [
            (plain["$id"].rstrip("#"), Resource.from_contents(plain)),
            ("https://geojson.org/schema/GeoJSON.json", Resource.from_contents(point)),
        ]
    )
    check = FormatChecker()
    return (
        Draft202012Validator(plain, registry=registry, format_checker=check),
        Draft202012Validator(ours, registry=registry, format_checker=check),
    )


def test_every_page_is_valid():
    plain, ours = validators()
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
                item = ninjs(article)
                wrong += [f"{page['id']}: {error.json_path} {error.message[:80]}" for error in ours.iter_errors(item)]
                item.pop(EXTENSION)
                wrong += [f"{page['id']}: {error.json_path} {error.message[:80]}" for error in plain.iter_errors(item)]
                news = newsarticle(article)
                wrong += [f"{page['id']}: {name}" for name in news.keys() - PROPERTIES]
                wrong += [f"{page['id']}: no headline" for _ in [1] if article.title and "headline" not in news]
                json.dumps(news)
    print(f"formats: {passed} pages, {rejected} rejected, {len(wrong)} errors", file=sys.__stderr__)
    assert not wrong, "\n".join(wrong[:20])
    assert passed > 1_000
