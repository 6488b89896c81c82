"""`python -m tests.bench.searchindex [DOCUMENTS] [--opensearch URL]`: documents per second, and how long searches take.

Generated documents of 3,200 characters in six languages with Zipf's law for their words, so that the answer needs no
data and is the same corpus everywhere. CPU is this process's; a server's own is not in it.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.indexer.document import document
from services.search.parse import parse
from shared.identity import digest
from shared.messages import EnrichedArticle, Entity, Source
from shared.searchindex.document import Document
from shared.searchindex.embedded import EmbeddedIndex
from shared.searchindex.index import SearchIndex, Verdict
from shared.searchindex.opensearch import OpenSearchIndex
from shared.searchindex.opensearch_settings import OpenSearchSettings, connect
from shared.searchindex.opensearch_setup import install, months
from shared.searchindex.query import FACET_FIELDS, Query

LETTERS = {
    "en": "abcdefghijklmnoprstuvwyz",
    "de": "abcdefghiklmnoprstuäöüß",
    "fr": "abcdefghilmnopqrstuvéèà",
    "ru": "абвгдежзийклмнопрстуфхцчшыьэюя",
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "zh": "".join(chr(0x4E00 + n) for n in range(3000)),
}
WEIGHTS = (5, 2, 1, 1, 1, 2)
WORDS = 20_000
BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
BATCH = 200

Vocabulary = dict[str, list[str]]


def vocabulary(chance: random.Random) -> Vocabulary:
    lengths = {lang: (2, 3) if lang == "zh" else (3, 10) for lang in LETTERS}
    return {
        lang: ["".join(chance.choices(letters, k=chance.randint(*lengths[lang]))) for _ in range(WORDS)]
        for lang, letters in LETTERS.items()
    }


def documents(count: int, words: Vocabulary, chance: random.Random) -> Iterator[Document]:
    frequency = [1 / (rank + 1) for rank in range(WORDS)]

    def text(lang: str, length: int) -> str:
        space = "" if lang == "zh" else " "
        return space.join(chance.choices(words[lang], frequency, k=length)) + "."

    for number in range(count):
        lang = chance.choices(list(LETTERS), WEIGHTS)[0]
        seen = BEGIN + timedelta(seconds=chance.randrange(20 * 86_400))
        names = (f"Name {chance.randrange(3000)}" for _ in range(8))
        yield document(
            EnrichedArticle(
                article_id=digest(str(number).encode()),
                revision=1,
                url=f"https://example.org/{number}",
                source=Source(id=f"source{number % 40}"),
                first_seen_at=seen,
                discovered_at=seen,
                fetched_at=seen,
                title=text(lang, 8),
                text="\n\n".join(text(lang, 60) for _ in range(8)),
                lang=lang,
                entities=tuple(Entity(text=name, type="person") for name in names),
            )
        )


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def write(index: SearchIndex, given: Sequence[Document]) -> None:
    for begin in range(0, len(given), BATCH):
        outcomes = index.apply(given[begin : begin + BATCH])
        if any(outcome.verdict is not Verdict.APPLIED for outcome in outcomes):
            raise SystemExit(f"not applied: {outcomes[0]}")


def searches(words: Vocabulary, given: Sequence[Document], chance: random.Random) -> dict[str, list[Query]]:
    common = [words[lang][chance.randrange(200)] for lang in LETTERS if lang != "zh" for _ in range(10)]
    chinese = [words["zh"][chance.randrange(200)] for _ in range(50)]
    phrases = [" ".join(one.text.split()[5:8]) for one in given if one.lang != "zh"][:50]
    return {
        "one word": [Query(root=parse(word)) for word in common],
        "one word, facets": [Query(root=parse(word), facets=FACET_FIELDS) for word in common],
        "two words": [Query(root=parse(f"{a} {b}")) for a, b in zip(common, common[1:], strict=False)],
        "Chinese word": [Query(root=parse(word)) for word in chinese],
        "Chinese letter": [Query(root=parse(word[0])) for word in chinese],
        "phrase": [Query(root=parse(f'"{phrase}"')) for phrase in phrases],
        "newest, facets": [Query(sort="newest", facets=FACET_FIELDS)] * 50,
    }


def measure(index: SearchIndex, given: Sequence[Document], words: Vocabulary, chance: random.Random) -> None:
    wall, cpu = timed(lambda: write(index, given))
    print(f"write: {len(given) / wall:.0f} documents a second, {cpu / len(given) * 1000:.2f} ms CPU each")
    while index.count() < len(given):  # a server's refresh
        time.sleep(0.2)
    for name, queries in searches(words, given, chance).items():
        index.search(queries[0])
        taken = sorted(timed(lambda query=query: index.search(query)) for query in queries)  # type: ignore[misc]
        p50, p95 = (taken[len(taken) * share // 100][0] * 1000 for share in (50, 95))
        mean = sum(cpu for _, cpu in taken) / len(taken) * 1000
        print(f"search: {name:18} p50 {p50:6.1f} ms  p95 {p95:6.1f} ms  CPU {mean:5.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.searchindex", description=__doc__)
    parser.add_argument("documents", type=int, nargs="?", default=3000)
    parser.add_argument("--opensearch", metavar="URL", help="measure the index there, behind an alias of its own")
    asked = parser.parse_args()
    chance = random.Random(7)
    words = vocabulary(chance)
    given = list(documents(asked.documents, words, chance))
    if not asked.opensearch:
        with tempfile.TemporaryDirectory() as folder:
            embedded = EmbeddedIndex(Path(folder) / "index")
            measure(embedded, given, words, chance)
            embedded.close()
        return
    settings = OpenSearchSettings(opensearch_url=asked.opensearch, opensearch_alias="articles_bench")
    client = connect(settings)
    install(client, settings)
    try:
        index = OpenSearchIndex(settings)
        measure(index, given, words, chance)
        index.close()
    finally:
        for month in months(client, settings.opensearch_alias):
            client.indices.delete(index=month)
        client.indices.delete_index_template(name=settings.opensearch_alias)
        client.close()


if __name__ == "__main__":
    main()
