"""One spelling of a language for every backend: the BCP 47 primary subtag that the pool votes on."""

# Codes of CLD2 and py3langid that BCP 47 spells otherwise, or that news readers count as the wider language. Modern
# Hebrew and Greek stand for their old forms; colloquial Arabic is written Arabic here (a headline rarely tells them).
_FOLD = {
    "iw": "he", "jw": "jv", "zh-Hant": "zh", "sr-ME": "sr", "bh": "bho", "nb": "no", "in": "id", "ji": "yi", "mo": "ro",
    "fuv": "ff", "kik": "ki", "gug": "gn", "uzs": "uz", "gom": "kok", "hbo": "he", "grc": "el", "arz": "ar",
    "ary": "ar", "wuu": "zh", "cmn": "zh", "fil": "tl", "fuc": "ff", "arb": "ar", "pes": "fa", "prs": "fa", "swh": "sw",
    "sh": "sr", "hbs": "sr", "nob": "no", "nno": "nn", "kmr": "ku", "azj": "az", "khk": "mn", "lvs": "lv", "ekk": "et",
    "als": "sq", "zsm": "ms", "npi": "ne", "ory": "or", "plt": "mg", "ydd": "yi",
}  # fmt: skip

# Languages with at least one news medium that publishes in them (daily papers, public broadcasters, the BBC, DW, RFI,
# RFE/RL and VOA services). The others are not excluded, only less likely before anything is read.
IN_THE_NEWS = frozenset(
    "af am ar as ay az ba be bem bg bn bo br bs ca ckb co cs cy da de dv dz ee el en es et eu fa ff fi fj fo "
    "fr fy ga gd gl gn gu ha he hi hmn hr ht hu hy id ig is it iu ja jv ka kk kl km kn ko kok ku ky lb lg ln "
    "lo lt lv mg mi mk ml mn mr ms mt my nd ne nl nn no nso ny oc om or pa pcm pl ps pt qu rm rn ro ru rw sah "
    "sd se shi si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt ty ug uk ur uz ve vi "
    "wo xh yi yo yue zh zu zxx".split()
)


def folded(code: str) -> str:
    """The label under which a backend's code takes part in the vote."""
    return _FOLD.get(code, code)


def primary(tag: str) -> str:
    """The label of a BCP 47 tag: `pt-BR` gives `pt`, `zh_TW` gives `zh`, `nb` gives `no`."""
    return folded(tag.strip().replace("_", "-").split("-", 1)[0].lower())
