"""`make backup` and `make restore`: what cannot be had again, out of a running deployment and into a new one.

    python -m deploy.backup save FOLDER      -> fetcher.tar, profiler.tar, articles.jsonl.gz, topics.txt
    python -m deploy.backup restore FOLDER

The order makes it whole. First a copy of the stores: what the fetcher's says was acknowledged is on the bus. Then the
stages work off what waits. Then the index is copied, so that it holds all of that; an article that is in both goes in
twice, with the same result. Not in a backup: parked messages, metrics, and messages on the bus (they are in the index,
or parked).

Other deployments are named by the variables of docker compose (COMPOSE_PROJECT_NAME, COMPOSE_FILE).
"""

import gzip
import shutil
import subprocess
import sys
import time
from pathlib import Path

ARTICLES, TOPICS = "articles.jsonl.gz", "topics.txt"
# Services with a store of their own, and what becomes of it in another deployment: the profiler's read a topic that is
# not that one's, and has published nothing there.
STORES = {"fetcher": "", "profiler": "DELETE FROM place; UPDATE host SET due = 1"}
COMPOSE = ("docker", "compose")
COPY = (Path(__file__).parent / "stores.py").read_text(encoding="utf-8")
DRAIN_SECONDS = 600


class Failed(Exception):
    """The backup is not one. The message says what failed."""


def _run(*arguments: str, source: Path | None = None, target: Path | None = None) -> str:
    """A command of docker compose, its input or output a file."""
    stdin = source.open("rb") if source else subprocess.DEVNULL
    stdout = target.open("wb") if target else subprocess.PIPE
    command = [*COMPOSE, *arguments]
    result = subprocess.run(command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, check=False)  # noqa: S603 - ours
    if result.returncode:
        raise Failed(f"docker compose {' '.join(arguments)[:60]!r}: {result.stderr.decode(errors='replace')[-1000:]}")
    return (result.stdout or b"").decode()


def _drain() -> None:
    """Waits until nothing waits for any stage."""
    until = time.monotonic() + DRAIN_SECONDS
    while True:
        lines = _run("exec", "-T", "indexer", "python", "-m", "shared.transport.lag").splitlines()
        if not [line for line in lines if " 0 waiting" not in line]:
            return
        if time.monotonic() > until:
            raise Failed("the stages do not catch up:\n" + "\n".join(lines))
        time.sleep(2)


def save(folder: Path) -> None:
    """Writes a backup of the running deployment.

    Raises:
        Failed: a part could not be had; the folder is then no backup.
    """
    folder.mkdir(parents=True)
    for service in STORES:
        _run("exec", "-T", service, "python", "-c", COPY, "out", target=folder / f"{service}.tar")
    _drain()
    plain = folder / ARTICLES.removesuffix(".gz")
    _run("exec", "-T", "indexer", "python", "-m", "shared.searchindex", "export", target=plain)
    with plain.open("rb") as file, gzip.open(folder / ARTICLES, "wb") as packed:
        shutil.copyfileobj(file, packed)
    plain.unlink()
    (folder / TOPICS).write_text(_run("exec", "-T", "indexer", "python", "-m", "shared.transport.topics", "--diff"))


def restore(folder: Path) -> None:
    """Puts a backup into a deployment that is up; what is there and newer stays.

    Raises:
        Failed: a part is missing or refused.
    """
    for name in (*(f"{service}.tar" for service in STORES), ARTICLES):
        if not (folder / name).is_file():
            raise Failed(f"{folder} is no backup: it has no {name}")
    _run("stop", *STORES)
    for service, then in STORES.items():
        inside = ("--entrypoint", "python", service, "-c", COPY, "into", then)
        _run("run", "--rm", "-T", "--no-deps", *inside, source=folder / f"{service}.tar")
    plain = folder / ".articles.jsonl"
    with gzip.open(folder / ARTICLES, "rb") as packed, plain.open("wb") as file:
        shutil.copyfileobj(packed, file)
    try:
        _run("exec", "-T", "indexer", "python", "-m", "services.indexer", "--jsonl", source=plain)
    finally:
        plain.unlink()
    _run("start", *STORES)


def main(arguments: list[str]) -> int:
    """Exit status: 0 done, 1 failed, 2 called wrong."""
    if len(arguments) != 2 or arguments[0] not in ("save", "restore"):
        sys.stderr.write("python -m deploy.backup save|restore FOLDER\n")
        return 2
    try:
        (save if arguments[0] == "save" else restore)(Path(arguments[1]))
    except (Failed, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
