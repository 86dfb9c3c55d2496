"""text → entity spans, by a trained spaCy pipeline."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rectify_ner.errors import RectifyError
from rectify_ner.notice import LABELS, Span
from rectify_ner.tagger.repair import tight

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from rectify_ner.tagger.component import CrfTagger

PACKAGE = "zh_rectify_notices"
BUILT = Path("build/model-best")
RECORDS = "rectify_ner_records"


def load_pipeline(where: str | Path | None = None, *, trust: bool = False) -> "Language":
    """The pipeline at ``where`` (a folder or an installed package), else the built or installed one.

    Loading runs what the pipeline's config names. Unless ``trust`` is set, a pipeline that names anything
    but this package's own components, or holds pickles, is refused (rectify_ner.trusted). Raises
    RectifyError where there is none or it cannot be loaded.
    """
    import spacy

    from rectify_ner.trusted import check_pipeline

    folder = pipeline_folder(where)
    if folder is None:
        raise RectifyError(
            f"no trained pipeline at {' or '.join(_candidates(where))}; build one with "
            "`spacy project run all` or install its wheel"
        )
    if not trust:
        check_pipeline(folder)
    try:
        return spacy.load(folder)
    except RectifyError:
        raise
    except Exception as error:  # every component reads its files in its own way
        reason = (str(error).splitlines() or [""])[0][:200]
        raise RectifyError(
            f"{folder}: cannot be loaded as a pipeline ({type(error).__name__}: {reason}); build it again"
        ) from error


def pipeline_folder(where: str | Path | None = None) -> Path | None:
    """The folder that holds the pipeline's data, None where there is none. Runs nothing of a package."""
    found = (_folder(candidate) for candidate in _candidates(where))
    return next((folder for folder in found if folder is not None), None)


def _candidates(where: str | Path | None) -> list[str]:
    return [str(where)] if where else [str(BUILT), PACKAGE]


def _folder(candidate: str) -> Path | None:
    """A folder itself, or the data folder of an installed package as ``spacy package`` lays it out."""
    from importlib.util import find_spec

    if Path(candidate).is_dir():
        return Path(candidate)
    spec = find_spec(candidate) if candidate.isidentifier() else None
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    try:
        meta = json.loads((package / "meta.json").read_text("utf-8"))
        data = package / f"{meta['lang']}_{meta['name']}-{meta['version']}"
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return data if data.is_dir() else None


def spans_of(doc: "Doc") -> tuple[Span, ...]:
    """The entity spans of a tagged text, as character offsets in text order."""
    found = (Span(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents)  # type: ignore[arg-type]
    return tuple(tight(doc.text, (span for span in found if span.label in LABELS)))


def tag_texts(nlp: "Language", texts: Iterable[str]) -> Iterator[tuple[Span, ...]]:
    """Spans of each text, in the order of the texts; the records component is passed over.

    Where the package's own tagger is all there is to run, it is asked directly: it reads characters, and
    a Doc of them would cost as much again as a third of the tagging.
    """
    disabled = [name for name in nlp.pipe_names if nlp.get_pipe_meta(name).factory == RECORDS]
    with nlp.select_pipes(disable=disabled):
        tagger = _only_tagger(nlp)
        for text in texts:
            if tagger is not None:
                yield tuple(tagger.tag(text))
            else:
                yield spans_of(nlp(text)) if text else ()


def _only_tagger(nlp: "Language") -> "CrfTagger | None":
    """The package's tagger where nothing else is active and tokens are characters."""
    from rectify_ner.tagger.component import CrfTagger

    whole = [pipe for _, pipe in nlp.pipeline]
    characters = getattr(nlp.tokenizer, "segmenter", None) == "char"
    return whole[0] if characters and len(whole) == 1 and isinstance(whole[0], CrfTagger) else None
