"""The cleaner's quality against plain trafilatura in the same run, and its floors.

Floors are gains over the baseline, so that they hold on any machine and for any half of the data, and belong to one
corpus digest. A floor is raised by hand when a change earns it, and never lowered in silence.
"""

import json
from pathlib import Path

import pytest

from tests.quality import corpus, measure

RECORD = json.loads(Path(__file__).with_name("floors.json").read_text(encoding="utf-8"))["cleaner"]
FLOORS = RECORD["floors"]
pytestmark = pytest.mark.skipif(not corpus.present(), reason=f"no evaluation pages under {corpus.PAGES}")


@pytest.fixture(scope="module")
def run() -> measure.Run:
    measured = measure.measure()
    print(f"\n{'':<34} {'pages':>5} {'B0':>8} {'ours':>8} {'gain':>8}  95 % interval of the gain")
    for figure in measured.compared():
        print(figure.row())
    print(measured.speed())
    return measured


def test_floors_are_for_this_corpus() -> None:
    assert RECORD["digest"] == corpus.digest(), "the data changed: measure again and set the floors anew"


def test_no_gain_is_below_its_floor(run: measure.Run) -> None:
    below = {
        figure.name: (round(figure.gain, 4), FLOORS[f"gain {figure.name}"])
        for figure in run.compared()
        if figure.gain < FLOORS[f"gain {figure.name}"]
    }
    assert not below


def test_worker_memory(run: measure.Run) -> None:
    peak = max(ours["peak_mib"] for rows in run.pages.values() for _, _, ours in rows)
    assert peak <= FLOORS["max_worker_mib"]


def test_confidence_means_what_it_says(run: measure.Run) -> None:
    for name, (pages, ece, low, high) in run.calibration().items():
        print(f"calibration error of {name} confidence: {ece:.3f} [{low:.3f}, {high:.3f}] on {pages} pages")
        assert ece <= FLOORS[f"max_calibration_error {name}"]


def test_injected_junk_is_cut() -> None:
    pages, clean, consent, scraped = measure.recovered()
    print(f"injected: {pages} texts, clean {clean:.4f}, consent tail {consent:.4f}, scraped {scraped:.4f}")
    assert clean - consent <= FLOORS["max_injected_loss"]
    assert clean - scraped <= FLOORS["max_injected_loss"]
