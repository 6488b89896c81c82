"""Documentation that runs: generated tables are current, shell blocks work, links lead somewhere."""

import os
import re
import runpy
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES += sorted((ROOT / "services").glob("*/README.md"))
GENERATED = runpy.run_path(str(ROOT / "docs" / "tables.py"))["pages"]
BLOCK = re.compile(r"(?:^<!-- (?P<note>.*?) -->\n)?^```(?P<kind>sh|python)\n(?P<code>.*?)^```$", re.M | re.S)


def blocks() -> list[tuple[str, str, str]]:
    found = []
    for page in PAGES:
        for match in BLOCK.finditer(page.read_text(encoding="utf-8")):
            if not match["note"]:  # a note says which other test runs the block, or why none does
                name = f"{page.relative_to(ROOT)}:{page.read_text()[: match.start()].count(chr(10)) + 1}"
                found.append((name, match["kind"], match["code"]))
    return found


@pytest.mark.parametrize("name", ["configuration.md", "topics.md", "metrics.md"])
def test_generated_page_is_current(name: str):
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == GENERATED()[name], "run `make docs` and commit"


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kind", "code"), blocks(), ids=[name for name, _, _ in blocks()])
def test_block_runs(name: str, kind: str, code: str):
    command = ["bash", "-euo", "pipefail", "-c", code] if kind == "sh" else [".venv/bin/python", "-c", code]
    environment = {**os.environ, "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"}
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, f"{name}\n{result.stdout[-2000:]}\n{result.stderr[-2000:]}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path):
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"
