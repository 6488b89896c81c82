"""`python -m shared.searchindex COMMAND`: sets an OpenSearch server up, cleans up after it, and copies it out."""

import json
import os
import sys
from datetime import UTC, datetime

from opensearchpy.exceptions import OpenSearchException

from shared.searchindex import opensearch_setup
from shared.searchindex.opensearch_copy import articles
from shared.searchindex.opensearch_settings import OpenSearchSettings, connect
from shared.settings import SettingsError, load

USAGE = """python -m shared.searchindex COMMAND

  install   put the index template and bring the indices that are there to it; may be run again at any time
  retire    delete the indices of months older than WIREROOM_OPENSEARCH_KEEP_MONTHS
  status    what is missing, and the months that are there
  export    every article to standard output, a line each, as `python -m services.indexer --jsonl` takes them
  template  print the index template, and ask no server"""


def main(arguments: list[str]) -> int:
    """Runs a command; 0 when it did what it says, 1 when the server stands in the way, 2 for a mistake in the call."""
    if arguments not in (["install"], ["retire"], ["status"], ["export"], ["template"]):
        print(USAGE, file=sys.stderr)
        return 2
    try:
        settings = load(OpenSearchSettings, os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments == ["template"]:
        print(json.dumps(opensearch_setup.wanted(settings), indent=2))
        return 0
    client = connect(settings)
    try:
        if arguments == ["export"]:
            for article in articles(client, settings.opensearch_alias):
                sys.stdout.buffer.write(article + b"\n")
            return 0
        if arguments == ["install"]:
            opensearch_setup.install(client, settings)
        elif arguments == ["retire"]:
            for index in opensearch_setup.retire(client, settings, datetime.now(UTC)):
                print(f"deleted {index}")
        print(opensearch_setup.fault(client, settings.opensearch_alias) or "the index template is in place")
        for index in opensearch_setup.months(client, settings.opensearch_alias):
            print(index)
    except OpenSearchException as error:
        print(f"{settings.opensearch_url}: {error}", file=sys.stderr)
        return 1
    finally:
        client.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
