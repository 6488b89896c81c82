"""Twenty times SIGKILL at random while articles appear: at the end every URL of the newsroom has exactly one fate."""

import random
import signal
import time
from pathlib import Path

from tests.fixtures.account import unaccounted
from tests.fixtures.main_job import MainJob, until

KILLS, SEED = 20, 2026


def test_killed_at_random_loses_nothing_and_doubles_nothing(tmp_path: Path):
    chance = random.Random(SEED)
    job = MainJob(tmp_path)
    for kill in range(KILLS):
        job.start()
        time.sleep(chance.uniform(0.5, 6.0))
        assert job.process is not None
        assert job.process.poll() is None, (tmp_path / "job.err").read_text()[-2000:]
        job.end(signal.SIGKILL)
        print(f"kill {kill + 1} of {KILLS}")
    job.start()
    try:
        assert until(lambda: not unaccounted(job), 240), "\n".join(unaccounted(job))
        live = sum(line["state"] in ("live", "teaser") for line in job.truth())
        assert job.search("")["total"] == live
    finally:
        job.end(signal.SIGKILL)
