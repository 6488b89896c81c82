"""robots.txt: whose rule decides, what a path is, and how long an answer is believed."""

import io
import json
import time
from pathlib import Path

import pytest
import robots as robotspy
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from services.fetcher import robots_command
from services.fetcher.robots import NOTHING_ALLOWED, read_robots
from services.fetcher.robots_cache import DAY, HOUR, due_at, renewed, rules_of, status_of
from shared.outcomes import Refusal

CASES = Path("../shared/data/robots/cases.json")
AGENT = "wireroom"
SITE = "https://site.test"


def decides(text: str, path: str, agent: str = AGENT) -> tuple[bool, int | None]:
    decision = read_robots(text.encode(), agent).allowed(SITE + path)
    return decision.allowed, decision.line


@pytest.mark.skipif(not CASES.exists(), reason=f"{CASES} is not here")
def test_cases_translated_from_googles_parser():
    """Three are missed on purpose: they ask for an address that nobody percent-encoded, and ours always are."""
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    missed = [
        case
        for case in cases
        if read_robots(case["robots"].encode(), case["agent"]).allowed(case["url"]).allowed != case["allowed"]
    ]
    assert len(cases) == 142
    assert len(missed) <= 3
    assert {case["group"] for case in missed} <= {"ID_Encoding"}


@pytest.mark.parametrize(
    ("text", "path", "allowed", "line"),
    [
        ("", "/", True, None),
        ("User-agent: *\nDisallow: /", "/a", False, 2),
        ("User-agent: *\nDisallow:", "/a", True, None),
        ("Disallow: /", "/a", True, None),  # belongs to nobody
        ("User-agent: other\nDisallow: /", "/a", True, None),
        ("User-agent: *\nDisallow: /\n\nUser-agent: WireRoom/9\nAllow: /", "/a", True, 5),
        ("User-agent: wireroom\n\nUser-agent: *\nDisallow: /", "/a", False, 4),  # one group with two names
        ("User-agent: wireroom\nDisallow:\nUser-agent: *\nDisallow: /", "/a", True, None),
        ("User-agent: wire\nDisallow: /", "/a", True, None),
        ("User-agent: wireroom\nDisallow: /a\nUser-agent: x\nUser-agent: wireroom\nDisallow: /b", "/b", False, 5),
        ("User-agent: *\nSitemap: https://site.test/s\nUser-agent: wireroom\nDisallow: /", "/a", False, 4),
        ("User-agent: *\nDisallow: /\nAllow: /news", "/news/1", True, 3),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True, 2),  # equally long: allowed
        ("User-agent: *\nDisallow: /a*z\nAllow: /ab", "/abz", False, 2),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False, 2),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?a", True, None),
        ("User-agent: *\nDisallow: /a$b", "/a$bc", False, 2),
        ("User-agent: *\nDisallow: /a%24", "/a$", False, 2),
        ("User-agent: *\nDisallow: /a%2Ab", "/a*b", False, 2),
        ("User-agent: *\nDisallow: /a%2Ab", "/axb", True, None),
        ("User-agent: *\nDisallow: /*[x]", "/a[x]", False, 2),
        ("User-agent: *\nDisallow: /*[x]", "/ax", True, None),
        ("User-agent: *\nDisallow: /*?session=", "/a?session=1", False, 2),
        ("User-agent: *\nDisallow: /a?b", "/aXb", True, None),
        ("User-agent: *\nDisallow: /über", "/%C3%BCber", False, 2),
        ("User-agent: *\nDisallow: /%c3%bcber", "/über", False, 2),
        ("User-agent: *\nDisallow: /%7Ejoe", "/~joe/", False, 2),
        ("User-agent: *\nDisallow: /a b", "/a%20b", False, 2),
        ("User-agent: *\nDisallow: /a%2Fb", "/a/b", True, None),  # an escaped slash is another path
        ("User-agent: *\nDisallow: /a//b", "/a/b", True, None),
        ("User-agent: *\nDisallow: /#x", "/any", False, 2),  # the comment is not part of the path
        ("User-agent: *\nDisallow: /", "/robots.txt", True, None),
        ("User-agent: *\nDisallow: /?", "/?", False, 2),
        ("\ufeffUser-agent: *\r\nDissallow: /a\rDisallow: /b", "/b", False, 3),
        ("user-agent *\ndisallow /a", "/a", False, 2),
        ("User-agent: *\nNoindex: /a\nDisallow: /b", "/b", False, 3),
        ("<!doctype html><title>Not found</title>", "/", True, None),
        ("User-agent: *\nAllow: /x/index.html\nDisallow: /", "/x/", True, 2),
    ],
)
def test_rules(text, path, allowed, line):
    assert decides(text, path) == (allowed, line)


LINES = st.lists(
    st.one_of(
        st.sampled_from(["User-agent: *", "User-agent: wireroom", "User-agent: other", "", "# note", "Crawl-delay: 1"]),
        st.from_regex(r"\A(Allow|Disallow): (/[ab]{1,2}(\*[ab]|/[ab]|\*){0,3}\$?)?\Z"),
    ),
    max_size=14,
)


@given(LINES, st.from_regex(r"\A/[ab]{1,4}(/[ab]{1,2}){0,3}\Z"))
def test_plain_rules_are_read_as_robotspy_reads_them(lines, path):
    """An independent reading of RFC 9309, where the two do not differ on purpose (escapes, `//`, `[`, precedence)."""
    text = "\n".join(lines)
    assert decides(text, path)[0] == robotspy.RobotsParser.from_string(text).can_fetch(AGENT, SITE + path)


@given(st.binary(max_size=400), st.text(max_size=30))
def test_any_bytes_are_a_robots_file(body, path):
    read_robots(body, AGENT).allowed(SITE + "/" + path)
    read_robots(b"User-agent: *\nDisallow: " + body, AGENT).allowed(path)


def test_what_lies_beyond_512_kib_does_not_count():
    head = b"User-agent: *\nDisallow: /early\n"
    body = head + b"#" * (512 * 1024 - len(head) - 14) + b"\nDisallow: /late-and-cut\nDisallow: /later\n"
    robots = read_robots(body, AGENT)
    assert [rule.pattern for rule in robots.rules] == ["/early"]


def test_a_hostile_file_costs_little():
    star = b"User-agent: *\nDisallow: /" + b"*a" * 8000 + b"$\n"
    many = b"User-agent: *\n" + b"".join(b"Disallow: /x/%d*/y\n" % n for n in range(25_000))
    before = time.process_time()
    for body in (star * 30, many, b"User-agent: wireroom\n" * 25_000, b"\n" * 512_000):
        read_robots(body, AGENT).allowed(SITE + "/" + "ab" * 1000)
    assert time.process_time() - before < 2


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nDisallow:", None),
        ("User-agent: *\nCrawl-delay: 2.5", 2.5),
        ("User-agent: *\nCrawl-delay: 0", 0.0),
        ("User-agent: *\nCrawl-delay: 2,5 # seconds", 2.5),
        ("User-agent: *\nCrawl-delay: ten", None),
        ("User-agent: *\nCrawl-delay: -1", None),
        ("User-agent: *\nCrawl-delay: nan", None),
        ("User-agent: *\nCrawl-delay: 1e9", None),
        ("User-agent: *\nRequest-rate: 1/30", 30.0),
        ("User-agent: *\nRequest-rate: 30/1m 0600-0845", 2.0),
        ("User-agent: *\nRequest-rate: 0/1", None),
        ("User-agent: *\nCrawl-delay: 5\nRequest-rate: 1/10s", 10.0),
        ("User-agent: *\nCrawl-delay: 9\nUser-agent: wireroom\nDisallow: /x", None),  # for those named before it
        ("User-agent: *\nDisallow: /\nCrawl-delay: 9\nUser-agent: wireroom\nDisallow: /x", None),
        ("User-agent: *\nDisallow: /\nUser-agent: wireroom\nCrawl-delay: 1\nDisallow: /x", 1.0),
    ],
)
def test_delays(text, delay):
    assert read_robots(text.encode(), AGENT).crawl_delay == delay


@pytest.mark.parametrize("text", ["Crawl-delay: 3", "crawl-delay : 0.5", "Request-rate: 1/5", "Request-rate: 2/1m"])
def test_delays_are_read_as_protego_reads_them(text):
    text = f"User-agent: *\nDisallow: /x\n{text}"
    protego = Protego.parse(text)
    rate = protego.request_rate(AGENT)
    assert read_robots(text.encode(), AGENT).crawl_delay == (
        rate.seconds / rate.requests if rate else protego.crawl_delay(AGENT)
    )


def test_sitemaps_belong_to_everyone():
    text = "Sitemap: https://site.test/a.xml\nUser-agent: other\nDisallow: /\nsitemap:http://b.test/b\nSitemap: /c"
    text += "\nSitemap: https://site.test/a.xml"
    assert read_robots(text.encode(), AGENT).sitemaps == ("https://site.test/a.xml", "http://b.test/b")


FILE = b"User-agent: *\nDisallow: /private"


def allows(copy, path: str, now: float) -> bool:
    return rules_of(copy, AGENT, now).allowed(SITE + path).allowed


@pytest.mark.parametrize(
    ("status", "private", "public", "asked_again_after"),
    [
        (200, False, True, 24 * HOUR),
        (203, False, True, 24 * HOUR),
        (404, True, True, 24 * HOUR),
        (410, True, True, 24 * HOUR),
        (401, True, True, 24 * HOUR),
        (403, True, True, 24 * HOUR),
        (300, True, True, 24 * HOUR),
        (304, False, False, HOUR / 4),  # nobody asked whether it had changed
        (429, False, False, HOUR / 4),
        (500, False, False, HOUR / 4),
        (503, False, False, HOUR / 4),
        (0, False, False, HOUR / 4),
    ],
)
def test_what_the_status_means(status, private, public, asked_again_after):
    copy = renewed(None, status, FILE, now=1000.0)
    assert (allows(copy, "/private", 1000.0), allows(copy, "/public", 1000.0)) == (private, public)
    assert due_at(copy) == 1000.0 + asked_again_after


@pytest.mark.parametrize("status", [0, 429, 500, 503])
def test_an_unreachable_host_keeps_its_last_copy_for_thirty_days(status):
    copy = renewed(None, 200, FILE, now=0.0)
    for day in range(1, 31):
        copy = renewed(copy, status, b"", now=day * DAY)
        assert due_at(copy) == day * DAY + HOUR / 4
        assert (allows(copy, "/public", day * DAY), allows(copy, "/private", day * DAY)) == (True, False)
    assert rules_of(copy, AGENT, 30 * DAY + 1) is NOTHING_ALLOWED
    copy = renewed(copy, 200, b"", now=31 * DAY)
    assert allows(copy, "/private", 31 * DAY)


def test_a_host_that_had_no_robots_file_stays_open_while_it_is_down():
    copy = renewed(renewed(None, 404, b"gone", now=0.0), 503, b"busy", now=DAY)
    assert allows(copy, "/private", DAY)


def test_not_modified_renews_the_copy():
    copy = renewed(renewed(None, 200, FILE, now=0.0), 304, b"", now=DAY)
    assert not allows(copy, "/private", DAY)
    assert due_at(copy) == 2 * DAY


def test_too_many_redirects_mean_that_there_is_no_file():
    assert renewed(None, status_of(Refusal.REDIRECTS), b"", 0.0).good_at == 0.0
    for refusal in (Refusal.NETWORK, Refusal.TIMEOUT, Refusal.ADDRESS, Refusal.TOO_LARGE):
        assert renewed(None, status_of(refusal), b"", 0.0).good_at is None


def test_the_command_answers_one_line_for_each_url(tmp_path):
    file, out = tmp_path / "robots.txt", io.StringIO()
    file.write_bytes(FILE)
    robots_command.run(file, "wireroom", [SITE + "/private/1", SITE + "/news"], out)
    assert [json.loads(line) for line in out.getvalue().splitlines()] == [
        {"url": SITE + "/private/1", "allowed": False, "line": 2},
        {"url": SITE + "/news", "allowed": True, "line": None},
    ]
    with pytest.raises(ValueError, match=r"missing\.txt"):
        robots_command.run(tmp_path / "missing.txt", "wireroom", [], out)
