"""The bill of materials of each image is complete, deterministic, and of the form that readers of CycloneDX expect."""

import re

import pytest

from deploy.sbom import IMAGES, PIN, ROOT, bom
from shared.topology import STAGES


def test_every_image_has_one():
    assert set(IMAGES) == {*(stage.name for stage in STAGES), "search", "newsroom"}


@pytest.mark.parametrize("service", IMAGES)
def test_bill_names_every_package_of_the_lock_with_its_digests(service: str):
    lock = (ROOT / "requirements" / f"{service}.txt").read_text()
    pins = [line for line in lock.splitlines() if re.match(r"^[a-z0-9]", line)]
    assert all(PIN.match(line) for line in pins), "a line of the lock that nobody can read"
    found = bom(service)
    without_marker = {line.split("==")[0].split("[")[0] for line in pins if ";" not in line}
    assert without_marker <= {one["name"] for one in found["components"]}
    assert all(one["hashes"] and one["version"] for one in found["components"])
    assert len({one["bom-ref"] for one in found["components"]}) == len(found["components"])
    assert found == bom(service)
