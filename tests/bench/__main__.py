"""`make bench`: articles per CPU second, per stage and for the walk, beside plain trafilatura on the same pages.

CPU time inside the stage, start-up left out; each stage in a process of its own, so its peak memory is its own. The
absolute figures are this machine's; the ratios are what to compare.
"""

import argparse
import gzip
import json
import subprocess
import sys
import time
from pathlib import Path

from shared.observe.memory import peak_mib
from shared.topology import MIDDLE

ROOT = Path(__file__).parent.parent.parent
PAGES = ROOT.parent / "shared" / "data" / "pages"
SETS = ("article-extraction-benchmark", "fundus-tests")


def pages(limit: int) -> list[bytes]:
    """JSON lines with `url` and `content`: real pages beside the checkout, else the project's own fixtures."""
    lines = []
    for name in SETS:
        file = PAGES / f"{name}.jsonl.gz"
        if file.is_file():
            with gzip.open(file) as stream:
                given = [json.loads(line) for line in stream]
            lines += [{"url": page["url"], "content": page["html"]} for page in given[:limit]]
    if not lines:
        print("no ../shared/data: measuring the project's own few pages, which say little", file=sys.stderr)
        for file in sorted((ROOT / "tests" / "fixtures" / "articles").glob("*/page.html")):
            lines.append({"url": f"https://example.org/{file.parent.name}", "content": file.read_text("utf-8")})
    return [json.dumps(line).encode() for line in lines]


def filtered(module: str, lines: list[bytes]) -> tuple[list[bytes], float, int]:
    """Lines through a filter: its output, its CPU seconds, and the peak memory of the largest process, in MiB."""
    result = subprocess.run(
        [sys.executable, "-m", module, "--jsonl"], input=b"\n".join(lines), capture_output=True, cwd=ROOT, check=True
    )
    told = json.loads(result.stderr.splitlines()[-1])
    return result.stdout.splitlines(), told["cpu_seconds"], told["peak_mib"]


def baseline() -> None:
    """Plain trafilatura with metadata as a filter with the same last line: what everybody would write first."""
    import trafilatura

    seconds = 0.0
    for number, line in enumerate([*sys.stdin.buffer]):
        page = json.loads(line)
        started = time.process_time()
        trafilatura.bare_extraction(page["content"], url=page["url"], with_metadata=True, include_comments=False)
        if number:  # the first page pays for tables that are built once in each process
            seconds += time.process_time() - started
    peak = round(peak_mib())
    print(json.dumps({"cpu_seconds": seconds, "peak_mib": peak}), file=sys.stderr)


def report(name: str, count: int, seconds: float, memory: int, ratio: float | None) -> None:
    rate = f"{count / seconds:10.1f}" if seconds else "         -"
    beside = f"{ratio:8.2f}" if ratio else "       -"
    print(f"{name:<22}{count:>7}{rate}{seconds / max(count, 1) * 1000:>10.2f}{memory:>8}{beside}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--pages", type=int, default=95, help="from each set, at most")
    parser.add_argument("--baseline", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.baseline:
        baseline()
        return
    lines = pages(options.pages)
    print(f"{'':<22}{'pages':>7}{'per CPU s':>10}{'CPU ms':>10}{'MiB':>8}{'ratio':>8}")
    plain = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--baseline"], input=b"\n".join(lines), capture_output=True, check=True
    )
    base = json.loads(plain.stderr.splitlines()[-1])
    report("plain trafilatura", len(lines), base["cpu_seconds"], base["peak_mib"], 1.0)
    walk = 0.0
    for stage in MIDDLE:
        out, seconds, memory = filtered(f"services.{stage.name}", lines)
        walk += seconds
        report(stage.name, len(lines), seconds, memory, base["cpu_seconds"] / seconds if stage is MIDDLE[0] else None)
        lines = [line for line in out if b'"rejected"' not in line[:200]]
    report("the walk", len(lines), walk, 0, base["cpu_seconds"] / walk)


if __name__ == "__main__":
    main()
