"""How we reach the brokers and who we say we are, for each of the two client libraries."""

import ssl
from typing import Any

from shared.transport.settings import TransportSettings

MECHANISM = "SCRAM-SHA-512"


def kafka_python(settings: TransportSettings) -> dict[str, Any]:
    """What every client of kafka-python is made with."""
    given: dict[str, Any] = {"bootstrap_servers": list(settings.bootstrap_servers)}
    if settings.kafka_ca_file:
        given |= {"security_protocol": "SSL", "ssl_cafile": settings.kafka_ca_file}
    if settings.kafka_user:
        given |= {
            "security_protocol": "SASL_SSL" if settings.kafka_ca_file else "SASL_PLAINTEXT",
            "sasl_mechanism": MECHANISM,
            "sasl_plain_username": settings.kafka_user,
            "sasl_plain_password": settings.kafka_password,
        }
    return given


def faust(settings: TransportSettings) -> dict[str, Any]:
    """What a Faust application is made with."""
    from faust.auth import SASLCredentials, SSLCredentials

    given: dict[str, Any] = {"broker": [f"kafka://{server}" for server in settings.bootstrap_servers]}
    context = ssl.create_default_context(cafile=settings.kafka_ca_file) if settings.kafka_ca_file else None
    if settings.kafka_user:
        given["broker_credentials"] = SASLCredentials(
            username=settings.kafka_user, password=settings.kafka_password, mechanism=MECHANISM, ssl_context=context
        )
    elif context:
        given["broker_credentials"] = SSLCredentials(context)
    return given
