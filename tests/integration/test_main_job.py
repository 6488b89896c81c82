"""`make run` as a user meets it: everything becomes searchable, edits are followed, a second run adds nothing."""

import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.identity import article_id
from tests.fixtures.account import found, unaccounted
from tests.fixtures.main_job import MainJob, until

SETTLED_SECONDS = 34  # of the newsroom's timeline: the last edit but for the slow trickle


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory):
    job = MainJob(tmp_path_factory.mktemp("job"))
    job.start()
    yield job
    if job.process is not None and job.process.poll() is None:
        job.end(signal.SIGKILL)


def test_every_article_of_the_newsroom_meets_its_fate(job: MainJob):
    assert until(lambda: any(line["state"] == "withdrawn" for line in job.truth()), 90), job.folder
    assert until(lambda: any(line["revision"] > 1 for line in job.truth()), 60)
    settled = until(lambda: len(job.truth()) >= 50 and not unaccounted(job), 120)
    assert settled, "\n".join(unaccounted(job))


def test_each_language_is_found_by_its_words_with_highlights_and_facets(job: MainJob):
    live = [line for line in job.truth() if line["state"] == "live"]
    assert len(live) >= 36
    languages = {line["language"].split("-")[0] for line in live}
    assert len(languages) >= 8
    assert "zh" in languages
    for language in languages:
        line = next(line for line in live if line["language"].split("-")[0] == language)
        hit = found(job, line)
        assert hit is not None
        assert hit["snippet"]["marks"] or hit["title"]["marks"], f"nothing is marked in {line['url']}"
        assert hit["lang"].split("-")[0] in (language, {"no": "nb"}.get(language)), line["url"]
    facets = job.search("")["facets"]
    assert {bucket["value"] for bucket in facets["source"]} == {line["source"] for line in live}


def test_edits_show_their_newest_text_and_the_withdrawn_article_is_gone(job: MainJob):
    edited = [line for line in job.truth() if line["state"] == "live" and line["revision"] > 1]
    assert edited
    for line in edited:
        status, article = job.article(article_id(line["url"]))
        assert status == 200
        assert article["title"] == line["title"]
    (gone,) = [line for line in job.truth() if line["state"] == "withdrawn"]
    assert found(job, gone) is None


def test_the_sums_close(job: MainJob):
    status = job.get("/api/status")
    stages = {stage["stage"]: stage for stage in status["stages"]}
    into = stages["fetcher"]["passed"]
    assert into == stages["cleaner"]["passed"] + stages["cleaner"]["rejected"]
    assert stages["cleaner"]["passed"] == stages["tagger"]["passed"] + stages["tagger"]["rejected"]
    assert stages["tagger"]["passed"] == stages["enricher"]["passed"] + stages["enricher"]["rejected"]
    assert stages["enricher"]["passed"] == stages["indexer"]["passed"] + stages["indexer"]["rejected"]
    assert status["documents"] == job.search("")["total"]


def test_interrupt_ends_it_and_a_second_run_fetches_and_doubles_nothing(job: MainJob):
    before = job.search("")["total"]
    status, seconds = job.end(signal.SIGINT)
    assert status == 0
    assert seconds < 10, "the promise is five seconds; ten leave room for a busy machine"
    fetched = len([event for event in job.events("url") if event["outcome"] == "fetched"])
    restarted = datetime.now(UTC)
    job.start()
    assert until(lambda: job.search("")["total"] >= before, 60)

    def asked_again() -> bool:
        feeds = [feed for feed in job.get("/api/sources")["feeds"] if feed["outcome"] == "not_modified"]
        return any(datetime.fromisoformat(feed["asked_at"]) > restarted for feed in feeds)

    assert until(asked_again, 60)
    assert until(lambda: not unaccounted(job), 90), "\n".join(unaccounted(job))
    again = len([event for event in job.events("url") if event["outcome"] == "fetched"])
    new = job.search("")["total"] - before
    assert again - fetched <= new + 1, "pages that had not changed were fetched again"


@pytest.mark.parametrize("second", ["port", "folder"])
def test_a_second_job_is_told_what_is_in_its_way(job: MainJob, tmp_path: Path, second: str):
    other = MainJob(tmp_path)
    if second == "port":
        other.port = job.port
    else:
        (tmp_path / "data").symlink_to(job.folder / "data")
    other.start()
    assert other.process is not None
    assert other.process.wait(60) == 2
    said = (tmp_path / "job.err").read_text()
    assert (str(job.port) if second == "port" else "already works") in said
    assert "Traceback" not in said


def test_killed_while_articles_appear_it_loses_nothing(tmp_path: Path):
    job = MainJob(tmp_path)
    for seconds in (3.0, 2.0, 4.0):  # tests/faults kills it twenty times
        job.start()
        time.sleep(seconds)
        job.end(signal.SIGKILL)
    job.start()
    try:
        assert until(lambda: not unaccounted(job), 120), "\n".join(unaccounted(job))
        assert job.search("")["total"] == sum(line["state"] in ("live", "teaser") for line in job.truth())
    finally:
        job.end(signal.SIGKILL)
