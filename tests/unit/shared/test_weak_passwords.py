"""Passwords that protect nothing are refused at start, and never printed."""

import secrets

import pytest

from shared.searchindex.opensearch_settings import OpenSearchSettings
from shared.settings import SettingsError, load, refuse_weak
from shared.topology import PIPELINE, PROFILES, RAW, STAGES
from shared.transport import login
from shared.transport.principals import SETUP, of_stage, rights
from shared.transport.settings import TransportSettings


@pytest.mark.parametrize(
    "password",
    [
        "",
        "admin",
        "password",
        "short",
        "changemechangeme",
        "ChangeMeChangeMe",
        "000000000000",
        "password12345",
        "admin1234567!",
    ],
)
def test_empty_and_well_known_passwords_are_refused_without_naming_them(password: str):
    with pytest.raises(SettingsError) as refused:
        refuse_weak("WIREROOM_KAFKA_PASSWORD", password, "cleaner")
    assert "WIREROOM_KAFKA_PASSWORD" in str(refused.value)
    assert not password or password not in str(refused.value).replace("WIREROOM_KAFKA_PASSWORD", "")


def test_the_users_own_name_is_no_password():
    with pytest.raises(SettingsError, match="is the user's name"):
        refuse_weak("X", "wireroom-cleaner", "wireroom-cleaner")


def test_a_made_password_is_taken():
    refuse_weak("X", secrets.token_urlsafe(24), "cleaner")


def test_a_service_with_a_user_and_no_good_password_does_not_start(tmp_path):
    with pytest.raises(SettingsError, match="WIREROOM_KAFKA_PASSWORD has fewer than"):
        load(TransportSettings, {"WIREROOM_KAFKA_USER": "cleaner"})
    with pytest.raises(SettingsError, match="WIREROOM_OPENSEARCH_PASSWORD has fewer than"):
        load(OpenSearchSettings, {"WIREROOM_OPENSEARCH_USER": "admin", "WIREROOM_OPENSEARCH_PASSWORD": "admin"})
    (tmp_path / "password").write_text("a-made-password-of-some-length\n")
    given = {"WIREROOM_KAFKA_USER": "cleaner", "WIREROOM_KAFKA_PASSWORD_FILE": str(tmp_path / "password")}
    assert load(TransportSettings, given).kafka_password == "a-made-password-of-some-length"


def test_clients_log_in_only_where_a_user_is_set():
    assert login.kafka_python(TransportSettings()) == {"bootstrap_servers": ["127.0.0.1:9092"]}
    settings = TransportSettings(kafka_user="cleaner", kafka_password="a-made-password")
    assert login.kafka_python(settings)["security_protocol"] == "SASL_PLAINTEXT"
    assert login.kafka_python(settings)["sasl_mechanism"] == "SCRAM-SHA-512"
    credentials = login.faust(settings)["broker_credentials"]
    assert (credentials.username, credentials.mechanism.value) == ("cleaner", "SCRAM-SHA-512")


def test_each_topic_is_written_by_one_stage_and_read_by_one():
    writers = {right.principal for right in rights() if right.name == RAW.name and right.operation.name == "WRITE"}
    readers = {right.principal for right in rights() if right.name == RAW.name and right.operation.name == "READ"}
    assert (writers, readers) == ({"fetcher"}, {"cleaner"})
    assert {right.principal for right in rights()} == {SETUP, *(stage.name for stage in STAGES)}
    assert all(right.kind.name != "CLUSTER" for right in rights())
    assert {right.name for right in of_stage(PIPELINE[1], "a.")} == {
        "a.article.raw.v1",
        "a.article.raw.v1.rejected",
        "a.cleaner",
        "a.article.clean.v1",
        "a.host.profile.v1",
    }
    may = {(right.principal, right.operation.name) for right in rights() if right.name == PROFILES.name}
    assert may >= {("profiler", "WRITE"), ("cleaner", "READ"), ("enricher", "READ")}
    assert ("cleaner", "WRITE") not in may
