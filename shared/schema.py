"""JSON Schemas of the messages, for consumers in any language: generated, committed, checked for drift.

`python -m shared.schema` writes `shared/schemas/<topic>.json`.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from shared.topology import TOPICS, Topic

FOLDER = Path(__file__).parent / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(topic: Topic) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the message on `topic`. Unknown fields are allowed: adding one is compatible."""
    (reference,), components = msgspec.json.schema_components([topic.message], ref_template="#/$defs/{name}")
    return {"$schema": DIALECT, "$id": f"urn:wireroom:schema:{topic.name}", **reference, "$defs": components}


def text(topic: Topic) -> str:
    """The schema file as committed."""
    return json.dumps(schema(topic), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for topic in TOPICS:
        (FOLDER / f"{topic.name}.json").write_text(text(topic), encoding="utf-8")
