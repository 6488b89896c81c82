"""The policy over what `docker compose config` makes of the files: here is always an engine, so nothing is skipped."""

import shutil
import subprocess

from tests.contracts.test_compose import (  # noqa: F401 - collected here
    test_the_secure_overlay_keeps_the_policy_and_gives_each_service_its_own_login,
    test_what_docker_compose_makes_of_it_keeps_the_policy,
)


def test_compose_is_here():
    assert shutil.which("docker")
    subprocess.run(["docker", "compose", "version"], check=True)
