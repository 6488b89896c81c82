"""`python -m services.tagger` on Kafka, `--jsonl` as a filter; `python -m services.tagger FILE` explains one text."""

import sys
from pathlib import Path

from services.tagger.explain import explain
from services.tagger.work import prepare
from shared.topology import TAGGER
from shared.transport import middle


def main(arguments: list[str]) -> None:
    if len(arguments) == 1 and not arguments[0].startswith("-"):
        try:
            text = Path(arguments[0]).read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            sys.exit(
                f"{arguments[0]}: cannot be read ({error.strerror}); give a text file, or --jsonl to filter messages"
            )
        print(explain(text))
    else:
        middle.main(TAGGER, prepare, arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
