"""What a server needs before articles can be written, and what leaves it after their time."""

import re
from datetime import datetime
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import NotFoundError, RequestError

from shared.searchindex.opensearch_settings import OpenSearchSettings
from shared.searchindex.opensearch_template import VERSION, mapping, template


def wanted(settings: OpenSearchSettings) -> dict[str, Any]:
    """The index template for these settings."""
    return template(
        settings.opensearch_alias,
        shards=settings.opensearch_shards,
        replicas=settings.opensearch_replicas,
        refresh_seconds=settings.opensearch_refresh_seconds,
    )


def install(client: OpenSearch, settings: OpenSearchSettings) -> None:
    """Puts the index template, and brings the indices that are there to its mapping. The same again changes nothing.

    Raises:
        RequestError: an index has a field of another type; its articles have to be indexed again behind a new alias.
    """
    client.indices.put_index_template(name=settings.opensearch_alias, body=wanted(settings))
    for index in months(client, settings.opensearch_alias):
        client.indices.put_mapping(index=index, body=mapping())


def fault(client: OpenSearch, alias: str) -> str:
    """What of `install` is missing, in words; '' for nothing."""
    try:
        found = client.indices.get_index_template(name=alias)["index_templates"][0]["index_template"].get("version")
    except NotFoundError:
        return f"the index template {alias} is not installed: run `python -m shared.searchindex install`"
    if found != VERSION:
        return (
            f"the index template {alias} has version {found}, not {VERSION}: run `python -m shared.searchindex install`"
        )
    return ""


def months(client: OpenSearch, alias: str) -> list[str]:
    """The monthly indices of the alias, oldest first."""
    found = client.indices.get_alias(index=f"{alias}-*")
    return sorted(index for index in found if re.fullmatch(rf"{alias}-\d{{4}}\.\d{{2}}", index))


def create(client: OpenSearch, index: str) -> None:
    """Makes a monthly index after its template, unless it is there."""
    try:
        client.indices.create(index=index)
    except RequestError as error:
        if error.error != "resource_already_exists_exception":
            raise


def retire(client: OpenSearch, settings: OpenSearchSettings, now: datetime) -> list[str]:
    """Deletes the indices of months that are over their time, whole, and returns their names."""
    last = now.year * 12 + now.month - settings.opensearch_keep_months  # months since year 0, exclusive
    oldest = f"{settings.opensearch_alias}-{last // 12:04}.{last % 12 + 1:02}"
    over = [index for index in months(client, settings.opensearch_alias) if index < oldest]
    for index in over:
        client.indices.delete(index=index)
    return over
