"""What the embedded index keeps of a document, field by field."""

import re
from datetime import UTC, datetime, timedelta

import msgspec
import tantivy

from shared.searchindex import keywords, words
from shared.searchindex.document import Document
from shared.searchindex.query import FACET_FIELDS
from shared.searchindex.stems import language, stems

FORMAT = "1"  # of the fields below and of what stands in them: raised when an older folder cannot be read on
TERMS = "terms"  # the tokenizer of text that comes as terms with spaces between
LIVE = "state:live"
_BEGIN = datetime(1, 1, 1, tzinfo=UTC)
ARTICLE_ID = re.compile(r"[0-9a-f]{32}")
_decoder = msgspec.json.Decoder(Document)


class Unindexable(ValueError):
    """No entry can be made of this document."""


def schema() -> tantivy.Schema:
    """The fields: `title` and `text` by folded words and pairs of dense letters, by such letters, and by stems as
    `en:elect`; `filter` by `field:value`."""
    fields = tantivy.SchemaBuilder()
    fields.add_text_field("id", tokenizer_name="raw", index_option="basic", fast=True)
    fields.add_integer_field("revision", fast=True)
    fields.add_integer_field("arrival", indexed=True, fast=True)  # how many articles had come when this one first came
    fields.add_text_field("order", tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("title", "text"):
        fields.add_text_field(name, tokenizer_name=TERMS, index_option="position")
        fields.add_text_field(f"{name}_letters", tokenizer_name=TERMS, index_option="position")
        fields.add_text_field(f"{name}_stem", tokenizer_name=TERMS, index_option="freq")
    fields.add_text_field("filter", tokenizer_name="raw", index_option="basic")
    for name in FACET_FIELDS:
        fields.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    fields.add_bytes_field("document", stored=True)
    return fields.build()


def tokenizer() -> tantivy.TextAnalyzer:
    """The tokenizer to register as TERMS."""
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


def time_key(time: datetime) -> str:
    """Aware times as text that sorts like them: hexadecimal microseconds since the year 1."""
    return f"{(time - _BEGIN) // timedelta(microseconds=1):016x}"


def order_key(document: Document) -> str:
    """What newest-first and oldest-first sort by: the time, then the id, so that no two documents are equal."""
    return time_key(document.time) + document.id


def entry(document: Document, arrival: int) -> tantivy.Document:
    """The document as the engine takes it. A withdrawn one holds nothing that could be found.

    Raises:
        Unindexable: the id is none of ours, or the document holds half a surrogate pair, of which no bytes can be made.
    """
    if not ARTICLE_ID.fullmatch(document.id):
        raise Unindexable(f"{document.id!r} is no article id: 32 hexadecimal digits")
    try:
        stored = msgspec.json.encode(document)
    except UnicodeEncodeError as error:
        raise Unindexable(str(error)) from None
    made = tantivy.Document()
    made.add_text("id", document.id)
    made.add_integer("revision", document.revision)
    made.add_integer("arrival", arrival)
    made.add_text("order", order_key(document))
    made.add_bytes("document", stored)
    if document.withdrawn:
        return made
    made.add_text("filter", LIVE)
    for term in keywords.terms(document):
        made.add_text("filter", term)
    for name in FACET_FIELDS:
        for value in _facet_values(document, name):
            made.add_text(name, value)
    for name, text in (("title", document.title), ("text", document.text)):
        atoms = words.atoms(text)
        made.add_text(name, " ".join(words.terms(atoms)))
        made.add_text(name, " ".join(one.term for one in words.compounds(text, atoms)))
        made.add_text(f"{name}_letters", " ".join(words.letters(atoms)))
        code = language(document.lang)
        made.add_text(f"{name}_stem", " ".join(f"{code}:{stem}" for stem in stems(text, atoms, code) if stem))
    return made


def read(stored: tantivy.Document) -> Document:
    """The document of an entry."""
    return _decoder.decode(bytes(stored["document"][0]))


def _facet_values(document: Document, facet: str) -> tuple[str, ...]:
    """The values of a facet, each once."""
    values: dict[str, tuple[str, ...]] = {
        "lang": (document.lang,),
        "source": (document.source,),
        "country": (document.country,),
        "entity": document.entities,
        "keyphrase": document.keyphrases,
    }
    return tuple(dict.fromkeys(value for value in values[facet] if value))
