"""`python -m services.tagger`: a decision laid open, and the stage as a filter."""

import json
import subprocess
import sys

import pytest

from services.tagger.explain import article_of, explain


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Kommunestyret vedtok tirsdag å stenge brua.", ["lang        nb", "cld2", "py3langid", "vote", "with cues"]),
        ("Το δημοτικό συμβούλιο αποφάσισε.", ["lang        el", "the script alone"]),
        ("Gradski odbor je odlučio zatvoriti stari most.", ["the model hr-sr-bs"]),
        ("", ["lang        und"]),
    ],
)
def test_every_vote_is_shown(text, wanted):
    said = explain(text)
    assert [part for part in wanted if part not in said] == []


def test_a_first_line_that_stands_alone_is_the_title():
    article = article_of("Bridge closed\n\nThe council voted.\n\nThe bridge is old.\n")
    assert (article.title, article.text) == ("Bridge closed", "The council voted.\n\nThe bridge is old.")


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "services.tagger", *arguments], input=given, capture_output=True, text=True, check=False
    )


def test_the_filter_needs_title_and_text_only():
    done = run(
        "--jsonl", given='{"title": "Die Brücke ist gesperrt", "text": "Der Stadtrat beschloss die Sperrung."}\n'
    )
    assert json.loads(done.stdout)["lang"] == "de"
    assert "cpu_seconds" in json.loads(done.stderr.splitlines()[-1])


def test_a_file_that_is_not_there_is_named(tmp_path):
    done = run(str(tmp_path / "none.txt"))
    assert done.returncode == 1
    assert "none.txt: cannot be read" in done.stderr
