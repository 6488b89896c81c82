"""Links people and organisations to Wikidata, through a table that the operator builds (CC0 data, none is shipped).

The table is tab-separated, UTF-8, sorted: folded name (`folding.fold`), `person` or `organisation`, Wikidata id, number
of Wikipedia articles about it (the prior), name to show. A line that starts with `# ` is a comment. It is built by
`python -m services.enricher.build.aliases DUMP OUT` and named by `WIREROOM_ENRICH_ALIAS_TABLE`.

Among namesakes the one with more Wikipedia articles is likelier; the confidence is its share of them, after smoothing
for the one whom the table does not know. Below `LEAST` nothing is written: NIL is a legal answer.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec

from services.enricher.coreference import person_key
from services.enricher.folding import fold
from services.enricher.linking import bare
from shared.messages import Entity

FIELDS = 5
UNKNOWN = 5.0  # articles of the namesake that is in no table
LEAST = 0.6


class Known(NamedTuple):
    kind: str
    id: str  # Q...
    articles: int
    name: str


@dataclass(frozen=True)
class Aliases:
    """Folded name -> who bears it."""

    bearers: dict[str, tuple[Known, ...]]

    def linked(self, entity: Entity) -> Entity:
        """The entity with its Wikidata id, where one bearer of its name stands out; places stay as they are."""
        if entity.type == "place" or not self.bearers:
            return entity
        key = person_key(entity.text) if entity.type == "person" else fold(bare(entity.text))
        if entity.type == "person" and " " not in key:
            return entity  # a bare family name says too little
        bearers = [one for one in self.bearers.get(key, ()) if one.kind == entity.type]
        if not bearers:
            return entity
        best = max(bearers, key=lambda one: (one.articles, one.id))
        sure = best.articles / (sum(one.articles for one in bearers) + UNKNOWN)
        if sure < LEAST:
            return entity
        return msgspec.structs.replace(entity, id=f"wikidata:{best.id}", confidence=round(entity.confidence * sure, 2))


def load(file: str) -> Aliases:
    """Reads the table, or none where `file` is empty.

    Raises:
        OSError: the file cannot be read.
        ValueError: a line is not of the format; names file and line.
    """
    bearers: dict[str, list[Known]] = {}
    if file:
        for number, line in enumerate(Path(file).read_text(encoding="utf-8").splitlines(), 1):
            if not line or line.startswith("# "):
                continue
            fields = line.split("\t")
            if len(fields) != FIELDS or not fields[3].isdigit() or fields[1] not in ("person", "organisation"):
                raise ValueError(f"{file}, line {number}: not `name, kind, id, articles, name` with tabs between")
            bearers.setdefault(fields[0], []).append(Known(fields[1], fields[2], int(fields[3]), fields[4]))
    return Aliases({name: tuple(found) for name, found in bearers.items()})
