"""`python -m services.enricher.build.frequencies DATA`: in how many news articles of a language does a word stand?

Writes `data/frequencies/LANG.tsv` from DATA/language/open.jsonl.gz, the NTREX-128 documents only (news of 2019,
CC BY-SA 4.0: the tables are under that licence too, see `data/SOURCES.md`), and for English also the WikiGold and GUM
texts of DATA/entities (CC BY). A word that stands in one document only is left out: it weighs as much as an unseen one.
"""

import gzip
import json
import sys
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from services.enricher.terms import UNSPACED, terms

OUT = Path(__file__).parent.parent / "data" / "frequencies"
TWICE = 2
MOST = 6_000  # words a language; rarer ones weigh like unseen ones anyway


def ntrex(data: Path) -> Iterator[tuple[str, str]]:
    """(language, text) of every NTREX document, one variant of each language."""
    seen: set[tuple[str, str]] = set()
    with gzip.open(data / "language" / "open.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            if document["set"] != "ntrex" or document["kind"] != "doc":
                continue
            lang = document["lang"]
            key = (document.get("variant", lang) if lang in ("zh", "sr") else lang, document["docid"])
            if key not in seen:
                seen.add(key)
                yield lang, document["text"]


def english(data: Path) -> Iterator[str]:
    """The WikiGold articles and GUM documents as text."""
    with tarfile.open(data / "entities" / "entities.tar.gz") as archive:
        for member in archive.getmembers():
            if "wikigold" in member.name and member.isfile():
                text = archive.extractfile(member).read().decode()  # type: ignore[union-attr]
                words = "\n".join(line.rsplit(" ", 1)[0] for line in text.splitlines())
                yield from (part.replace("\n", " ") for part in words.split("-DOCSTART-"))
            elif member.name.startswith("gum/") and member.name.endswith(".tsv"):
                text = archive.extractfile(member).read().decode()  # type: ignore[union-attr]
                yield " ".join(line.split("\t")[0] for line in text.splitlines())


def main(data: Path) -> None:
    documents: Counter[str] = Counter()
    standing: dict[str, Counter[str]] = defaultdict(Counter)
    texts = [*ntrex(data), *(("en", text) for text in english(data))]
    for lang, text in texts:
        keys = {term.key for term in terms(text, lang) if term is not None}
        documents[lang] += 1
        standing[lang].update(keys)
    OUT.mkdir(exist_ok=True)
    for lang, counts in sorted(standing.items()):
        least = TWICE if lang not in UNSPACED else TWICE + 1
        common = sorted(((-count, word) for word, count in counts.items() if count >= least))[:MOST]
        with (OUT / f"{lang}.tsv").open("w", encoding="utf-8") as out:
            out.write(
                f"# {documents[lang]} documents; in how many a word stands. NTREX-128, CC BY-SA 4.0; see SOURCES.md\n"
            )
            out.writelines(f"{word}\t{-count}\n" for count, word in sorted(common, key=lambda pair: pair[1]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
