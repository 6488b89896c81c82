"""OPML 2.0, in which feed readers pass on their subscriptions: to sources and back."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import quoteattr

from services.fetcher.bounded_xml import HostileXml, scan
from services.fetcher.origin import feed_address
from services.fetcher.sources import SourceConfig
from services.fetcher.sources_edit import free_id


class NotOpml(ValueError):
    """The document is no OPML."""


def read_opml(body: bytes) -> list[tuple[str, str, tuple[str, ...]]]:
    """The feeds of an OPML document in its order: (title, address, titles of the folders around it).

    Raises:
        NotOpml: no `<opml>` element, or hostile XML.
    """
    feeds: list[tuple[str, str, tuple[str, ...]]] = []
    folders: list[str] = []
    roots: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        roots.append(name.lower())
        if name.lower() != "outline":
            return
        title = (attributes.get("title") or attributes.get("text") or "").strip()
        url = next((value.strip() for key, value in attributes.items() if key.lower() == "xmlurl"), "")
        if url:
            feeds.append((title, url, tuple(filter(None, folders))))
        folders.append("" if url else title)

    def end(name: str, _: str) -> None:
        if name.lower() == "outline":
            folders.pop()

    try:
        scan(body, start, end)
    except HostileXml as error:
        raise NotOpml(str(error)) from None
    if roots[:1] != ["opml"]:
        raise NotOpml(f"its first element is <{roots[0]}>, not <opml>" if roots else "no XML")
    return feeds


def new_sources(body: bytes, known: Sequence[SourceConfig]) -> Iterator[SourceConfig]:
    """A source for each feed of an OPML document that no known source asks. Folders become tags.

    Raises:
        NotOpml: see `read_opml`.
    """
    addresses = {feed_address(url) for source in known for url in (*source.feeds, *source.sitemaps)}
    ids = [source.id for source in known]
    for title, url, folders in read_opml(body):
        try:
            address = feed_address(url)
        except ValueError:
            continue
        if address in addresses or not address.startswith(("http://", "https://")):
            continue
        addresses.add(address)
        ids.append(free_id(title or address, ids))
        yield SourceConfig(id=ids[-1], name=title, feeds=(url,), tags=folders)


def write_opml(sources: Sequence[SourceConfig]) -> str:
    """The feeds of all sources as OPML. What OPML has no place for (sitemaps, intervals, delays) stays behind."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">', "<head><title>Sources</title></head>"]
    lines.append("<body>")
    for source in sources:
        name = quoteattr(source.name or source.id)
        tags = f" category={quoteattr(','.join(source.tags))}" if source.tags else ""
        lines += [f'<outline type="rss" text={name} xmlUrl={quoteattr(url)}{tags}/>' for url in source.feeds]
    return "\n".join([*lines, "</body>", "</opml>", ""])
