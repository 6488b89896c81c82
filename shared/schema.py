"""JSON Schemas of the messages, for consumers in any language: generated, committed, checked for drift.

`python -m shared.schema` writes `shared/schemas/<topic>.json`. The dialect is draft-07, the newest that AsyncAPI 3.0
tools must read and the one that validators of every language know; the messages need nothing newer.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from shared.topology import PROFILES, TOPICS, Topic

FOLDER = Path(__file__).parent / "schemas"
DIALECT = "http://json-schema.org/draft-07/schema#"


def schema(topic: Topic) -> dict[str, Any]:
    """The JSON Schema of the message on `topic`. Unknown fields are allowed: adding one is compatible."""
    _, parts = msgspec.json.schema_components([topic.message], ref_template="#/definitions/{name}")
    message = parts.pop(topic.message.__name__)
    return {"$schema": DIALECT, "$id": f"urn:wireroom:schema:{topic.name}", **message, "definitions": parts}


def text(topic: Topic) -> str:
    """The schema file as committed."""
    return json.dumps(schema(topic), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for topic in (*TOPICS, PROFILES):
        (FOLDER / f"{topic.name}.json").write_text(text(topic), encoding="utf-8")
