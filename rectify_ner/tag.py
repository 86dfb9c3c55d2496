"""text → entity spans, by a trained spaCy pipeline."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rectify_ner.errors import RectifyError
from rectify_ner.notice import LABELS, Span

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

PACKAGE = "zh_rectify_notices"
BUILT = Path("build/model-best")


def load_pipeline(where: str | Path | None = None) -> "Language":
    """The pipeline at ``where`` (a folder or an installed package), else the built or installed one.

    Raises RectifyError where there is none.
    """
    import spacy

    candidates = [str(where)] if where else [str(BUILT), PACKAGE]
    for candidate in candidates:
        if Path(candidate).is_dir() or spacy.util.is_package(candidate):
            return spacy.load(candidate)
    raise RectifyError(
        f"no trained pipeline at {' or '.join(candidates)}; build one with `spacy project run all` "
        "or install its wheel"
    )


def spans_of(doc: "Doc") -> tuple[Span, ...]:
    """The entity spans of a tagged text, as character offsets in text order."""
    found = (Span(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents)  # type: ignore[arg-type]
    return tuple(span for span in found if span.label in LABELS)


def tag_texts(nlp: "Language", texts: Iterable[str]) -> Iterator[tuple[Span, ...]]:
    """Spans of each text, in the order of the texts; the records component is passed over."""
    disabled = [name for name in nlp.pipe_names if nlp.get_pipe_meta(name).factory == "rectify_ner_records"]
    with nlp.select_pipes(disable=disabled):
        for text in texts:
            yield spans_of(nlp(text)) if text else ()
