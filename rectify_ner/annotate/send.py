"""Files → annotations to be corrected: corpus notices as they are, all others as the pipeline reads them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rectify_ner.annotate.doubt import notice_doubt
from rectify_ner.annotate.exchange import Annotation, as_row, write_exchange
from rectify_ner.annotate.label_studio import to_label_studio
from rectify_ner.annotate.rows import annotation_of_gold, annotation_of_parsed, plain_ids
from rectify_ner.assemble import parse
from rectify_ner.corpus import read_gold
from rectify_ner.errors import CorpusError, RectifyError
from rectify_ner.read import read_notice
from rectify_ner.tag import load_pipeline, tag_texts

if TYPE_CHECKING:
    from spacy.language import Language

Order = Literal["doubt", "given"]
SUFFIXES = (".xml", ".txt", ".html", ".htm", ".docx", ".pdf")


@dataclass(frozen=True, slots=True)
class Sent:
    """What can go out, in the order in which it should be annotated, and what cannot, with the reason."""

    annotations: tuple[Annotation, ...]
    failures: tuple[str, ...]


def annotations_of(
    inputs: Sequence[Path], model: Path | None, order: Order = "doubt", *, trust: bool = False
) -> Sent:
    """Annotations of files and of the notices in folders. With ``order`` doubt the least certain come first.

    Corpus notices (.xml) carry no doubt and stay in front of the others in the order given. An input that
    cannot be read or exchanged costs nothing but its own line in ``failures``.
    """
    paths = [path for given in inputs for path in _files(given)]
    nlp: Language | None = None
    if any(path.suffix != ".xml" for path in paths):
        nlp = load_pipeline(model, trust=trust)
    made, failures = [], []
    for path, id_ in zip(paths, plain_ids(path.stem for path in paths), strict=True):
        try:
            annotation = _annotation(path, id_, nlp, order)
            as_row(annotation)
            made.append(annotation)
        except RectifyError as error:
            failures.append(str(error) if str(path) in str(error) else f"{path}: {error}")
    if order == "doubt":
        made.sort(key=lambda each: -1e9 if each.doubt is None else -each.doubt)
    return Sent(tuple(made), tuple(failures))


def write_annotations(annotations: Iterable[Annotation], path: Path) -> None:
    """Write a file in the form its suffix names: .jsonl the exchange form, .json Label Studio tasks."""
    writers = {".jsonl": write_exchange, ".json": to_label_studio}
    if path.suffix not in writers:
        raise CorpusError(
            f"{path}: unknown suffix; wanted .jsonl (exchange form) or .json (Label Studio tasks)"
        )
    path.write_text(writers[path.suffix](annotations), "utf-8")


def _files(given: Path) -> list[Path]:
    if not given.is_dir():
        return [given]
    found = sorted(path for path in given.iterdir() if path.suffix in SUFFIXES and path.name[0] != ".")
    if not found:
        raise CorpusError(f"{given}: no notice here; wanted files of {', '.join(SUFFIXES)}")
    return found


def _annotation(path: Path, id_: str, nlp: "Language | None", order: Order) -> Annotation:
    if path.suffix == ".xml":
        return annotation_of_gold(read_gold(path), id_)
    assert nlp is not None
    text = read_notice(path)
    (spans,) = tag_texts(nlp, [text])
    doubt = notice_doubt(nlp, text) if order == "doubt" else None
    return annotation_of_parsed(parse(text, spans), id_, doubt)
