"""What the embedded index keeps of a document, field by field."""

import tantivy

from shared.searchindex import keywords, reading, stored
from shared.searchindex.document import Document
from shared.searchindex.query import FACET_FIELDS

FORMAT = "1"  # of the fields below and of what stands in them: raised when an older folder cannot be read on
TERMS = "terms"  # the tokenizer of text that comes as terms with spaces between
LIVE = "state:live"


def schema() -> tantivy.Schema:
    """The fields: those of `reading`, `filter` with `field:value`, what is sorted by, the facets and the document."""
    fields = tantivy.SchemaBuilder()
    fields.add_text_field("id", tokenizer_name="raw", index_option="basic", fast=True)
    fields.add_integer_field("revision", fast=True)
    fields.add_integer_field("arrival", indexed=True, fast=True)  # how many articles had come when this one first came
    fields.add_text_field("order", tokenizer_name="raw", index_option="basic", fast=True)
    for name in reading.FIELDS:
        fields.add_text_field(name, tokenizer_name=TERMS, index_option=index_option(name))
    fields.add_text_field("filter", tokenizer_name="raw", index_option="basic")
    for name in FACET_FIELDS:
        fields.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    fields.add_bytes_field("document", stored=True)
    return fields.build()


def index_option(field: str) -> str:
    """What is indexed of the terms of a field beside their documents. No phrase is asked of stems and filters."""
    if field in reading.FIELDS:
        return "freq" if field.endswith(reading.STEM) else "position"
    return "basic"


def tokenizer() -> tantivy.TextAnalyzer:
    """The tokenizer to register as TERMS."""
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


def entry(document: Document, arrival: int) -> tantivy.Document:
    """The document as the engine takes it. A withdrawn one holds nothing that could be found.

    Raises:
        Unindexable: says why it can never be indexed.
    """
    made = tantivy.Document()
    made.add_bytes("document", stored.encode(document))
    made.add_text("id", document.id)
    made.add_integer("revision", document.revision)
    made.add_integer("arrival", arrival)
    made.add_text("order", stored.order_key(document))
    if document.withdrawn:
        return made
    for term in (LIVE, *keywords.terms(document)):
        made.add_text("filter", term)
    for name, values in (*reading.read(document).items(), *stored.facet_values(document).items()):
        for value in values:
            made.add_text(name, value)
    return made


def document_of(kept: tantivy.Document) -> Document:
    """The document of an entry."""
    return stored.decode(bytes(kept["document"][0]))
