"""A login for everything but what machines ask: HTTP Basic (RFC 7617), for use behind TLS."""

import secrets
from base64 import b64decode
from binascii import Error
from typing import NamedTuple

OPEN = frozenset({"/healthz", "/readyz", "/metrics"})  # reached from the internal networks, and they tell no article
CHALLENGE = {"WWW-Authenticate": 'Basic realm="Wireroom", charset="UTF-8"'}


class Login(NamedTuple):
    """Whom the page lets in."""

    user: str
    password: str

    def admits(self, path: str, authorization: str | None) -> bool:
        """Whether a request for `path` with this `Authorization` header may pass. Takes as long for every wrong one."""
        if path in OPEN:
            return True
        scheme, _, given = (authorization or "").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            known = b64decode(given, validate=True)
        except Error:
            return False
        return secrets.compare_digest(known, f"{self.user}:{self.password}".encode())
