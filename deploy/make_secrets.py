"""`make secrets`: one file for each password of `docker-compose.secure.yml`, readable by its service and nobody else.

What is there is kept, so that it can be run again after a stage was added. To change a password, remove its file, run
it again, and start the system again.
"""

import os
import secrets
import sys
from pathlib import Path

from shared.topology import STAGES

FOLDER = Path("secrets")
NAMES = ("kafka_init", *(f"kafka_{stage.name}" for stage in STAGES), "page_password")
SERVICE_USER = 10001  # of our images: compose mounts these files as they are, owner and mode included


def make(folder: Path) -> list[str]:
    """Writes what is missing; returns its names.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    made = [name for name in NAMES if not (folder / name).exists()]
    for name in made:
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
    if os.geteuid() == 0:
        for name in NAMES:
            os.chown(folder / name, SERVICE_USER, SERVICE_USER)
    return made


if __name__ == "__main__":
    written = make(FOLDER)
    sys.stdout.write(f"{FOLDER}/: made {', '.join(written) or 'nothing, all are there'}\n")
    if os.geteuid():
        sys.stdout.write(f"Now let the services read them: sudo chown {SERVICE_USER}:{SERVICE_USER} {FOLDER}/*\n")
