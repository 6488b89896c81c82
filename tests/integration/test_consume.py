"""The programs of docs/consume.md, taken from the page and run against a real broker with golden messages."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shared.codec import decode, encode
from shared.messages import EnrichedArticle
from shared.outcomes import Done
from shared.topology import ENRICHED, ENRICHER, RAW
from shared.transport.envelope import event_headers
from shared.transport.step import withdrawn_as
from tests.fixtures.streams import fresh_prefix
from tests.streams.bus import Bus, page
from tests.streams.process import wait_until

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[2]
NOTE = "<!-- run by tests/integration/test_consume.py -->\n"
PROGRAMS = re.findall(re.escape(NOTE) + r"```python\n(.*?)^```$", (ROOT / "docs/consume.md").read_text(), re.M | re.S)
KAFKA_PYTHON, FAUST, REPLAY = PROGRAMS
GOLDEN = sorted((ROOT / "tests/fixtures/articles").glob("*/enricher.json"))
PARKED = ["parked_stage", "parked_reason", "parked_detail", "parked_at", "parked_topic"]

Run = Callable[..., "Reader"]


class Reader:
    """A program of the page as a process; what it printed, a line each."""

    def __init__(self, program: str, folder: Path, arguments: tuple[str, ...]) -> None:
        file = folder / "reader.py"
        file.write_text(program, encoding="utf-8")
        self._output = folder / "output"
        self._errors = folder / "errors"
        with self._output.open("wb") as output, self._errors.open("wb") as errors:
            command = [sys.executable, str(file), *arguments]
            self.process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=errors)

    @property
    def lines(self) -> list[str]:
        return self._output.read_text(encoding="utf-8").splitlines()

    @property
    def errors(self) -> str:
        return self._errors.read_text(encoding="utf-8")

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Says what the program said when something fails within."""
        try:
            yield
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.errors[-3000:]}") from None

    def articles(self) -> dict[str, list[tuple[int, str, str]]]:
        """What was printed by article: (revision, language, title or `withdrawn`) in order."""
        assert self.process.poll() is None, f"it ended with status {self.process.poll()}"
        found: dict[str, list[tuple[int, str, str]]] = {}
        for line in [*self.lines, *self.errors.splitlines()]:  # a Faust worker logs what the program prints
            if match := re.search(r"\b([0-9a-f]{32}) (\d+) (\S+) (.*?) *$", line):
                found.setdefault(match[1], []).append((int(match[2]), match[3], match[4]))
        return found


@pytest.fixture
def enriched(kafka: str) -> Iterator[Bus]:
    one = Bus(kafka, fresh_prefix(), (RAW, ENRICHED))
    yield one
    one.close()


@pytest.fixture
def run(enriched: Bus, tmp_path: Path) -> Iterator[Run]:
    """Runs a program of the page with the broker, topics and group of this test in place of the page's."""
    started: list[Reader] = []

    def one(program: str, *arguments: str) -> Reader:
        for there, here in (("127.0.0.1:9092", enriched.address), ('"article.', f'"{enriched.prefix}article.'),
                            ('"my-', f'"{enriched.prefix}my-')):  # fmt: skip
            assert there in program
            program = program.replace(there, here)
        started.append(Reader(program, tmp_path, arguments))
        return started[-1]

    yield one
    for reader in started:
        reader.process.kill()
        reader.process.wait()


def publish(bus: Bus, articles: list[EnrichedArticle]) -> None:
    """As the enricher sends them."""
    for one in articles:
        facts = {"article_id": one.article_id, "revision": one.revision, "generation": one.generation}
        headers = event_headers(Done(stage=ENRICHER.name, outcome="passed", **facts), ENRICHED.name, ())
        bus.send(ENRICHED, [(one.article_id.encode(), encode(one))], headers)


def golden() -> list[EnrichedArticle]:
    """The golden articles, and the first of them edited and then withdrawn."""
    articles = [decode(file.read_bytes(), EnrichedArticle) for file in GOLDEN]
    assert len(articles) >= 3, "run `make golden`"
    facts = {name: getattr(articles[0], name) for name in articles[0].__struct_fields__}
    edited = EnrichedArticle(**facts | {"revision": articles[0].revision + 1, "title": "Edited"})
    gone = EnrichedArticle(**facts | {"revision": articles[0].revision + 2, "state": "withdrawn"})
    withdrawn = withdrawn_as(gone, EnrichedArticle)
    assert isinstance(withdrawn, EnrichedArticle)
    return [*articles, edited, withdrawn]


READERS = [
    pytest.param(KAFKA_PYTHON, (), "my-team", id="kafka-python"),
    pytest.param(FAUST, ("worker", "--without-web"), "my-team-faust", id="faust"),
]


@pytest.mark.parametrize(("program", "arguments", "group"), READERS)
def test_a_reader_sees_every_revision_in_order_and_acknowledges_it(
    enriched: Bus, run: Run, program: str, arguments: tuple[str, ...], group: str
) -> None:
    articles = golden()
    publish(enriched, articles)
    wanted: dict[str, list[tuple[int, str, str]]] = {}
    for one in articles:
        what = "withdrawn" if one.state == "withdrawn" else one.title
        wanted.setdefault(one.article_id, []).append((one.revision, one.lang, what))

    reader = run(program, *arguments)
    with reader.explained():
        wait_until("all is read", lambda: sum(map(len, reader.articles().values())) >= len(articles))
    assert reader.articles() == wanted
    with reader.explained():
        wait_until("all is acknowledged", lambda: enriched.lag(group, ENRICHED) == 0)


def test_a_replay_sends_what_was_parked_as_it_was(enriched: Bus, run: Run) -> None:
    key, value = page("slow")
    other, refused = page("empty")
    mine = [("ce_id", b"x"), ("odd", b"\xff")]
    for one, body, reason in ((key, value, b"timeout"), (other, refused, b"empty")):
        enriched.send(RAW.rejected, [(one, body)], [*mine, ("parked_reason", reason), ("parked_stage", b"cleaner")])
    reader = run(REPLAY)
    assert reader.process.wait(90) == 0, reader.errors
    (record,) = enriched.read(RAW)
    assert (record.key, record.value, record.headers) == (key, value, mine)
    assert enriched.lag("my-replay", RAW.rejected) == 0


def test_ten_lines_are_enough() -> None:
    assert len([line for line in KAFKA_PYTHON.splitlines() if line.strip()]) == 10
