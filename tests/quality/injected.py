"""Junk of our own writing put around real article texts: how much of the clean score do the line rules win back?

Consent notices in six languages, and what scraper sites add: a breadcrumb, a counter, lists of other headlines under
varied cue words. The texts are the gold bodies of the open sets, given to the cleaner as plain text pages.
"""

import random
from collections.abc import Iterator

NOTICES = {
    "de": "Wir und unsere Partner verwenden Cookies, um Inhalte zu verbessern und personalisierte Anzeigen zu zeigen. "
    "Ihre Einwilligung können Sie jederzeit in den Einstellungen zum Datenschutz widerrufen.",
    "en": "We and our partners use cookies and process personal data to show personalised ads. You can change your "
    "consent at any time, and our privacy policy says how.",
    "es": "Usamos cookies propias y de terceros para mostrar publicidad personalizada. Puede retirar su consentimiento "
    "cuando quiera; lea nuestra política de privacidad.",
    "fr": "Nous utilisons des cookies avec nos partenaires pour afficher des publicités personnalisées. Vous pouvez "
    "retirer votre consentement à tout moment dans la politique de confidentialité.",
    "ja": "当サイトではクッキーを使用して広告を表示しています。"
    "利用を続けることで、プライバシーポリシーと個人情報の取り扱いに同意したものとみなします。",
    "tr": "Sitemizde size daha iyi hizmet vermek için çerezler kullanıyoruz. Kişisel verilerin işlenmesi ve gizlilik "
    "hakkında ayrıntılı bilgi için aydınlatma metnini okuyabilirsiniz.",
}
CUES = ("Related", "Most Read", "Recommended for you", "Trending", "Ranking", "Más leídas", "Lesen Sie auch",
        "À lire aussi", "Leia também", "最新新闻", "Son haberler", "Читайте также")  # fmt: skip
HOMES = (
    "Home > News",
    "Startseite > Politik",
    "Inicio > Mundo",
    "Accueil > Monde",
    "Current: Home > World",
    "首页 > 国际",
)
COUNTERS = ("Great! (1204)", "Like (88)", "veryHelpful (15,220)", "Thumbs up (7)")
_WHO = ("Mayor", "Two ferries", "Old mill", "School choir", "Harbour bank", "Night train", "Young chemist", "Storm")
_WHAT = ("faces new questions", "returns to the old quay", "wins the county prize", "closes after 90 years",
         "is sold to its workers", "draws record crowd", "waits for the court", "splits the council")  # fmt: skip
_WHERE = ("in Linden", "before the vote", "as rivers rise", "for the third time", "near the border", "this winter")


def _headlines(chance: random.Random, count: int) -> list[str]:
    return [f"{chance.choice(_WHO)} {chance.choice(_WHAT)} {chance.choice(_WHERE)}" for _ in range(count)]


def consent(body: str, chance: random.Random) -> str:
    """The text with a consent notice under it, in a language drawn at random."""
    return f"{body}\n\nX\n{NOTICES[chance.choice(sorted(NOTICES))]}"


def scraped(body: str, chance: random.Random) -> str:
    """The text as a scraper site shows it: breadcrumb above, counter and three lists of headlines below."""
    bullet = chance.choice(("", "- ", "• "))
    lists: list[str] = []
    for cue in chance.sample(CUES, 3):
        lists += [cue, *(f"{bullet}{line}" for line in _headlines(chance, chance.randint(3, 12)))]
    return "\n".join([chance.choice(HOMES), body, chance.choice(COUNTERS), *lists])


def cases(bodies: list[str], seed: int) -> Iterator[tuple[str, str, str]]:
    """(clean, with consent tail, scraped) of each body."""
    chance = random.Random(seed)
    for body in bodies:
        yield body, consent(body, chance), scraped(body, chance)
