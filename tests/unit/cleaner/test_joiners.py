"""What text may contain: every joiner of a script, and nothing that readers never see."""

import re
from unicodedata import is_normalized

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cleaner import unicode
from services.cleaner.clean import clean
from shared.codec import decode
from shared.messages import RawArticle
from shared.transport.jsonl import completed

NEVER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
JOINERS = re.compile("[\u200c\u200d]")
TEXTS = {
    "fa": "خبرنگاران می‌گویند که کتاب‌های تازه‌ای به کتابخانه‌های شهر رسیده‌اند و مردم می‌توانند آن‌ها را بخوانند.",
    "hi": "नगर परिषद ने कहा कि क्‍या नया पुल अगले वर्ष तक बन जाएगा, यह श्री‍मान राव की योजना पर निर्भर है।",
    "emoji": "A family \U0001f469\u200d\U0001f469\u200d\U0001f467 came to the fair with a red kite and stayed.",
}


def raw(content: str) -> RawArticle:
    return decode(completed(msgspec.json.encode({"url": "https://example.org/a", "content": content})), RawArticle)


@pytest.mark.parametrize("lang", TEXTS)
@pytest.mark.parametrize("frame", ["<article>{}</article>", "<div>{}</div>", "<table><tr><td>{}</td></tr></table>"])
def test_joiners_survive_the_whole_extraction(lang: str, frame: str) -> None:
    text = TEXTS[lang]
    body = frame.format("".join(f"<p>{text} {n}</p>" for n in range(20)))
    article = clean(raw(f"<html><body>{body}</body></html>"))
    blocks = "\n".join(block.text for block in article.blocks)
    assert len(JOINERS.findall(blocks)) == 20 * len(JOINERS.findall(text))


def test_what_goes_and_what_stays() -> None:
    assert unicode.line("so\u00adft \u202eright\u202c a\x00b\x1b \ufeffz\u200bw") == "soft right ab zw"
    assert unicode.line("e\u0301 \u200fعربي\u200f") == "\u00e9 \u200fعربي\u200f"
    assert unicode.lines("one\u2028two\r\n\r\n three\xa0 four ") == "one\ntwo\nthree four"
    assert unicode.line("ភាសា\u200bខ្មែរ") == "ភាសា\u200bខ្មែរ"


@given(st.text(st.characters(codec=None), max_size=80))
def test_tidy_is_normal_clean_and_done_once(text: str) -> None:
    once = unicode.tidy(text)
    assert is_normalized("NFC", once)
    assert not NEVER.search(once.replace("\n", ""))
    assert unicode.tidy(once) == once
