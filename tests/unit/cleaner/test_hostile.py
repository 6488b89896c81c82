"""Hostile pages end as an article or as a rejection with its reason, in bounded time and memory, beside good ones."""

import io
import json
import time

import pytest

from services.cleaner.work import prepare
from shared.topology import CLEANER
from shared.transport.jsonl import run
from tests.unit.cleaner import hostile

pytestmark = pytest.mark.slow
ARTICLES = {"div_300_deep", "json_ld_200k_deep", "odd_characters"}
GOOD = json.dumps(
    {"url": "https://good.example/pier", "content": f"<html><body>{hostile.STORY}</body></html>"}
).encode()


@pytest.fixture(scope="module")
def answers() -> dict[str, dict[str, object]]:
    """What the filter answers to every shape and to a good page after each, one worker under 1 GiB, 5 s a page."""
    lines = [line for shape in hostile.lines() for line in (shape, GOOD)]
    out, err = io.BytesIO(), io.StringIO()
    started = time.monotonic()
    run(CLEANER, prepare, lines, out, err, workers=1, deadline_seconds=5.0, memory_bytes=1 << 30)
    answered = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(answered) == len(lines)
    return {
        **{name: answered[2 * n] for n, name in enumerate(hostile.SHAPES)},
        "good": {"texts": [answer.get("text", "") for answer in answered[1::2]]},
        "all": {"seconds": time.monotonic() - started},
    }


@pytest.mark.parametrize("shape", hostile.SHAPES)
def test_each_shape_has_an_answer(shape: str, answers: dict[str, dict[str, object]]) -> None:
    answer = answers[shape]
    if shape in ARTICLES:
        assert str(answer["text"]).count("voted on Tuesday") == 12
    else:
        assert answer["rejected"] in ("html_limits", "timeout", "too_large")
        assert answer["detail"]


def test_good_pages_between_them_are_untouched(answers: dict[str, dict[str, object]]) -> None:
    texts = answers["good"]["texts"]
    assert isinstance(texts, list)
    assert len(set(texts)) == 1
    assert texts[0].count("voted on Tuesday") == 12


@pytest.mark.parametrize("shape", sorted(set(hostile.SHAPES) - ARTICLES))
def test_the_limits_answer_before_the_deadline_does(shape: str, answers: dict[str, dict[str, object]]) -> None:
    assert answers[shape]["rejected"] == "html_limits"
