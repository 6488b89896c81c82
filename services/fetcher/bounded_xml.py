"""One bounded pass over XML of strangers with expat: no entity is expanded, no depth or text is without end."""

from collections.abc import Callable
from xml.parsers import expat

MAX_DEPTH = 256  # libxml2 drops deeper elements without an error, so no honest feed has them
MAX_NAMESPACES = 64  # declared on one element; parsers are quadratic in them
MAX_TEXT = 16_384  # characters kept of one element

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str, str], None]


class HostileXml(ValueError):
    """The document is built to exhaust its parser."""


def scan(body: bytes, start: Start, end: End) -> None:
    """Reports each element of `body` by its name as written (prefix included), as far as `body` is well-formed.

    Args:
        start: gets the name and the attributes.
        end: gets the name and the element's own text, cut to `MAX_TEXT` characters.

    Raises:
        HostileXml: nested deeper than `MAX_DEPTH`, over `MAX_NAMESPACES` on an element, or declaring entities.
    """
    parser = expat.ParserCreate()
    parser.UseForeignDTD(True)  # an undefined entity such as &nbsp; is left out instead of an error
    parser.buffer_text = True
    texts: list[str] = []

    def started(name: str, attributes: dict[str, str]) -> None:
        if len(texts) >= MAX_DEPTH:
            raise HostileXml(f"elements are nested deeper than {MAX_DEPTH}")
        if len(attributes) > MAX_NAMESPACES and sum(key.startswith("xmlns") for key in attributes) > MAX_NAMESPACES:
            raise HostileXml(f"<{name}> declares more than {MAX_NAMESPACES} namespaces")
        texts.append("")
        start(name, attributes)

    def ended(name: str) -> None:
        end(name, texts.pop())

    def said(text: str) -> None:
        if texts and len(texts[-1]) < MAX_TEXT:
            texts[-1] += text[:MAX_TEXT]

    def declared(*_: object) -> None:
        raise HostileXml("the document declares entities")

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = said
    parser.EntityDeclHandler = declared
    try:
        parser.Parse(body, True)
    except (
        expat.ExpatError,
        ValueError,
        LookupError,
    ) as error:  # ValueError, LookupError: an encoding unknown to expat
        if isinstance(error, HostileXml):
            raise
        return
