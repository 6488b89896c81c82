"""One run of the cleaner beside plain trafilatura over the open pages, page by page in turn.

`python -m tests.quality.measure` prints the table; the test beside it holds the floors.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from shared.transport.pool import Pool, WorkerDied, WorkerTimeout
from tests.quality import calibration, corpus, extractors, injected, scoring
from tests.quality.extractors import Found
from tests.quality.scoring import Compared

DEADLINE_SECONDS = 60.0  # of one page, for both: a page that a worker cannot finish counts as nothing found
MEMORY_BYTES = 2 << 30
SHORTEST_BODY = 400  # characters of a text that junk is put around
NOTHING: Found = {
    "text": "", "title": "", "authors": [], "date": "", "confidence": {}, "seconds": 0.0, "rejected": "worker",
    "doubt": 0.0, "peak_mib": 0.0,
}  # fmt: skip


@dataclass
class Run:
    """What both extractors found, by set of pages."""

    pages: dict[str, list[tuple[dict[str, Any], Found, Found]]] = field(default_factory=dict)  # gold, baseline, ours

    def compared(self) -> Iterator[Compared]:
        """Every figure of quality."""
        for name in ("article-extraction-benchmark", "fundus-tests", "wcxb-articles"):
            yield self._body(name)
        for name in ("fundus-tests", "wcxb-articles"):
            yield self._share(f"title {name}", name, "title", _title_right)
            yield self._share(f"authors {name}", name, "authors", _authors_right)
        for name in ("fundus-tests", "htmldate", "wcxb-articles"):
            yield self._share(f"date {name}", name, "date", _date_right)

    def _body(self, name: str) -> Compared:
        rows = [row for row in self.pages[name] if row[0].get("body")]
        scores = [[scoring.precision_recall(row[0]["body"], row[n]["text"]) for row in rows] for n in (1, 2)]
        return scoring.compare(f"body {name}", scores[0], scores[1], scoring.f1_of_means)

    def _share(self, label: str, name: str, key: str, right: Any) -> Compared:
        rows = [row for row in self.pages[name] if isinstance(row[0].get(key), str | list)]
        scores = [[(float(right(row[0], row[n])),) for row in rows] for n in (1, 2)]
        return scoring.compare(label, scores[0], scores[1], scoring.mean)

    def calibration(self) -> dict[str, tuple[int, float, float, float]]:
        """Pages, expected calibration error and its interval of the date and author confidence, and of both pooled.

        All open pages whose gold names a date or authors and for which we give one: 515 pages have authors in their
        gold, so authors alone stay under the 600 pages that the pool has.
        """
        found = {}
        pool: list[tuple[float, bool]] = []
        for field_name, key, right in (("published_at", "date", _date_right), ("authors", "authors", _authors_right)):
            rows = [
                (ours["confidence"][field_name], bool(right(gold, ours)))
                for rows in self.pages.values()
                for gold, _, ours in rows
                if isinstance(gold.get(key), str | list) and field_name in ours["confidence"]
            ]
            found[key] = (len(rows), *calibration.with_interval([r[0] for r in rows], [r[1] for r in rows]))
            pool += rows
        found["pooled"] = (len(pool), *calibration.with_interval([r[0] for r in pool], [r[1] for r in pool]))
        return found

    def seconds(self, which: int) -> np.ndarray:
        """CPU seconds a page: 1 for the baseline, 2 for ours."""
        return np.array([row[which]["seconds"] for rows in self.pages.values() for row in rows])

    def speed(self) -> str:
        """Pages per CPU second of both, their ratio, 99th percentiles and peak memory."""
        base, ours = self.seconds(1), self.seconds(2)
        peak = max(row[2]["peak_mib"] for rows in self.pages.values() for row in rows)
        return (
            f"pages per CPU second: baseline {len(base) / base.sum():.1f}, ours {len(ours) / ours.sum():.1f}, "
            f"ratio {base.sum() / ours.sum():.2f}; p99 {1e3 * np.quantile(base, 0.99):.0f} and "
            f"{1e3 * np.quantile(ours, 0.99):.0f} ms; worker peak {peak:.0f} MiB"
        )


def _title_right(gold: dict[str, Any], found: Found) -> bool:
    return scoring.folded(gold["title"]) == scoring.folded(found["title"])


def _authors_right(gold: dict[str, Any], found: Found) -> bool:
    return scoring.same_names(gold["authors"], found["authors"])


def _date_right(gold: dict[str, Any], found: Found) -> bool:
    return bool(gold["date"][:10] == found["date"])


def measure(sets: tuple[str, ...] = corpus.SETS, every: int = 1) -> Run:
    """Runs both extractors over the sets, one page in `every`."""
    pools = [Pool(task, 1, DEADLINE_SECONDS, MEMORY_BYTES) for task in (extractors.baseline, extractors.cleaner)]
    run = Run()
    try:
        for name in sets:
            rows = run.pages.setdefault(name, [])
            for number, page in enumerate(corpus.read(name)):
                if number % every:
                    continue
                data = json.dumps({"url": page["url"], "html": page["html"]}).encode()
                rows.append((page["gold"] | {"id": page["id"]}, *(_ask(pool, data) for pool in pools)))
    finally:
        for pool in pools:
            pool.close()
    return run


def _ask(pool: Pool[Found], data: bytes) -> Found:
    try:
        return pool.submit(data).result()
    except (WorkerTimeout, WorkerDied):
        return NOTHING


def recovered(limit: int | None = None) -> tuple[int, float, float, float]:
    """Pages, and body F1 of gold texts given clean, with a consent tail, and as a scraper shows them."""
    names = ("article-extraction-benchmark", "fundus-tests")
    bodies = [page["gold"]["body"] for name in names for page in corpus.read(name)][:limit]
    bodies = [body for body in bodies if len(body) >= SHORTEST_BODY]
    task = extractors.plain_cleaner()
    scores: list[list[tuple[float, float]]] = [[], [], []]
    for texts in injected.cases(bodies, scoring.SEED):
        for made, text in zip(scores, texts, strict=True):
            made.append(scoring.precision_recall(texts[0], task(text)))
    clean, consent, scraped = (scoring.f1_of_means(np.array(made)) for made in scores)
    return len(bodies), clean, consent, scraped


if __name__ == "__main__":
    print(f"{'':<34} {'pages':>5} {'B0':>8} {'ours':>8} {'gain':>8}  95 % interval of the gain")
    measured = measure()
    for figure in measured.compared():
        print(figure.row())
    print(measured.speed())
    for name, (pages, ece, low, high) in measured.calibration().items():
        print(f"calibration error of {name} confidence: {ece:.3f} [{low:.3f}, {high:.3f}] on {pages} pages")
    print("injected: {} texts, clean {:.4f}, consent tail {:.4f}, scraped {:.4f}".format(*recovered()))
