"""Host profiles in a file: one a line, as `python -m services.profiler build` writes them."""

from pathlib import Path

from msgspec import DecodeError

from shared.codec import decode
from shared.identity import host_of
from shared.messages import EMPTY_PROFILE, CleanArticle, HostProfile, RawArticle


class ProfileError(ValueError):
    """The file cannot be read as profiles; the message names it and the line."""


def read(path: Path) -> dict[str, HostProfile]:
    """Profiles by host. Of a host that stands there twice the last one counts, as on the topic.

    Raises:
        ProfileError: see there.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise ProfileError(f"{path}: {error.strerror}") from None
    found: dict[str, HostProfile] = {}
    for place, line in enumerate(lines):
        try:
            profile = decode(line, HostProfile)
        except (DecodeError, UnicodeDecodeError) as error:
            raise ProfileError(f"{path}, line {place + 1}: no host profile: {error}") from None
        found[profile.host] = profile
    return found


def of(known: dict[str, HostProfile], article: RawArticle | CleanArticle) -> HostProfile:
    """The profile of the article's host; the empty one where nothing is known of it."""
    return known.get(host_of(article.final_url or article.url), EMPTY_PROFILE)
