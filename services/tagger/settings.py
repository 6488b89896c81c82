"""What an operator can set on the tagger."""

from typing import Annotated

from msgspec import Meta, Struct

Positive = Annotated[int, Meta(gt=0)]
Share = Annotated[float, Meta(ge=0, le=1)]


class TaggerSettings(Struct, frozen=True, kw_only=True):
    """Read from `WIREROOM_TAGGER_...`; defaults were chosen on the open language set (`tests/quality`)."""

    tagger_min_letters: Annotated[
        int, Meta(gt=0, description="fewer letters than this are no evidence of a language by themselves")
    ] = 12
    tagger_min_letters_dense: Annotated[
        int, Meta(gt=0, description="the same for Han, Kana and Hangul, where a letter is a syllable or a word")
    ] = 4
    tagger_ok_confidence: Annotated[
        float, Meta(ge=0, le=1, description="calibrated confidence from which on lang_status is ok, below it is low")
    ] = 0.7
    tagger_mixed_share: Annotated[
        float, Meta(ge=0, le=1, description="share of the text in a second language from which on it is mixed")
    ] = 0.4
    tagger_document_sample: Annotated[
        int, Meta(gt=0, description="code points of title and text that decide the document's language")
    ] = 1_500
    tagger_block_sample: Annotated[
        int, Meta(gt=0, description="code points of one line that decide the line's language")
    ] = 400
    tagger_max_lines: Annotated[
        int, Meta(gt=0, description="lines looked at one by one; the rest of a longer text counts as its own language")
    ] = 4_000
    tagger_cache_dir: Annotated[
        str, Meta(description="where py3langid's unpacked model is kept, so that workers start fast; empty for nowhere")
    ] = "~/.cache/wireroom"
