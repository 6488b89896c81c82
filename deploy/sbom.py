"""`make sbom`: what Python packages are in each image, as CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/).

The hashed locks are what the images are installed from, so they are the source: name, version, and the digests of the
files that an installation may have taken. Packages that a marker leaves out of a Linux image on Python 3.11 are left
out. The base image's own packages are not here: ask the registry that you take it from.
"""

import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from packaging.markers import Marker

ROOT = Path(__file__).parent.parent
PIN = re.compile(
    r"^(?P<name>[a-z0-9._-]+)(?:\[[a-z0-9,_-]+\])?==(?P<version>[^ ;\\]+)(?: *; *(?P<marker>[^\\]+?))?(?: *\\)?$"
)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
IMAGE = {
    "python_version": "3.11",
    "python_full_version": "3.11.13",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "platform_machine": "x86_64",
    "sys_platform": "linux",
    "os_name": "posix",
    "platform_system": "Linux",
}
IMAGES = ("fetcher", "cleaner", "tagger", "enricher", "indexer", "profiler", "search", "newsroom")


def components(lock: str) -> Iterator[dict[str, Any]]:
    """The packages of a lock that are installed in an image, in its order."""
    for block in re.split(r"\n(?=[a-z0-9])", lock):
        pin = PIN.match(block.splitlines()[0]) if block else None
        if pin is None or (pin["marker"] and not Marker(pin["marker"]).evaluate(IMAGE)):
            continue
        yield {
            "type": "library",
            "bom-ref": f"pkg:pypi/{pin['name']}@{pin['version']}",
            "purl": f"pkg:pypi/{pin['name']}@{pin['version']}",
            "name": pin["name"],
            "version": pin["version"],
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in HASH.findall(block)],
        }


def bom(service: str) -> dict[str, Any]:
    """The bill of materials of a service's image. The same lock gives the same bytes."""
    lock = (ROOT / "requirements" / f"{service}.txt").read_text()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    serial = UUID(bytes=hashlib.sha256(lock.encode()).digest()[:16], version=4)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": {"type": "container", "name": f"wireroom/{service}", "version": version}},
        "components": list(components(lock)),
    }


def main(folder: Path) -> None:
    """Writes one file for each image."""
    folder.mkdir(parents=True, exist_ok=True)
    for service in IMAGES:
        found = bom(service)
        (folder / f"{service}.cdx.json").write_text(json.dumps(found, indent=1) + "\n")
        sys.stdout.write(f"{service:10} {len(found['components']):3} packages\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
