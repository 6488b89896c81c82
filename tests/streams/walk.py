"""The whole system as processes, and the account that must close: every URL of the origin has exactly one fate."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.request import Request, urlopen

from shared.identity import identity_key
from shared.searchindex.document import Document
from shared.searchindex.opensearch_document import document_of
from shared.searchindex.opensearch_settings import OpenSearchSettings
from shared.topology import ENRICHED, STAGES, TOPICS
from tests.streams.bus import Bus
from tests.streams.origin import Expected, hosts
from tests.streams.process import Process

MODULES: dict[str, list[str]] = {
    "fetcher": ["services.fetcher", "run"],
    **{stage.name: [f"services.{stage.name}"] for stage in STAGES[1:]},
}


class Walk:
    """Fetcher, cleaner, tagger, enricher, indexer and profiler, over one bus into one index.

    Args:
        sources: text of the sources.toml.
        commands: module and arguments in place of the usual ones, by stage: for mutants.
    """

    def __init__(
        self,
        folder: Path,
        bus: Bus,
        index: OpenSearchSettings,
        sources: str,
        commands: Mapping[str, list[str]] | None = None,
        **settings: object,
    ) -> None:
        self.folder, self.bus, self.index = folder, bus, index
        (folder / "sources.toml").write_text(sources)
        self._commands = MODULES | dict(commands or {})
        self._settings = {
            **bus.settings,
            "data_folder": folder / "fetcher",
            "sources_file": folder / "sources.toml",
            "allow_addresses": ",".join(hosts(sources)),
            "delay_seconds": 0,
            "page_total_seconds": 8,
            "backoff_seconds": 2,
            "page_retry_seconds": 2,
            "indexer_retry_longest_seconds": 2,
            "opensearch_url": index.opensearch_url,
            "opensearch_alias": index.opensearch_alias,
            "commit_seconds": 0.5,
            **settings,
        }
        self.processes: dict[str, Process] = {}
        self.kills: list[dict[str, object]] = []
        self.crashes: Counter[str] = Counter()  # ends that nobody asked for

    def start(self, *names: str) -> None:
        for name in names or self._commands:
            module, *arguments = self._commands[name]
            self.processes[name] = Process(module, self.folder / f"{name}.log", self._settings, arguments)

    def tend(self) -> None:
        """What the platform does: a process that has ended is started again."""
        for name, process in list(self.processes.items()):
            if not process.running:
                assert process.status == 1, f"{name} ended with {process.status}: {self.tail(name)}"
                self.crashes[name] += 1
                self.start(name)

    def in_flight(self, name: str) -> int:
        """Messages that a process has taken and not finished with.

        The profiler's batches last milliseconds: of it, what it reads its way through and has not put in its store.
        """
        if name == "profiler":
            return self.bus.lag(name, ENRICHED) if self.processes[name].ready else 0
        line = "wireroom_outbox_messages" if name == "fetcher" else f'wireroom_in_flight_messages{{stage="{name}"}}'
        return int(self.processes[name].metric(line))

    def kill(self, name: str) -> bool:
        """SIGKILL, if messages are in flight; logged with how many. Then the process is started again."""
        flying = self.in_flight(name)
        if not flying:
            return False
        self.processes[name].kill()
        self.kills.append({"stage": name, "in_flight": flying})
        self.start(name)
        return True

    def close(self) -> None:
        for process in self.processes.values():
            process.thaw()
            process.kill()

    def tail(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-1500:]

    def documents(self) -> list[Document]:
        """Everything behind the alias, withdrawn articles too."""
        base = f"{self.index.opensearch_url}/{self.index.opensearch_alias}"
        body = json.dumps({"size": 10_000, "_source": ["document"]}).encode()
        options = "?ignore_unavailable=true&allow_no_indices=true"
        with urlopen(Request(f"{base}/_refresh{options}", method="POST"), timeout=30):
            pass
        ask = Request(f"{base}/_search{options}", body, {"Content-Type": "application/json"})
        with urlopen(ask, timeout=60) as answer:
            hits = json.load(answer)["hits"]["hits"]
        return [document_of(hit) for hit in hits]

    def parked(self) -> dict[str, list[tuple[int, str]]]:
        """(revision, reason) of what stands on the rejected topics, by identity key."""
        found = defaultdict(list)
        for topic in TOPICS:
            for record in self.bus.read(topic.rejected):
                facts = json.loads(record.value or b"{}")
                found[identity_key(facts["url"])].append((facts["revision"], record.head["parked_reason"]))
        return found

    def wrong(self, expected: Sequence[Expected]) -> list[str]:
        """What is not as the origin has it, a line each; empty when the account closes."""
        documents = defaultdict(list)
        for document in self.documents():
            documents[identity_key(document.url)].append(document)
        parked = self.parked()
        lines = [f"{key} was never published" for key in documents.keys() - set().union(*(e.keys for e in expected))]
        for one in expected:
            name = min(one.keys)
            there = [document for key in one.keys for document in documents[key]]
            reasons = [reason for key in one.keys for _, reason in parked.get(key, ())]
            if len(there) > 1:
                lines.append(f"{name} is indexed {len(there)} times")
            elif one.state in ("refused", "withdrawn"):  # a withdrawn one may have been gone before it was fetched
                lines += [f"{name} is {one.state} and can be found"] if there and not there[0].withdrawn else []
            elif not there and not reasons:
                lines.append(f"{name} is neither indexed nor parked ({one.state})")
            elif one.state in ("live", "teaser"):
                lines += _stale(name, one, there[0]) if there else [f"{name} is parked: {reasons}"]
        return lines


def _stale(name: str, expected: Expected, document: Document) -> list[str]:
    missing = [word for word in expected.words if word not in f"{document.title} {document.article.text}"]
    if document.withdrawn:
        return [f"{name} is live and indexed as withdrawn"]
    if expected.state == "live" and (document.title != expected.title or missing):
        return [f"{name} is not the newest revision: {document.title!r}, without {missing}"]
    return []
