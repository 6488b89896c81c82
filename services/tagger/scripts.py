"""Which writing systems a text uses: ISO 15924 codes by Unicode range, counted over letters.

Ranges follow the blocks of the Unicode Character Database (Unicode 16, Blocks.txt and Scripts.txt); a few rare letters
that a block shares with another script are counted with the block's own script.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RANGES = """
Latn 0041-005A 0061-007A 00AA-00AA 00BA-00BA 00C0-00D6 00D8-00F6 00F8-02AF 1D00-1DBF 1E00-1EFF 2C60-2C7F A722-A7FF
Latn AB30-AB64 FB00-FB06 FF21-FF3A FF41-FF5A
Grek 0370-03E1 03F0-03FF 1F00-1FFF
Copt 03E2-03EF 2C80-2CFF
Cyrl 0400-052F 1C80-1C8F 2DE0-2DFF A640-A69F
Armn 0530-058F FB13-FB17
Hebr 05D0-05F4 FB1D-FB4F
Arab 0620-065F 066E-06D3 06D5-06EF 06FA-06FF 0750-077F 0870-08FF FB50-FDFF FE70-FEFC
Syrc 0700-074F
Thaa 0780-07BF
Nkoo 07C0-07FF
Samr 0800-083F
Mand 0840-085F
Deva 0900-0963 0971-097F A8E0-A8FF
Beng 0980-09FF
Guru 0A00-0A7F
Gujr 0A80-0AFF
Orya 0B00-0B7F
Taml 0B80-0BFF
Telu 0C00-0C7F
Knda 0C80-0CFF
Mlym 0D00-0D7F
Sinh 0D80-0DFF
Thai 0E01-0E3A 0E40-0E4E
Laoo 0E80-0ECF 0EDC-0EDF
Tibt 0F00-0F1F 0F34-0FD4
Mymr 1000-103F 104C-109F A9E0-A9FF AA60-AA7F
Geor 10A0-10FF 1C90-1CBF 2D00-2D2F
Hang 1100-11FF 3130-318F A960-A97F AC00-D7FF
Ethi 1200-137F 1380-139F 2D80-2DDF AB01-AB2F
Cher 13A0-13FF AB70-ABBF
Cans 1400-167F 18B0-18FF
Ogam 1680-169C
Runr 16A0-16EA
Khmr 1780-17D3 17DC-17DD
Mong 1820-18AF
Limb 1900-194F
Tale 1950-197F
Talu 1980-19DF
Bali 1B00-1B7F
Sund 1B80-1BBF
Batk 1BC0-1BFF
Lepc 1C00-1C4F
Olck 1C50-1C7F
Tfng 2D30-2D7F
Hira 3041-309F
Kana 30A0-30FA 30FC-30FF 31F0-31FF FF66-FF9F
Bopo 3105-312F 31A0-31BF
Hani 2E80-2FDF 3005-3007 3021-3029 3400-4DBF 4E00-9FFF F900-FAFF 20000-323AF
Yiii A000-A4CF
Lisu A4D0-A4FF
Vaii A500-A63F
Bamu A6A0-A6FF
Cham AA00-AA5F
Java A980-A9DF
Mtei AAE0-AAFF ABC0-ABFF
Goth 10330-1034F
Adlm 1E900-1E95F
Rohg 10D00-10D3F
"""

NONE = "Zyyy"  # no letters: digits, punctuation, symbols, emoji
DENSE = frozenset({"Hani", "Hira", "Kana", "Hang", "Bopo", "Yiii"})
ONE_SCRIPT = 0.8  # share of the letters
DENSE_WEIGHT = 3  # letters of an alphabet that one dense letter stands for
LATIN_YIELDS = 0.25  # a script of this share precedes a Latin majority: brand and personal names are often Latin


def _table() -> tuple[tuple[str, ...], NDArray[np.uint8]]:
    names = [NONE]
    table = np.zeros(0x110000, dtype=np.uint8)
    for line in _RANGES.strip().splitlines():
        name, *ranges = line.split()
        if name not in names:
            names.append(name)
        for item in ranges:
            first, last = item.split("-")
            table[int(first, 16) : int(last, 16) + 1] = names.index(name)
    return tuple(names), table


_NAMES, _SCRIPT_OF = _table()
_LATIN = _NAMES.index("Latn")


@dataclass(frozen=True, slots=True)
class Scripts:
    """The scripts of one text. `main` is `Zyyy` for a text without letters; `Jpan` and `Kore` are told from counts."""

    main: str
    letters: int  # letters and letter-like marks, all scripts together
    characters: int  # that are not white space
    counts: dict[str, int]

    @property
    def several(self) -> bool:
        """No one script, Latin names beside it allowed, has most of the letters; Japanese and Korean use several."""
        together = sum(count for script, count in self.counts.items() if script in DENSE)
        others = [n for script, n in self.counts.items() if script not in DENSE and script != "Latn"]
        return max([together, *others]) + self.counts.get("Latn", 0) < ONE_SCRIPT * self.letters

    @property
    def dense(self) -> bool:
        """A letter is a syllable or a word here: few of them are evidence already."""
        return any(script in DENSE for script in self.counts)


def _main(counts: dict[str, int], letters: int) -> str:
    if counts.get("Hira", 0) + counts.get("Kana", 0) >= max(1, 0.1 * sum(counts.get(s, 0) for s in DENSE)):
        rest = {**{s: n for s, n in counts.items() if s not in DENSE}, "Jpan": sum(counts.get(s, 0) for s in DENSE)}
    elif counts.get("Hang", 0) > counts.get("Hani", 0):
        rest = {**{s: n for s, n in counts.items() if s not in DENSE}, "Kore": sum(counts.get(s, 0) for s in DENSE)}
    else:
        rest = counts
    other = max((s for s in rest if s != "Latn"), key=lambda s: (rest[s], s), default="Latn")
    weight = DENSE_WEIGHT if other in DENSE or other in ("Jpan", "Kore") else 1
    return (
        other if weight * rest.get(other, 0) >= LATIN_YIELDS * (letters + (weight - 1) * rest.get(other, 0)) else "Latn"
    )


def scripts(text: str) -> Scripts:
    """Counts the letters of `text` by script. Lone surrogates and unassigned code points count as no letter."""
    if text.isascii():
        letters = sum(map(str.isalpha, text)) if len(text) < 64 else len(text) - sum(map(text.count, _ASCII_OTHER))
        counts = {"Latn": letters} if letters else {}
        return Scripts("Latn" if letters else NONE, letters, len(text) - sum(map(text.count, " \n\t\r")), counts)
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    numbers = np.bincount(_SCRIPT_OF[points], minlength=len(_NAMES))
    counts = {_NAMES[i]: int(numbers[i]) for i in np.flatnonzero(numbers) if i}
    letters = sum(counts.values())
    blank = sum(map(text.count, " \n\t\r\u00a0\u3000"))
    return Scripts(_main(counts, letters) if letters else NONE, letters, len(text) - blank, counts)


_ASCII_OTHER = "".join(chr(c) for c in range(128) if not chr(c).isalpha())
