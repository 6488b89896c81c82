"""A service as a process of its own: output in files, health pages read, ended by its pid."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.servers.kafka_broker import free_port

ROOT = Path(__file__).parents[2]


def wait_until(what: str, true: Callable[[], object], seconds: float = 240.0) -> None:
    """Returns as soon as `true()` is; the deadline is generous, because the machine may be busy.

    Raises:
        AssertionError: `what` did not come true in time.
    """
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what}")
        time.sleep(0.1)


class Process:
    """One `python -m MODULE`, started at once.

    Args:
        log: file that output is appended to; processes in a row may share it.
        settings: `WIREROOM_...` variables by their names in lower case, without the prefix.
    """

    def __init__(
        self,
        module: str,
        log: Path,
        settings: Mapping[str, object],
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.port = free_port()
        self.log = log
        variables = {f"WIREROOM_{name.upper()}": str(value) for name, value in settings.items()}
        variables |= {"WIREROOM_METRICS_PORT": str(self.port), "PYTHONUNBUFFERED": "1", **(environment or {})}
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env=os.environ | variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def status(self) -> int | None:
        return self._process.poll()

    def kill(self) -> None:
        """SIGKILL."""
        self._send(signal.SIGKILL)
        self._process.wait()

    def stop(self, seconds: float = 60.0) -> int:
        """SIGTERM. Returns the exit status; a process that does not end is killed and gives -9."""
        self._send(signal.SIGTERM)
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._process.wait()

    def freeze(self) -> None:
        """SIGSTOP: the process is there and does nothing."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._send(signal.SIGCONT)

    def wait(self, seconds: float = 240.0) -> int:
        """The exit status of a process that ends by itself."""
        return self._process.wait(seconds)

    def get(self, path: str) -> tuple[int, str]:
        """(status, text) of one of its pages; (0, why) where nothing answers."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    @property
    def ready(self) -> bool:
        return self.get("/readyz")[0] == 200

    def metric(self, line: str) -> float:
        """The value of a metric, named as its line begins on /metrics: `name{label="x"}`; 0 where there is none."""
        for text in self.get("/metrics")[1].splitlines():
            if text.startswith(line + " "):
                return float(text.rpartition(" ")[2])
        return 0.0

    def _send(self, number: signal.Signals) -> None:
        if self.running:
            os.kill(self.pid, number)
