"""What is asked next, of whom and when. In memory only: the store's queue is what counts."""

from collections.abc import Iterable, Sequence

from services.fetcher.agenda import Agenda
from services.fetcher.means import Means
from services.fetcher.records import Job
from services.fetcher.sources import SourceConfig


class Plan:
    """The next job of every origin that is free. A feed goes before pages, but pages have their turn after it."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._agenda = Agenda()
        self._jobs: dict[str, Job] = {}  # the next one of an origin, where it is known; one that changed is not claimed
        self._busy: set[str] = set()
        self._fed: set[str] = set()  # origins whose last request was for a feed

    def adopt(self, sources: Sequence[SourceConfig]) -> None:
        """From now on these sources are asked; origins that are busy find their place when they are free."""
        self._jobs.clear()
        self._means.store.adopt(sources, self._means.clock.now())
        for job, at in self._means.store.first_jobs():
            if job.origin in self._busy:
                continue
            if job.kind == "feed":  # a page may have to wait for a feed that falls due behind it
                self._jobs[job.origin] = job
            self._agenda.put(job.origin, at)

    def next_at(self) -> float | None:
        """When the next job may start; None when there is none."""
        return self._agenda.next_at()

    def take(self) -> Job | None:
        """A job that may start now; its origin is busy from now on. None when there is none."""
        now = self._means.clock.now()
        while (origin := self._agenda.take(now)) is not None:
            job = self._jobs.pop(origin, None) or self._next(origin, now)
            if job is not None and job.due_at <= now:
                self._busy.add(origin)
                return job
            if job is not None:  # what was due there is no longer asked for
                self._put(origin, job)
        return None

    def free(self, job: Job, named: Iterable[str]) -> None:
        """A job has ended, and there is something to ask of the origins that it `named`."""
        self._busy.discard(job.origin)
        if job.kind == "feed":
            self._fed.add(job.origin)
        else:
            self._fed.discard(job.origin)
        self.look({job.origin, *named})

    def look(self, origins: Iterable[str]) -> None:
        """What these are to be asked next may have changed."""
        now = self._means.clock.now()
        for origin in origins:
            if origin not in self._busy and (job := self._next(origin, now)):
                self._put(origin, job)

    def _next(self, origin: str, now: float) -> Job | None:
        at = max(now, self._means.manners.gates.ready_at(origin))
        return self._means.store.next_job(origin, at, feeds_first=origin not in self._fed)

    def _put(self, origin: str, job: Job) -> None:
        self._jobs[origin] = job
        self._agenda.put(origin, max(job.due_at, self._means.manners.gates.ready_at(origin)))
