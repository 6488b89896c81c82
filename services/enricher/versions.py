"""Which component, in which version, made a record: the same versions and the same input give the same bytes."""

from collections.abc import Iterable
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

RULES = {
    "agencies": "1",
    "dateline": "1",
    "entities": "1",
    "keyphrases": "tfidf-1",
    "lead": "1",
    "linking": "1",
    "places": "geonames-3.0.2",
}


def digest(file: Path) -> str:
    """The first 8 hex digits of the blake2b hash of a file."""
    return blake2b(file.read_bytes(), digest_size=4).hexdigest()


def versions(model: Path, alias_table: str, installed: Iterable[str]) -> dict[str, str]:
    """Component -> version, sorted by component."""
    found = {**RULES, "model": f"crf-{digest(model)}"}
    if alias_table:
        found["aliases"] = digest(Path(alias_table))
    for one in installed:
        lang, _, what = one.partition("=")
        found[f"model.{lang}"] = f"{what} {_release(what.partition(':')[0])}"
    return dict(sorted(found.items()))


def with_profile(found: dict[str, str], version: int) -> dict[str, str]:
    """These, and the version of the host profile that the record was made with, where one was known."""
    return dict(sorted({**found, "profile": str(version)}.items())) if version else found


def _release(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"
