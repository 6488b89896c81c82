"""A stage as a filter: same order, one line out for each line in, rejections included."""

import io
import json
import time

from shared.messages import Article, CleanArticle, RawArticle
from shared.outcomes import Reason, Reject
from shared.topology import CLEANER
from shared.transport.jsonl import completed, run


def work(raw: RawArticle) -> CleanArticle:
    if raw.content == "slow":
        time.sleep(0.3)
    if raw.content == "no":
        raise Reject(Reason.EMPTY, "as asked")
    return CleanArticle(**{name: getattr(raw, name) for name in Article.__struct_fields__}, title=raw.content)


def prepare():
    return work


def test_lines_come_out_in_the_order_they_went_in():
    contents = ["slow", "a", "no", "b", "slow", "c"]
    lines = [json.dumps({"url": f"https://example.org/{n}", "content": c}).encode() for n, c in enumerate(contents)]
    lines.insert(3, b"not json")
    out, err = io.BytesIO(), io.StringIO()
    run(CLEANER, prepare, [*lines, b"\n"], out, err, workers=2)
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [answer.get("title") or answer["rejected"] for answer in answers] == [
        "slow",
        "a",
        "empty",
        "undecodable",
        "b",
        "slow",
        "c",
    ]
    assert answers[2]["url"] == "https://example.org/2"
    assert set(json.loads(err.getvalue())) == {"cpu_seconds", "peak_mib"}


def test_absent_fields_are_filled_in_and_given_ones_kept():
    given = {"url": "https://example.org/a", "content": "x", "revision": 9}
    message = json.loads(completed(json.dumps(given).encode()))
    assert message | given == message
    assert len(message["article_id"]) == 32
    assert json.loads(completed(b'{"title": "no address"}'))["url"].startswith("urn:wireroom:file:")
