"""How much memory a process has needed at most."""

import re
import resource
from pathlib import Path

_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


def peak_mib() -> float:
    """Peak resident memory of this process, MiB.

    `VmHWM` of proc(5) where there is one: the `ru_maxrss` of getrusage(2) starts a child with the size of its parent.
    """
    try:
        found = _PEAK.search(Path("/proc/self/status").read_text(encoding="ascii"))
    except OSError:
        found = None
    return int(found[1]) / 1024 if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
