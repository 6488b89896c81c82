"""One spelling of a language for every backend, and how likely it is before anything is read."""

# Codes of CLD2, py3langid and the world's pages that BCP 47 spells otherwise, or that count as the wider language in
# news. Modern Hebrew and Greek stand for their old forms, Arabic for its colloquial forms (a headline rarely tells
# them). What py3langid calls Southern Kurdish (`sdh`) is how it sees all Kurdish in Arabic script.
_FOLD = {
    "iw": "he", "jw": "jv", "zh-Hant": "zh", "sr-ME": "sr", "bh": "bho", "nb": "no", "in": "id", "ji": "yi", "mo": "ro",
    "fuv": "ff", "kik": "ki", "gug": "gn", "uzs": "uz", "gom": "kok", "hbo": "he", "grc": "el", "arz": "ar",
    "ary": "ar", "wuu": "zh", "cmn": "zh", "fil": "tl", "fuc": "ff", "arb": "ar", "pes": "fa", "prs": "fa", "swh": "sw",
    "sh": "sr", "hbs": "sr", "nob": "no", "nno": "nn", "kmr": "ku", "azj": "az", "khk": "mn", "lvs": "lv", "ekk": "et",
    "als": "sq", "zsm": "ms", "npi": "ne", "ory": "or", "plt": "mg", "ydd": "yi", "sdh": "ckb",
}  # fmt: skip

# How much is published, in four tiers. A headline of three words is more likely Danish than Faroese.
_MUCH = frozenset(
    "af ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gu he hi hr hu hy id is it ja ka kk ko lt lv mk mn "
    "mr ms nl no pa pl pt ro ru sk sl so sq sr sv sw ta te th tl tr uk ur vi yo zh zxx".split()
)
_SOME = frozenset(
    "am ba bem bo ckb dv dz ee ff fj fo gl ha hmn ht ig km kn ku ky lb lg ln lo mg mi ml mt my nd ne nn nso ny om or "
    "pcm ps rn rw sah sd se shi mey si sm sn ss st tg ti tk tn to ts tt ty ug uz ve wo xh yue zu".split()
)
_LITTLE = frozenset("as ay bho br co fy gd gn gv haw iu jv kl kok oc qu rm su war ceb yi sco".split())


def folded(code: str) -> str:
    """The label under which a backend's code takes part in the vote."""
    return _FOLD.get(code, code)


def primary(tag: str) -> str:
    """The label of a BCP 47 tag: `pt-BR` gives `pt`, `zh_TW` gives `zh`, `nb` gives `no`."""
    return folded(tag.strip().replace("_", "-").split("-", 1)[0].lower())


def log_prior(label: str) -> float:
    """Log weight of a language before anything is read, by how much news is published in it."""
    return 0.0 if label in _MUCH else -0.5 if label in _SOME else -1.5 if label in _LITTLE else -2.5
