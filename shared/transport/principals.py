"""One principal for each service and the rights it needs, from the topology. `python -m shared.transport.principals`.

Run it once against a listener of the broker where the one who asks is a super user (in docker-compose.secure.yml: the
broker's own loopback). Doing it again changes nothing but passwords that changed.

A stage may read its topic in its group, write its next topic, and park in the rejected topic of what it reads; the
cleaner and the enricher may read the host profiles; `init` may create the topics and their settings. Nobody may do
anything to the cluster.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ResourcePattern,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from kafka.errors import KafkaError

from shared.settings import SettingsError, load, refuse_weak
from shared.topology import STAGES, Stage
from shared.transport import login
from shared.transport.settings import TransportSettings
from shared.transport.topics import all_topics

SETUP = "init"  # the principal that makes topics
PRINCIPALS = (SETUP, *(stage.name for stage in STAGES))
MAKE = (
    ACLOperation.CREATE,
    ACLOperation.DESCRIBE,
    ACLOperation.DESCRIBE_CONFIGS,
    ACLOperation.ALTER_CONFIGS,
)


class Right(NamedTuple):
    """That a principal may do something to a topic or a group of this name."""

    principal: str
    kind: ResourceType
    name: str
    operation: ACLOperation


def of_stage(stage: Stage, prefix: str) -> Iterator[Right]:
    """The rights of a stage."""
    for topic in filter(None, (stage.reads, stage.beside)):
        for operation in (ACLOperation.READ, ACLOperation.DESCRIBE):
            yield Right(stage.name, ResourceType.TOPIC, prefix + topic.name, operation)
    if stage.reads:
        for operation in (ACLOperation.READ, ACLOperation.DESCRIBE):
            yield Right(stage.name, ResourceType.GROUP, prefix + stage.name, operation)
    if stage.reads and stage.parks:
        for operation in (ACLOperation.WRITE, ACLOperation.DESCRIBE):
            yield Right(stage.name, ResourceType.TOPIC, prefix + stage.reads.rejected.name, operation)
    if stage.writes:
        for operation in (ACLOperation.WRITE, ACLOperation.DESCRIBE):
            yield Right(stage.name, ResourceType.TOPIC, prefix + stage.writes.name, operation)


def rights(prefix: str = "") -> list[Right]:
    """All rights of all principals."""
    making = [Right(SETUP, ResourceType.TOPIC, prefix + topic.name, how) for topic in all_topics() for how in MAKE]
    return making + [right for stage in STAGES for right in of_stage(stage, prefix)]


def ensure(admin: KafkaAdminClient, passwords: Mapping[str, str], prefix: str = "") -> None:
    """Sets the passwords and grants the rights.

    Raises:
        KafkaError: the broker refuses.
        SettingsError: a password that protects nothing.
    """
    for principal, password in passwords.items():
        refuse_weak(f"the password of {principal}", password, principal)
    credentials = [
        UserScramCredentialUpsertion(principal, ScramMechanism.SCRAM_SHA_512, password)
        for principal, password in passwords.items()
    ]
    refused = {user: error for user, error in admin.alter_user_scram_credentials(credentials).items() if error}
    if refused:
        raise KafkaError(f"the broker does not take the passwords: {refused}")
    acls = [
        ACL(
            f"User:{right.principal}",
            "*",
            right.operation,
            ACLPermissionType.ALLOW,
            ResourcePattern(right.kind, right.name),
        )
        for right in rights(prefix)
        if right.principal in passwords
    ]
    if failed := admin.create_acls(acls)["failed"]:
        raise KafkaError(f"the broker does not take the rights: {failed}")


def main(arguments: list[str]) -> int:
    """Exit status: 0 done, 2 set up wrong, 3 the broker refuses or is away."""
    if len(arguments) != 1:
        print(
            "python -m shared.transport.principals FOLDER   (of files kafka_NAME, one password each)", file=sys.stderr
        )
        return 2
    folder = Path(arguments[0])
    try:
        settings = load(TransportSettings, os.environ)
        passwords = {name: (folder / f"kafka_{name}").read_text().strip() for name in PRINCIPALS}
        admin = KafkaAdminClient(**login.kafka_python(settings))
        ensure(admin, passwords, settings.topic_prefix)
        admin.close()
    except (SettingsError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except KafkaError as error:
        print(f"Kafka at {','.join(settings.bootstrap_servers)}: {error}", file=sys.stderr)
        return 3
    print(f"principals are set: {', '.join(PRINCIPALS)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
