"""`python -m shared.observe.probe [URL]`: asks a process whether it is ready, and says so by its exit status.

The health check of our images, which have no curl. Imports next to nothing, because it runs every few seconds.
"""

import sys
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

READY = "http://127.0.0.1:9100/readyz"
SECONDS = 4.0


def probe(url: str) -> tuple[bool, str]:
    """Whether a GET of `url` answers 200, and what it answered."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.request("GET", parts.path or "/")
        answer = connection.getresponse()
        return answer.status == 200, answer.read(1000).decode("utf-8", "replace").strip()
    except (OSError, HTTPException) as error:
        return False, f"{url}: {type(error).__name__}: {error}"
    finally:
        connection.close()


if __name__ == "__main__":
    ready, said = probe(sys.argv[1] if len(sys.argv) > 1 else READY)
    sys.stdout.write(f"{said}\n")
    sys.exit(0 if ready else 1)
