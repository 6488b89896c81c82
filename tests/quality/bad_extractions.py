"""Extractions that are not the article, and a seeded draw of real pages beside them, for the detector's score.

`python -m tests.quality.bad_extractions` draws the real pages anew and writes their ids and labels: an extraction is
good from F1 .8 on against the gold body and bad below .5; those between are nobody's example. The generated pages are
of our own writing: dumps of headlines, consent notices, teasers before a paywall, error and barrier pages.
"""

import json
import random
from collections.abc import Iterator
from pathlib import Path

from tests.quality import corpus, extractors, injected, scoring

SEED = 20260302
DRAWN = 60  # pages of each set
EACH = 25  # generated pages of each kind
LABELS = Path(__file__).with_name("bad_extractions.tsv")
SETS = ("article-extraction-benchmark", "fundus-tests", "wcxb-articles")
GOOD, BAD = 0.8, 0.5
_ERRORS = (
    ("404", "Page not found. The page you are looking for may have moved, or it never was here. Try the search above."),
    ("Access denied", "You do not have permission to view this page on this server. Reference number 18.2f."),
    ("Just a moment", "Checking your browser before you go on. Please enable JavaScript and cookies to continue."),
    ("Seite nicht gefunden", "Die angeforderte Seite existiert nicht mehr. Bitte nutzen Sie die Suche oben."),
    ("Page introuvable", "Cette page n'existe plus ou a changé d'adresse. Revenez à l'accueil pour continuer."),
    ("Are you a robot?", "We have seen unusual traffic from your network. Please verify you are human to go on."),
    ("Sayfa bulunamadı", "Aradığınız sayfa taşınmış olabilir. Lütfen ana sayfaya dönün ve yeniden deneyin."),
)
_LEADS = (
    "The county council has chosen a builder for the new bridge, and the choice is not to everybody's liking.",
    "Die Stadt will den alten Hafen verkaufen, doch im Rat regt sich Widerstand gegen den Plan.",
    "Le conseil a voté la nuit dernière le budget des écoles, après six heures de débat.",
)
_WALLS = (
    "Subscribe now for full access: daily newsletter, app and podcast. Already a subscriber? Sign up or log in.",
    "Jetzt kostenlos registrieren und weiterlesen. Abo mit App, Newsletter und Podcast, jederzeit kündbar.",
    "Abonnez-vous pour lire la suite: application, newsletter et podcast compris. Inscrivez-vous gratuitement.",
)


def _html(title: str, paragraphs: list[str], listed: bool = False) -> str:
    tag = "li" if listed else "p"
    body = "".join(f"<{tag}>{text}</{tag}>" for text in paragraphs)
    frame = f"<ul>{body}</ul>" if listed else body
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{frame}</article></body></html>"


def generated() -> Iterator[tuple[str, str]]:
    """(kind, page) of every generated failure."""
    chance = random.Random(SEED)
    for _ in range(EACH):
        headlines = injected._headlines(chance, chance.randint(10, 40))
        yield "list", _html("Linden Courier", headlines, listed=chance.random() < 0.5)
        notices = chance.sample(sorted(injected.NOTICES), 2)
        yield "notice", _html("Privacy", [injected.NOTICES[lang] for lang in notices])
        number = chance.randrange(len(_LEADS))
        yield "teaser", _html("A bridge and its builder", [_LEADS[number], _WALLS[number]])
        title, text = chance.choice(_ERRORS)
        yield "error", _html(title, [text])


def drawn() -> Iterator[tuple[str, str, str, str]]:
    """(set, id, page, gold body) of the seeded draw of real pages."""
    for name in SETS:
        pages = [page for page in corpus.read(name) if page["gold"].get("body")]
        for page in random.Random(f"{SEED} {name}").sample(pages, min(DRAWN, len(pages))):
            yield name, page["id"], json.dumps({"url": page["url"], "html": page["html"]}), page["gold"]["body"]


def label(gold: str, text: str) -> str:
    """good, bad, or between."""
    precision, recall = scoring.precision_recall(gold, text)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return "good" if f1 >= GOOD else "bad" if f1 < BAD else "between"


if __name__ == "__main__":
    task = extractors.cleaner()
    rows = [(name, number, label(gold, task(page.encode())["text"])) for name, number, page, gold in drawn()]
    LABELS.write_text("".join("\t".join(row) + "\n" for row in sorted(rows)), encoding="utf-8")
