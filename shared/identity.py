"""Which article a URL names: the identity key, the article id and the next revision.

The key is only ever hashed and never fetched; the address as given stays in `url`.
"""

import re
from datetime import datetime
from hashlib import blake2b
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import ada_url
from w3lib.url import canonicalize_url

# Parameters that say how a reader came, never which article is shown. Compiled by hand from the documentation of the
# campaign tools that add them. An unknown parameter is never dropped: `id=` is an article key on many sites.
TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "at_", "hsa_")
TRACKING_NAMES = frozenset(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid igshid igsh li_fat_id mc_cid mc_eid "
    "mkt_tok _hsenc _hsmi __hstc __hssc __hsfp hsctatracking vero_id vero_conv wickedid oly_anon_id oly_enc_id "
    "rb_clickid s_cid ml_subscriber ml_subscriber_hash epik guccounter guce_referrer guce_referrer_sig ref_src "
    "ref_url _openstat yadclid srsltid sc_cid cmpid _branch_match_id _branch_referrer xtor wt_mc wt_zmc".split()
)
# An address in which nothing is to be dropped, sorted or escaped; most news addresses are such, and this is ten times
# as fast as taking it apart. Port 443 goes the long way: with https it is no part of the key.
_PLAIN = re.compile(r"https?://([a-z0-9.-]+(?::(?!443/)[0-9]+)?/[A-Za-z0-9/_.~-]*)")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
FILE_URN = "urn:wireroom:file:"


def digest(data: bytes) -> str:
    """blake2b-128 as 32 hex digits: the hash behind every id and fingerprint here."""
    return blake2b(data, digest_size=16).hexdigest()


def _is_tracking(name: str) -> bool:
    folded = name.lower()
    return folded in TRACKING_NAMES or folded.startswith(TRACKING_PREFIXES)


def identity_key(url: str) -> str:
    """The form under which two addresses of one article are equal. Idempotent.

    WHATWG parsing, https for http, tracking parameters off, the rest sorted and percent-encoded alike, fragments kept
    only when they route (`#!`).

    Raises:
        ValueError: not an absolute URL by the WHATWG URL standard.
    """
    if url.startswith("urn:"):
        return url
    href = ada_url.URL(url).href
    if plain := _PLAIN.fullmatch(href):
        return f"https://{plain[1]}"
    parts = urlsplit(_LONE_PERCENT.sub("%25", href))  # else undoing the escapes behind it could make one of it
    scheme = "https" if parts.scheme == "http" else parts.scheme
    netloc = parts.netloc.removesuffix(":443") if scheme == "https" else parts.netloc  # ada has cut http's own :80
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _is_tracking(k)])
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return canonicalize_url(urlunsplit((scheme, netloc, parts.path, query, fragment)), keep_fragments=True)


def article_id(url: str) -> str:
    """The id of the article at this URL (after redirects): blake2b-128 hex of its identity key.

    Raises:
        ValueError: not an absolute URL.
    """
    return digest(identity_key(url).encode())


def host_of(url: str) -> str:
    """The host that profiles are kept by: lower case, without `www.`; empty where the address names none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # an address that no browser would open
        return ""
    return host.removeprefix("www.").removesuffix(".")


def file_url(content: bytes) -> str:
    """The URL of a page that names none: by its content, so the same file is the same article wherever it lies."""
    return FILE_URN + digest(content)


def next_revision(fetched_at: datetime, last: int = 0) -> int:
    """max(fetch time in epoch milliseconds, last revision + 1): rising even when clocks step back."""
    return max(int(fetched_at.timestamp() * 1000), last + 1)
