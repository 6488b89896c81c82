"""Which languages are written in which script: what the letters alone decide, and what they rule out."""

# Scripts in which practically all news is in one language: no vote is needed.
SOLE = {
    "Armn": "hy", "Cher": "chr", "Geor": "ka", "Grek": "el", "Gujr": "gu", "Guru": "pa", "Jpan": "ja", "Khmr": "km",
    "Knda": "kn", "Kore": "ko", "Laoo": "lo", "Mlym": "ml", "Mymr": "my", "Nkoo": "nqo", "Olck": "sat", "Orya": "or",
    "Sinh": "si", "Syrc": "syr", "Taml": "ta", "Telu": "te", "Thaa": "dv", "Thai": "th", "Adlm": "ff", "Tfng": "shi",
}  # fmt: skip
# The first is the guess where nobody votes.
SHARED = {
    "Arab": "ar fa ur ckb ps sd ug ks shi mey az ms kk ky tk ha",
    "Beng": "bn as",
    "Cyrl": "ru uk be bg mk sr kk ky mn tg tt ba ab av az bs ce cv os sah tk tyv uz",
    "Deva": "hi mr ne sa kok bho ks sd mai",
    "Ethi": "am ti",
    "Hani": "zh yue ja",
    "Hebr": "he yi",
    "Mong": "mn",
    "Tibt": "bo dz",
}
_ALLOWED = {script: frozenset(labels.split()) for script, labels in SHARED.items()}
_ALSO_LATIN = frozenset("az bs ha ks ku ky kk mn ms sr tk tt uz ff shi".split())
_NEVER_LATIN = frozenset(SOLE.values()).union(*_ALLOWED.values()) - _ALSO_LATIN


def possible(label: str, script: str) -> bool:
    """Whether news in `label` is written in `script` (ISO 15924; of a script not named here everything is possible)."""
    if script == "Latn":
        return label not in _NEVER_LATIN
    return label in _ALLOWED[script] if script in _ALLOWED else True


def guess(script: str) -> str:
    """The language to name for a script when nobody votes, or an empty string."""
    return SOLE.get(script) or SHARED.get(script, "").split(" ", 1)[0]
