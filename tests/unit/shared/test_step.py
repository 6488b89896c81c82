"""One message through one stage: whatever happens is an outcome, never an exception."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codec import decode, encode
from shared.messages import Article, CleanArticle, RawArticle, Source, TaggedArticle
from shared.outcomes import Reason, Reject
from shared.topology import CLEANER, FETCHER, MAX_MESSAGE_BYTES, TAGGER
from shared.transport.memory import walk
from shared.transport.step import peek, step

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
RAW = RawArticle(
    article_id="0123456789abcdef" * 2,
    revision=7,
    url="https://example.org/a",
    source=Source(id="s"),
    first_seen_at=NOW,
    discovered_at=NOW,
    fetched_at=NOW,
    content="<p>x</p>",
)


def clean(raw: RawArticle) -> CleanArticle:
    base = {name: getattr(raw, name) for name in Article.__struct_fields__}
    return CleanArticle(**base, title="A", text=raw.content)


def fails(error: Exception):
    def work(_: RawArticle) -> CleanArticle:
        raise error

    return work


def test_a_good_message_passes_with_its_identity():
    done = step(CLEANER, clean, encode(RAW))
    assert (done.outcome, done.stage, done.article_id, done.revision, done.url) == (
        "passed",
        "cleaner",
        RAW.article_id,
        7,
        RAW.url,
    )
    assert decode(done.out or b"", CleanArticle).text == "<p>x</p>"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Reject(Reason.EMPTY, "nothing"), Reason.EMPTY),
        (MemoryError(), Reason.OUT_OF_MEMORY),
        (RecursionError("too deep"), Reason.CRASHED),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), Reason.UNDECODABLE),
    ],
)
def test_what_the_work_raises_becomes_a_reason(error: Exception, reason: Reason):
    done = step(CLEANER, fails(error), encode(RAW))
    assert (done.outcome, done.reason, done.out, done.article_id) == ("rejected", reason, None, RAW.article_id)


@given(st.binary(max_size=200))
def test_any_bytes_give_an_outcome(data: bytes):
    assert step(CLEANER, clean, data).outcome in ("passed", "rejected")


def test_a_message_over_the_limit_is_too_large_and_one_at_the_limit_passes():
    def padded(size: int) -> CleanArticle:
        empty = clean(msgspec.structs.replace(RAW, content=""))
        return msgspec.structs.replace(empty, title="x" * (size - len(encode(empty)) + 1))

    assert step(CLEANER, lambda _: padded(MAX_MESSAGE_BYTES), encode(RAW)).outcome == "passed"
    assert step(CLEANER, lambda _: padded(MAX_MESSAGE_BYTES + 1), encode(RAW)).reason == Reason.TOO_LARGE


def test_a_withdrawn_article_passes_untouched_and_without_content():
    withdrawn = msgspec.structs.replace(RAW, state="withdrawn", content="")
    done = step(CLEANER, fails(AssertionError("the stage was called")), encode(withdrawn))
    after = decode(done.out or b"", CleanArticle)
    assert (after.state, after.text, after.article_id, after.revision) == ("withdrawn", "", RAW.article_id, 7)


def test_only_a_stage_in_the_middle_steps():
    with pytest.raises(ValueError, match="fetcher"):
        step(FETCHER, clean, encode(RAW))


def test_a_walk_ends_where_a_stage_declines():
    def tag(article: CleanArticle) -> TaggedArticle:
        raise Reject(Reason.NO_ARTICLE)

    passed, declined = walk([(CLEANER, clean), (TAGGER, tag), (TAGGER, tag)], encode(RAW))
    assert (passed.stage, passed.outcome) == ("cleaner", "passed")
    assert (declined.stage, declined.reason) == ("tagger", Reason.NO_ARTICLE)


def test_peek_reads_the_identity_of_any_message_and_nothing_of_garbage():
    assert peek(encode(RAW)) == (RAW.article_id, 7, RAW.url)
    assert peek(b"\xff") == peek(b"[]") == ("", 0, "")
