"""Is the house in order? One name everywhere, and what a new stage still lacks, in the words of the mend."""

import re
import tomllib
from pathlib import Path

import pytest

from shared.topology import MIDDLE, STAGES, mermaid

ROOT = Path(__file__).parent.parent.parent
NOT_STAGES = ("search", "local", "newsroom")
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
SERVICES = [*(stage.name for stage in STAGES), *NOT_STAGES]


@pytest.mark.parametrize("service", SERVICES)
def test_service_has_its_folder_extra_and_lock(service: str):
    folder = ROOT / "services" / service
    for name in ("__init__.py", "settings.py", "README.md"):
        assert (folder / name).is_file(), f"add services/{service}/{name}"
    assert service in EXTRAS, f"add the extra {service} to pyproject.toml, then `make lock`"
    assert (ROOT / "requirements" / f"{service}.txt").is_file(), "run `make lock`"


@pytest.mark.parametrize("stage", MIDDLE, ids=lambda stage: stage.name)
def test_middle_stage_has_work_and_main(stage):
    folder = ROOT / "services" / stage.name
    for name in ("work.py", "__main__.py"):
        assert (folder / name).is_file(), f"add services/{stage.name}/{name}"


def test_no_folder_without_a_name_in_the_topology():
    folders = {path.name for path in (ROOT / "services").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(SERVICES), "a folder of services/ is a stage in shared/topology.py, or one of NOT_STAGES here"


def test_every_pin_is_exact():
    for extra, requirements in EXTRAS.items():
        for requirement in requirements:
            if not requirement.startswith("wireroom["):
                assert re.match(r"^[A-Za-z0-9_.\[\]-]+==[0-9][0-9A-Za-z.]*( *;.*)?$", requirement), (
                    f"{extra}: {requirement} is not pinned exactly"
                )


def test_locks_are_hashed_and_name_no_host():
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--index-url|--find-links", text), f"{lock.name} names a host"


def test_readme_shows_the_topology():
    assert mermaid() in (ROOT / "README.md").read_text(encoding="utf-8"), (
        "paste `python -m shared.topology` into README"
    )


def test_files_stay_small_enough_to_read():
    for path in [*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").rglob("*.py")]:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 300, f"{path.relative_to(ROOT)} has {lines} lines: one idea a file"


def test_nothing_is_left_unfinished():
    for path in [*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").rglob("*.py")]:
        assert not re.search(r"\b(TODO|FIXME|XXX)\b|NotImplementedError", path.read_text(encoding="utf-8")), path
