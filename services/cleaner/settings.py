"""What an operator may change about cleaning; the defaults are what the documentation says."""

from typing import Annotated, Literal

from msgspec import Meta, Struct


class CleanerSettings(Struct, frozen=True, kw_only=True):
    """Limits of hostile pages, publisher policy, and what counts as an article."""

    max_page_chars: Annotated[int, Meta(description="Longest page, in characters.", gt=0)] = 8 << 20
    max_nesting: Annotated[int, Meta(description="Deepest nesting of elements.", gt=0, le=4_000)] = 1_000
    max_attributes: Annotated[int, Meta(description="Most attributes on one tag.", gt=0)] = 500
    max_elements: Annotated[int, Meta(description="Most elements on one page.", gt=0)] = 30_000
    max_linked_data_chars: Annotated[
        int, Meta(description="Longest block of JSON-LD that is read; a longer one is left out.", gt=0)
    ] = 512 << 10
    max_linked_data_depth: Annotated[
        int, Meta(description="Deepest nesting of JSON-LD that is read; a deeper block is left out.", gt=0)
    ] = 64
    shortest_text: Annotated[int, Meta(description="Fewest characters of text that may be an article.", ge=0)] = 25
    bad_extraction: Annotated[
        Literal["flag", "reject"],
        Meta(
            description="What happens to a text that is probably not the article (quality.bad_extraction at or over "
            "the threshold): flag passes it on with its score, reject parks it as no_article."
        ),
    ] = "flag"
    bad_extraction_threshold: Annotated[
        float, Meta(description="From which score on an extraction counts as bad.", gt=0, le=1)
    ] = 0.5
    policy_noindex: Annotated[
        Literal["reject", "flag"],
        Meta(description="What a publisher's noindex does: reject parks the article, flag only records the signal."),
    ] = "reject"
    policy_tdm: Annotated[
        Literal["reject", "drop_text", "flag"],
        Meta(
            description="What a text and data mining reservation does: reject parks the article, drop_text keeps the "
            "metadata only, flag only records the signal (for operators with a licence)."
        ),
    ] = "drop_text"
    policy_channels: Annotated[
        tuple[str, ...],
        Meta(
            description="Channels whose articles these two policies bind: what we took from a publisher. Files that an "
            "operator brings are his own archive: their signals are recorded and bind nothing."
        ),
    ] = ("feed", "sitemap", "page", "warc")
    max_removed_bytes: Annotated[
        int, Meta(description="Most UTF-8 bytes of cut lines that travel in `removed`.", ge=0, le=65536)
    ] = 65_536
