"""Environment to frozen settings struct, and the configuration table of the documentation.

A field `request_timeout_seconds` of `FetcherSettings` is read from `WIREROOM_REQUEST_TIMEOUT_SECONDS`, or, for secrets
and for people who mount files, from the file that `WIREROOM_REQUEST_TIMEOUT_SECONDS_FILE` names.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin

import msgspec
from msgspec import Struct

PREFIX = "WIREROOM_"
PASSWORD_LENGTH = 12  # the fewest characters of a password that we take
# Longer than that and still known to everybody: examples and defaults of the servers that we log in to.
WELL_KNOWN = frozenset(
    "administrator changemechangeme changemeplease correcthorsebatterystaple myStrongPassword123! "
    "opensearchpassword password1234 passwordpassword supersecretpassword wireroomwireroom".lower().split()
)
S = TypeVar("S", bound=Struct)


class SettingsError(ValueError):
    """A setting cannot be used. The message names the variable and the bad value."""


def refuse_weak(variable: str, password: str, user: str) -> None:
    """Refuses a password that protects nothing.

    Raises:
        SettingsError: it is empty, short, well known, or the user's own name. Never says what it is.
    """
    folded = password.lower()
    if len(password) < PASSWORD_LENGTH:
        why = f"has fewer than {PASSWORD_LENGTH} characters"
    elif folded in WELL_KNOWN or len(set(folded)) < 4 or folded.strip("0123456789!") in ("", "admin", "password"):
        why = "is well known"
    elif folded == user.lower():
        why = "is the user's name"
    else:
        return
    raise SettingsError(f"{variable} {why}: `make secrets` makes good ones, and {variable}_FILE names the file")


def _given(variable: str, environment: Mapping[str, str]) -> str | None:
    value, file = environment.get(variable), environment.get(f"{variable}_FILE")
    if value is not None and file is not None:
        raise SettingsError(f"{variable} and {variable}_FILE are both set: set one of them")
    if file is None:
        return value
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{variable}_FILE={file}: cannot be read ({error.strerror})") from None


def _converted(variable: str, value: str, kind: Any) -> Any:
    wanted: Any = value
    plain = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if get_origin(plain) is tuple:  # lists are written with commas
        wanted = [part.strip() for part in value.split(",") if part.strip()]
    try:
        return msgspec.convert(wanted, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{variable}={value!r}: {error}") from None


def load(settings: type[S], environment: Mapping[str, str]) -> S:
    """Settings from the environment; absent variables take the documented defaults.

    Raises:
        SettingsError: names the variable and the bad value.
    """
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(settings):
        variable = PREFIX + field.name.upper()
        value = _given(variable, environment)
        if value is not None:
            values[field.name] = _converted(variable, value, field.type)
        elif field.required:
            raise SettingsError(f"{variable} is required and not set")
    return settings(**values)


def table(settings: type[Struct]) -> list[tuple[str, str, str]]:
    """(variable, default, meaning) of every setting; the meaning is the field's `msgspec.Meta(description=...)`."""
    rows = []
    for field in msgspec.structs.fields(settings):
        default = "required" if field.required else repr(field.default)
        info = msgspec.inspect.type_info(field.type)
        extra = info.extra_json_schema if isinstance(info, msgspec.inspect.Metadata) else None
        rows.append((PREFIX + field.name.upper(), default, (extra or {}).get("description", "")))
    return rows
