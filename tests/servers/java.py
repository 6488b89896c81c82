"""Java programs for tests: the newest JDK on the machine, jars from Maven Central, kept outside the tree."""

import os
import re
import shutil
import subprocess
from pathlib import Path

CACHE = Path(os.environ.get("WIREROOM_CACHE", Path.home() / ".cache" / "wireroom"))


class Unobtainable(Exception):
    """A server cannot be had on this machine; the message says what is missing."""


def java(at_least: int) -> Path:
    """The `java` of the newest installed JDK of at least this major version.

    Raises:
        Unobtainable: none is installed.
    """
    found: dict[int, Path] = {}
    for home in Path("/usr/lib/jvm").glob("*"):
        release = home / "release"
        if release.is_file() and (home / "bin" / "java").is_file():
            version = re.search(r'JAVA_VERSION="(?:1\.)?(\d+)', release.read_text())
            if version:
                found[int(version[1])] = home / "bin" / "java"
    newest = max(found, default=0)
    if newest < at_least:
        raise Unobtainable(
            f"needs a JDK {at_least} or newer under /usr/lib/jvm, the newest there is {newest or 'none'}"
        )
    return found[newest]


def maven(*arguments: str) -> None:
    """Runs Maven.

    Raises:
        Unobtainable: Maven is missing, or cannot resolve what was asked for.
    """
    if not shutil.which("mvn"):
        raise Unobtainable("needs mvn")
    result = subprocess.run(["mvn", "-B", "-q", *arguments], capture_output=True, text=True, timeout=600)
    if result.returncode:
        raise Unobtainable(f"mvn {' '.join(arguments)} failed: {(result.stdout + result.stderr)[-600:]}")
