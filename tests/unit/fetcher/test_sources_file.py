"""`sources.toml`: what it can say, and errors that name file, line, key and what to do."""

from pathlib import Path

import pytest

from services.fetcher.sources import SourcesError, read_sources

GOOD = """\
# my sources
[[source]]
id = "daily"
name = "The Daily"
feeds = ["https://daily.example/rss", "https://daily.example/sport"]
country = "GB"
language = "en"
tags = ["general"]
interval_min_seconds = 600
interval_max_seconds = 7200.5
delay_seconds = 0
recheck_seconds = [60, 3600]
headers_file = "keys/daily.txt"

[[source]]
id = "maps"
sitemaps = ["https://maps.example/news.xml"]
feeds_robots = "ignore"
"""


def read(folder: Path, text: str):
    file = folder / "sources.toml"
    file.write_text(text, encoding="utf-8")
    return read_sources(file)


def test_sources_are_read_in_order(tmp_path: Path):
    daily, maps = read(tmp_path, GOOD)
    assert (daily.id, daily.name, daily.country, daily.tags) == ("daily", "The Daily", "GB", ("general",))
    assert daily.feeds == ("https://daily.example/rss", "https://daily.example/sport")
    assert (daily.interval_min_seconds, daily.interval_max_seconds, daily.delay_seconds) == (600, 7200.5, 0)
    assert daily.recheck_seconds == (60, 3600)
    assert daily.headers_file == str(tmp_path / "keys" / "daily.txt")
    assert (maps.sitemaps, maps.feeds_robots) == (("https://maps.example/news.xml",), "ignore")


BAD = {
    "syntax": ('[[source]]\nid = "a"\nfeeds = [\n', ":", "not valid TOML"),
    "syntax in the middle": ('[[source]]\nid = a\nfeeds = ["https://a.example/"]\n', ":2:", "not valid TOML"),
    "unknown key": (GOOD + 'feed = "x"\n', ":19:", "unknown key 'feed'"),
    "unknown table": (GOOD + "\n[other]\nx = 1\n", ":20:", "unknown key 'other'"),
    "wrong type": (GOOD.replace('"GB"', "44"), ":6:", "country"),
    "wrong type in a list": (GOOD.replace("[60, 3600]", '[60, "x"]'), ":12:", "recheck_seconds"),
    "bad value": (GOOD.replace('"GB"', '"Britain"'), ":6:", "country"),
    "negative": (GOOD.replace("= 600", "= -1"), ":9:", "interval_min_seconds"),
    "missing id": (GOOD.replace('id = "maps"\n', ""), ":15:", "id"),
    "bad id": (GOOD.replace('"maps"', '"Maps & more"'), ":16:", "id"),
    "id twice": (GOOD.replace('"maps"', '"daily"'), ":16:", "stands twice"),
    "no address": (GOOD.replace("https://maps.example/news.xml", "news.xml"), ":17:", "no absolute URL"),
    "nothing to ask": (GOOD + '[[source]]\nid = "empty"\n', ":19:", "names nothing to ask"),
    "bounds crossed": (GOOD.replace("= 600", "= 9000"), ":9:", "interval_min_seconds"),
    "no source": ("# nothing yet\n", ":1:", "no [[source]]"),
    "a table instead of a list": ('[source]\nid = "a"\n', ":1:", "no [[source]]"),
    "a list of something else": ("source = [1, 2]\n", ":1:", "no [[source]]"),
}


@pytest.mark.parametrize("case", BAD)
def test_an_error_names_file_line_and_key(tmp_path: Path, case: str):
    text, line, words = BAD[case]
    with pytest.raises(SourcesError) as caught:
        read(tmp_path, text)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'sources.toml'}{line}")
    assert words in message


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(SourcesError, match=r"sources\.toml: cannot be read"):
        read_sources(tmp_path / "sources.toml")


def test_a_file_in_another_charset_is_named_with_its_line(tmp_path: Path):
    file = tmp_path / "sources.toml"
    file.write_bytes('[[source]]\nname = "Zürich"\n'.encode("latin-1"))
    with pytest.raises(SourcesError, match=r"sources\.toml:2: not UTF-8"):
        read_sources(file)
