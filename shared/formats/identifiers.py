"""Entity ids as web addresses of the vocabularies they are from."""

from urllib.parse import quote


def address(identifier: str) -> str:
    """The URI of `geonames:...`, `iso:..` or `wikidata:Q...`; '' for a local id, which means nothing elsewhere."""
    vocabulary, _, value = identifier.partition(":")
    match vocabulary:
        case "geonames":
            return f"https://sws.geonames.org/{value}/"
        case "iso":
            return f"http://cvx.iptc.org/iso3166-1a2/{value.lower()}"  # as the examples of ninjs write countries
        case "wikidata":
            return f"http://www.wikidata.org/entity/{value}"
    return ""


def uri(url: str) -> str:
    """`url` with what RFC 3986 does not allow percent-encoded; what is encoded already stays."""
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~-._")
