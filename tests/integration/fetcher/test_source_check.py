"""`python -m services.local check SOURCE`, as a user runs it, against a publisher on loopback."""

import asyncio
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent
PARAGRAPH = (
    "<p>The council of the harbour town voted on Sunday to keep the old lighthouse open to visitors all year.</p>"
)


async def check(folder: Path, site, *arguments: str) -> tuple[int, str, str]:
    sources = folder / "sources.toml"
    sources.write_text(f'[[source]]\nid = "harbour"\nfeeds = ["{site.origin}/feed"]\ndelay_seconds = 0.1\n')
    environment = os.environ | {"WIREROOM_ALLOW_ADDRESSES": f"127.0.0.1:{site.port}"}
    command = [sys.executable, "-m", "services.local", "check", *arguments, "--sources", str(sources)]
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe)
    out, err = await asyncio.wait_for(child.communicate(), 120)
    assert child.returncode is not None
    return child.returncode, out.decode(), err.decode()


async def test_a_source_is_walked_from_its_feed_to_the_index(world, tmp_path):
    async with world.publisher() as site:
        site.answers |= {
            "/robots.txt": world.Says(b"User-agent: *\nDisallow: /secret\nCrawl-delay: 0.2\n"),
            "/feed": world.rss("/secret/1", "/2"),
            "/2": world.page("The lighthouse stays open</p>" + PARAGRAPH * 6 + "<p>"),
        }
        status, out, err = await check(tmp_path, site, "harbour")
    assert status == 0, err
    assert site.paths() == ["/robots.txt", "/feed", "/.well-known/tdmrep.json", "/2"]
    assert "changed: 2 entries in 'News'" in out
    assert "robots.txt: forbidden (line 2, 0.2 s between requests)" in out
    assert "robots.txt: allowed" in out
    for words in ("cleaner: passed", "tagger: passed", "enricher: passed", "indexed", "lang: en", "source: harbour"):
        assert words in out


async def test_what_cannot_be_checked_is_named(world, tmp_path):
    async with world.publisher() as site:
        status, _, err = await check(tmp_path, site, "nobody")
        assert status == 2
        assert "no source 'nobody'. It has: harbour." in err
        status, out, err = await check(tmp_path, site, "harbour")
    assert status == 1
    assert "failed: 0 entries" in out
    assert "status 404" in out
    assert "No article could be had" in err
