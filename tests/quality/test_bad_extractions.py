"""The detector of bad extractions, on generated failures and on labelled real pages."""

import json
from pathlib import Path

import pytest

from tests.quality import bad_extractions, corpus, extractors

FLOORS = json.loads(Path(__file__).with_name("floors.json").read_text(encoding="utf-8"))["cleaner"]["floors"]
THRESHOLD = 0.5
pytestmark = pytest.mark.skipif(not corpus.present(), reason=f"no evaluation pages under {corpus.PAGES}")


def test_detector_finds_failures_and_spares_articles() -> None:
    labels = {tuple(row.split("\t")[:2]): row.split("\t")[2] for row in bad_extractions.LABELS.read_text().splitlines()}
    task = extractors.cleaner()
    told: list[tuple[str, bool, bool]] = []
    for kind, page in bad_extractions.generated():
        found = task(json.dumps({"url": "https://failed.example/", "html": page}).encode())
        told.append((kind, True, bool(found["rejected"]) or found["doubt"] >= THRESHOLD))
    for name, number, page, _ in bad_extractions.drawn():
        if labels[(name, number)] != "between":
            found = task(page.encode())
            told.append((name, labels[(name, number)] == "bad", bool(found["rejected"]) or found["doubt"] >= THRESHOLD))
    hits = sum(1 for _, bad, said in told if bad and said)
    precision = hits / max(1, sum(1 for _, _, said in told if said))
    recall = hits / sum(1 for _, bad, _ in told if bad)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    wrong = {kind: sum(1 for k, bad, said in told if k == kind and bad != said) for kind, _, _ in told}
    print(
        f"bad extractions: F1 {f1:.3f} (precision {precision:.3f}, recall {recall:.3f}) on {len(told)}; wrong {wrong}"
    )
    assert f1 >= FLOORS["bad_extraction_f1"]
