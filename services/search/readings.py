"""What the processes of the pipeline said last, and what that adds up to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from prometheus_client.metrics_core import Metric

Labels = frozenset[tuple[str, str]]
Samples = Mapping[tuple[str, Labels], float]


class Reading(NamedTuple):
    """The metrics of one process."""

    families: Sequence[Metric]
    stage: str = ""  # which it was asked for; '' is this process itself, of whatever stages
    address: str = ""  # host:port
    fault: str = ""  # why it does not answer now; then the families are the last that were read


def of_this_process(collect: Callable[[], Iterable[Metric]]) -> Callable[[], list[Reading]]:
    """The only reading where all stages are in this process, e.g. of `prometheus_client.REGISTRY.collect`."""
    return lambda: [Reading(list(collect()))]


def samples_of(readings: Iterable[Reading]) -> Samples:
    """The samples of several processes as one table.

    Counters and histograms are summed. Of gauges the largest counts, since a process that has nothing to do with a
    gauge exports it as 0, and what a process said before it went away counts only where nobody says it now: a
    partition that it had may be another's.
    """
    table: dict[tuple[str, Labels], float] = {}
    said_now: set[tuple[str, Labels]] = set()
    for reading in sorted(readings, key=lambda reading: bool(reading.fault)):
        for family in reading.families:
            for sample in family.samples:
                key = sample.name, frozenset(sample.labels.items())
                if family.type != "gauge":
                    table[key] = table.get(key, 0.0) + sample.value
                elif not reading.fault:
                    table[key] = max(table.get(key, sample.value), sample.value)
                    said_now.add(key)
                elif key not in said_now:
                    table[key] = max(table.get(key, sample.value), sample.value)
    return table


def by(samples: Samples, name: str, label: str, **fixed: str) -> dict[str, float]:
    """The values of a metric by one label, sorted by label, where the `fixed` labels have these values."""
    found: dict[str, float] = {}
    for (sample, labels), value in samples.items():
        given = dict(labels)
        if sample == name and label in given and fixed.items() <= given.items():
            found[given[label]] = found.get(given[label], 0.0) + value
    return dict(sorted(found.items()))


class Finished:
    """Messages that each stage has finished since the first look, while its processes come, go and start again.

    A count that fell began anew. The first answer of a process says what it did before anybody looked, and adds
    nothing.
    """

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], dict[str, float]] = {}
        self._total: dict[str, float] = {}

    def after(self, readings: Iterable[Reading]) -> dict[str, float]:
        """The totals by stage once these are counted."""
        known, self._last = self._last, {}
        for reading in readings:
            process = reading.stage, reading.address
            if reading.fault and process not in known:
                continue  # it has not answered yet
            counts = by(samples_of([reading]), "wireroom_messages_total", "stage")
            if process in known:
                for stage, count in counts.items():
                    before = known[process].get(stage, 0.0)
                    self._total[stage] = self._total.get(stage, 0.0) + (count - before if count >= before else count)
            self._last[process] = counts
        return dict(self._total)
